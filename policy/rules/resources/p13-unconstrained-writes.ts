import { type Reach, unconstrained } from "../../matching/reach";
import type { DocumentRule } from "../../model/rule";
import { onEveryResource } from "../wording";

const statement = { Sid: "Write", Effect: "Allow", Action: "dynamodb:PutItem" };

/** PassRole and the ways to assume a role, with what goes along with that, have rules of their own: P6 and P17. */
const apart = /^(iam:PassRole$|sts:(AssumeRole|TagSession$|SetSourceIdentity$|SetContext$))/;

/** P13: writing to, deleting or tagging everything. */
export const unconstrainedWrites: DocumentRule = {
  id: "P13",
  name: "iam-no-unconstrained-writes",
  title: "Writes to named resources",
  level: "mandatory",
  severity: "high",
  why: "One mistake or one stolen credential overwrites or deletes what belongs to others.",
  details:
    "Actions that AWS classes as write, tagging included, are refused in an Allow statement of an identity document when " +
    "they are unconstrained in the sense of P4. Those that AWS classes as permissions management are P12's, iam:PassRole is P6's " +
    "and sts:AssumeRole, with the tags of its session, is P17's. Writes that AWS can't restrict to a resource (`xray:PutTraceSegments`) pass.",
  sources: ["cloudsplaining InfrastructureModification", "checkov CKV_AWS_111"],
  wrong: { kind: "identity", document: { Version: "2012-10-17", Statement: [{ ...statement, Resource: "*" }] } },
  right: {
    kind: "identity",
    document: {
      Version: "2012-10-17",
      Statement: [{ ...statement, Resource: "arn:aws:dynamodb:eu-west-1:111122223333:table/orders" }],
    },
  },
  scope: "document",
  kinds: ["identity"],
  absenceOf: ["Condition"],
  *check({ document }) {
    for (const each of document.statements) yield* onEveryResource(each, unconstrained(each).filter(isWrite));
  },
};

function isWrite({ action: { access, key } }: Reach): boolean {
  return access.has("Write") && !access.has("Permissions management") && !apart.test(key);
}
