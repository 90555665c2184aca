import type { Condition } from "../iam/conditions";
import type { Statement } from "../iam/document";
import type { DocumentRule } from "./rule";

/** Condition keys that tie a `*` principal to someone in particular. */
const narrowing = new Set([
  "aws:principalaccount",
  "aws:principalarn",
  "aws:principalorgid",
  "aws:sourceaccount",
  "aws:sourcearn",
  "aws:sourceorgid",
  "aws:sourcevpc",
  "aws:sourcevpce",
  "aws:userid",
  "kms:calleraccount",
]);

const statement = { Sid: "Read", Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::orders/*" };

/** P21: a resource policy for everybody. */
export const publicPolicy: DocumentRule = {
  id: "P21",
  name: "iam-no-public-resource-policy",
  title: "No public resource policies",
  level: "mandatory",
  severity: "critical",
  why: "A policy for the principal * lets every AWS account, or everybody, in.",
  details:
    "An Allow statement of a resource policy or a trust with the principal `*` is refused unless a condition ties it to " +
    "an account, an organisation, a VPC, a source or a principal. `Null`, `Not…` and `IfExists` conditions don't count, nor does the value `*`.",
  sources: ["checkov CKV_AWS_70, CKV_AWS_168, CKV_AWS_169", "IAM Access Analyzer: public access"],
  wrong: {
    kind: "resource",
    service: "s3",
    document: { Version: "2012-10-17", Statement: [{ ...statement, Principal: "*" }] },
  },
  right: {
    kind: "resource",
    service: "s3",
    document: {
      Version: "2012-10-17",
      Statement: [{ ...statement, Principal: { AWS: "arn:aws:iam::111122223333:role/reader" } }],
    },
  },
  scope: "document",
  kinds: ["resource", "trust"],
  absenceOf: ["Condition"],
  *check({ document }) {
    for (const statement of document.statements) {
      if (statement.effect !== "Allow" || !isEverybody(statement) || statement.conditions.some(isNarrowing)) continue;
      const fix = "name the principals, or add a condition on aws:SourceAccount or aws:PrincipalOrgID";
      yield { statement: statement.label, message: 'it allows the principal "*"', fix };
    }
  },
};

function isEverybody({ principals }: Statement): boolean {
  return Object.values(principals ?? {}).some((of) => of.includes("*"));
}

function isNarrowing({ quantifier, test, ifExists, key, values }: Condition): boolean {
  return (
    quantifier !== "ForAllValues" &&
    !ifExists &&
    /^(String|Arn)(Equals|Like|EqualsIgnoreCase)$/.test(test) &&
    narrowing.has(key) &&
    values.length > 0 &&
    !values.some((value) => /^[*?]*\*[*?]*$/.test(value))
  );
}
