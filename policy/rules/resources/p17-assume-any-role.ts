import { unconstrained } from "../../matching/reach";
import type { DocumentRule } from "../../model/rule";
import { onEveryResource } from "../wording";

const statement = { Sid: "Hop", Effect: "Allow", Action: "sts:AssumeRole" };

/** P17: sts:AssumeRole on every role. */
export const assumeAnyRole: DocumentRule = {
  id: "P17",
  name: "iam-no-assume-any-role",
  title: "sts:AssumeRole names its roles",
  level: "mandatory",
  severity: "critical",
  why: "The principal becomes any role whose trust is loose enough, in this account and in others.",
  details:
    "An Allow statement of an identity document is refused when it includes an action that assumes a role (sts:AssumeRole, " +
    "sts:AssumeRoleWithSAML, sts:AssumeRoleWithWebIdentity), also by a wildcard, and its resources cover every role of an account at " +
    "least (`*`, `arn:aws:iam::*:role/*`, `arn:aws:iam::111122223333:role/*`), unless a condition that must hold is on a tag of " +
    "the role (`iam:ResourceTag/…`, `aws:ResourceTag/…`).",
  sources: ["cloudsplaining", "prowler iam_no_custom_policy_permissive_role_assumption", "checkov CKV_AWS_61"],
  wrong: { kind: "identity", document: { Version: "2012-10-17", Statement: [{ ...statement, Resource: "*" }] } },
  right: {
    kind: "identity",
    document: {
      Version: "2012-10-17",
      Statement: [{ ...statement, Resource: "arn:aws:iam::444455556666:role/landing-writer" }],
    },
  },
  scope: "document",
  kinds: ["identity"],
  absenceOf: ["Condition"],
  *check({ document }) {
    for (const each of document.statements) {
      yield* onEveryResource(
        each,
        unconstrained(each).filter(({ action }) => /^sts:AssumeRole/.test(action.key)),
      );
    }
  },
};
