import type { Problem } from "../../model/document";
import type { DocumentRule, Subject } from "../../model/rule";
import { checkActions } from "../../validity/actions";
import { checkArns, checkPrincipals } from "../../validity/arns";
import { checkConditions } from "../../validity/conditions";
import { checkMembers, checkSids, checkVersion } from "../../validity/form";
import { checkMatches } from "../../validity/match";
import { checkInlineSizes, checkSize } from "../../validity/size";

const statement = { Sid: "Read", Effect: "Allow", Resource: "arn:aws:s3:::orders/*" };

/** P25: a document that IAM would refuse or read otherwise, said before the update rather than by it. */
export const validity: DocumentRule = {
  id: "P25",
  name: "iam-valid-document",
  title: "Valid documents",
  level: "mandatory",
  severity: "medium",
  why: "A document that can't be read, or names what AWS doesn't have, grants nothing, or not what was meant.",
  details:
    "What IAM refuses, or silently reads otherwise than was meant. The document: not JSON, unknown keys, no statements, " +
    "a Version other than 2012-10-17 (in older ones policy variables are plain text), a Sid that stands there twice or has characters " +
    "that IAM doesn't take, more characters than AWS's quota for that kind of document (also of a role's inline policies together; of a " +
    "trust 2,048, or what `trustPolicySize` says where the account's quota was raised, 8,192 at most). The statement: Action and NotAction both or " +
    "neither, no Resource in an identity document, a Resource in a trust, a Principal in an identity document or, other than `*`, in " +
    "one that limits others (control and session policies), none in a trust or a resource policy. Names: services, actions and condition keys that AWS doesn't have, wildcards that match nothing, ARNs and " +
    "principals that can't be. What can't meet: a resource that none of the actions takes, an action that takes none of the " +
    "resources, a condition key that no request of the actions has (global keys aside), an operator that doesn't fit the " +
    "key's type, a value that doesn't fit the operator.",
  sources: [
    "parliament",
    "IAM Access Analyzer: policy validation",
    "AWS service authorization reference",
    "IAM quotas",
  ],
  wrong: {
    kind: "identity",
    document: { Version: "2012-10-17", Statement: [{ ...statement, Actions: "s3:GetObject" }] },
  },
  right: {
    kind: "identity",
    document: { Version: "2012-10-17", Statement: [{ ...statement, Action: "s3:GetObject" }] },
  },
  scope: "document",
  kinds: ["identity", "trust", "resource", "guardrail"],
  *check(subject, { trustPolicySize }) {
    yield* subject.document.problems;
    yield* checkSize(subject, trustPolicySize);
    yield* problemsOf(subject);
  },
  beside: { types: ["aws:iam/role:Role"], check: ({ props }) => checkInlineSizes(props) },
};

function* problemsOf({ document, kind, service }: Subject): Generator<Problem> {
  if (document.statements.length === 0) return;
  yield* checkVersion(document);
  yield* checkSids(document, kind);
  for (const statement of document.statements) {
    yield* checkMembers(statement, kind, service);
    yield* checkActions(statement);
    const arns = [...checkArns(statement)];
    yield* arns;
    yield* checkPrincipals(statement, kind);
    if (arns.length === 0) yield* checkMatches(statement);
    yield* checkConditions(statement, kind);
  }
}
