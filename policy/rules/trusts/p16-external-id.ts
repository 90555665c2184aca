import { isAccount } from "../../matching/conditionValues";
import { isNarrowedBy, pinsOf } from "../../matching/pins";
import type { Statement } from "../../model/document";
import type { DocumentRule } from "../../model/rule";
import { accountOf, allows, awsPrincipals, isAnybody } from "../../principals/principal";

const trust = {
  Sid: "Vendor",
  Effect: "Allow",
  Principal: { AWS: "arn:aws:iam::444455556666:role/collector" },
  Action: "sts:AssumeRole",
};

/** P16: another account's principal takes the role on without showing for whom. */
export const externalId: DocumentRule = {
  id: "P16",
  name: "iam-trust-external-id",
  title: "Other accounts show an External ID",
  level: "mandatory",
  severity: "high",
  why: "Without an External ID, another customer of the trusted party can have it use this role for them.",
  details:
    "A trust that lets a principal of an account take the role on needs a condition on sts:ExternalId (StringEquals, or StringLike without a leading wildcard), unless the account is " +
    "in `trustedAccounts`, is the same statement's aws:SourceAccount, or the statement asks for aws:PrincipalOrgID of the own organisation. " +
    "The role's own account is known where its ARN, its boundary or an attached policy of one's own tells it, or the provider's `allowedAccountIds` names one account; " +
    "else a document doesn't say in which account it stands: put your own accounts into `trustedAccounts`. " +
    "The principal `*` is rule P14; services are rule P15; session principals of the sts service are held to it as well.",
  sources: ["AWS IAM user guide: access to AWS accounts owned by third parties"],
  wrong: { kind: "trust", document: { Version: "2012-10-17", Statement: [trust] } },
  right: {
    kind: "trust",
    document: {
      Version: "2012-10-17",
      Statement: [{ ...trust, Condition: { StringEquals: { "sts:ExternalId": "b7e0c2f4-orders" } } }],
    },
  },
  scope: "document",
  kinds: ["trust"],
  absenceOf: ["Condition"],
  *check({ document, accounts = [] }, { trustedAccounts }) {
    for (const statement of document.statements) {
      if (statement.effect !== "Allow" || !allows(statement.actions, "sts:AssumeRole") || isShown(statement)) continue;
      const own = pinsOf(statement.conditions, "aws:sourceaccount").flat().filter(isAccount);
      const known = new Set([...trustedAccounts, ...accounts, ...own.map(({ value }) => value)]);
      for (const principal of awsPrincipals(statement)) {
        const account = accountOf(principal);
        if (account === undefined || isAnybody(principal) || known.has(account)) continue;
        const message = `it lets ${principal} assume the role without an External ID`;
        const fix = `add Condition {"StringEquals": {"sts:ExternalId": "<id agreed on with ${account}>"}}; if ${account} is your own, put it into trustedAccounts`;
        yield { statement: statement.label, message, fix };
      }
    }
  },
};

function isShown({ conditions }: Statement): boolean {
  return isNarrowedBy(conditions, "sts:externalid") || isNarrowedBy(conditions, "aws:principalorgid");
}
