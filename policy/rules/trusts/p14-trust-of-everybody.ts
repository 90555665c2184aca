import { isArnOfOneOwner, type Pin } from "../../matching/conditionValues";
import { isNarrowedBy, pinsOf } from "../../matching/pins";
import { coversFormat, serviceArnFormats } from "../../matching/resources";
import { isStar } from "../../matching/wildcard";
import type { Statement } from "../../model/document";
import type { DocumentRule } from "../../model/rule";
import { accountOf, awsPrincipals, isAnybody, isWholeAccount, letsAssume } from "../../principals/principal";

const assume = { Sid: "Deploy", Effect: "Allow", Action: "sts:AssumeRole" };

/** P14: a role that anybody, a whole account or any service may take on. */
export const trustOfEverybody: DocumentRule = {
  id: "P14",
  name: "iam-trust-names-somebody",
  title: "Trusts name who may take the role on",
  level: "mandatory",
  severity: "critical",
  why: "A role that is open to everybody, or to each user and function of an account, is as safe as the weakest of them.",
  details:
    "A trust is refused that lets `*` take the role on, a whole account (its number, its `root` or a wildcard in it, the own account " +
    "included), any service (`*` under Service) or any identity provider. `*` passes with a condition on aws:PrincipalArn that names an " +
    "account or, together with aws:PrincipalOrgID, a role's name. An account passes with a condition on sts:ExternalId (a third " +
    "party's account, where the role's name isn't known), aws:PrincipalArn, aws:PrincipalTag or aws:userid, and when it is " +
    "in `trustedAccounts`. A statement that only allows sts:TagSession or sts:SetSourceIdentity lets nobody in.",
  sources: ["checkov CKV_AWS_60, CKV_AWS_61", "IAM Access Analyzer"],
  wrong: {
    kind: "trust",
    document: { Version: "2012-10-17", Statement: [{ ...assume, Principal: { AWS: "*" } }] },
  },
  right: {
    kind: "trust",
    document: {
      Version: "2012-10-17",
      Statement: [
        {
          ...assume,
          Principal: { AWS: "arn:aws:iam::111122223333:role/deployer" },
          Condition: { StringEquals: { "sts:ExternalId": "b7e0c2f4-orders" } },
        },
      ],
    },
  },
  scope: "document",
  kinds: ["trust"],
  absenceOf: ["Condition"],
  *check({ document }, { trustedAccounts }) {
    for (const statement of document.statements.filter(letsAssume)) {
      const { label, principals = {} } = statement;
      for (const principal of awsPrincipals(statement)) {
        if (isAnybody(principal)) {
          if (namesRole(statement)) continue;
          const message = `it lets the principal "${principal}" assume the role: everybody, in every account`;
          yield {
            statement: label,
            message,
            fix: 'name the role or user: {"AWS": "arn:aws:iam::<account>:role/<name>"}',
          };
        } else if (isWholeAccount(principal)) {
          if (trustedAccounts.includes(accountOf(principal) as string) || isNarrowed(statement)) continue;
          const message = `it lets each principal of the account ${accountOf(principal)} assume the role ("${principal}")`;
          const fix =
            "name the role or user, or add a condition on aws:PrincipalArn; for a third party's account, on sts:ExternalId";
          yield { statement: label, message, fix };
        }
      }
      for (const [kind, named] of Object.entries(principals)) {
        const pattern = kind === "AWS" ? undefined : named.find((each) => /\*/.test(each));
        if (pattern === undefined) continue;
        const message = `it lets any principal of the kind ${kind} assume the role ("${pattern}")`;
        yield { statement: label, message, fix: `name the ${kind} principal, for example "lambda.amazonaws.com"` };
      }
    }
  },
};

/** Of everybody, somebody: by ARN of an account, or by the role's name within an organisation. */
function namesRole({ conditions }: Statement): boolean {
  const arns = pinsOf(conditions, "aws:principalarn");
  const isNamed = arns.some((pins) => !isEveryPrincipal(pins));
  return (
    (isNamed && arns.some((pins) => pins.every(isArnOfOneOwner))) ||
    (isNamed && isNarrowedBy(conditions, "aws:principalorgid")) ||
    isNarrowedBy(conditions, "aws:userid")
  );
}

/** Whether the ARNs together are everybody's of an account: its root, `role/*`, `role/*-*`. */
function isEveryPrincipal(pins: readonly Pin[]): boolean {
  const values = pins.map(({ value }) => value);
  const formats = serviceArnFormats("iam").filter((format) => /:(role|user)\//.test(format));
  return (
    values.some((value) => isStar(value) || isWholeAccount(value)) || formats.some((each) => coversFormat(values, each))
  );
}

function isNarrowed({ conditions }: Statement): boolean {
  const keys = ["sts:externalid", "aws:userid", "aws:username"];
  const tags = conditions.map(({ key }) => key).filter((key) => key.startsWith("aws:principaltag/"));
  return (
    pinsOf(conditions, "aws:principalarn").some((pins) => !isEveryPrincipal(pins)) ||
    [...keys, ...tags].some((key) => isNarrowedBy(conditions, key))
  );
}
