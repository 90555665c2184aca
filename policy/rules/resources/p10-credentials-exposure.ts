import { type Reach, unconstrained, unrestrictable } from "../../matching/reach";
import type { DocumentRule } from "../../model/rule";
import { asWritten, listed, onEveryResource } from "../wording";
import { credentialActions } from "./credentials";

const statement = { Sid: "Connect", Effect: "Allow", Action: "rds-db:connect" };
const givesCredentials = ({ action }: Reach) => credentialActions.has(action.key);

/** P10: keys, passwords and tokens of whatever there is. */
export const credentialsExposure: DocumentRule = {
  id: "P10",
  name: "iam-no-credentials-exposure",
  title: "Credentials of named resources only",
  level: "mandatory",
  severity: "critical",
  why: "The answer is a key, password or token, which works on after the principal's own access has ended.",
  details:
    "Actions that return or make credentials (the pack's own list: `iam:CreateAccessKey`, `rds-db:connect`, " +
    "`redshift:GetClusterCredentials`, `ec2:GetPasswordData`, …) are refused in an Allow statement of an identity document when they are " +
    "unconstrained in the sense of P4. Those of the list that AWS can't restrict to a resource (`sts:GetFederationToken`) " +
    "are refused as well, unless a condition on one of their own keys must hold. Tokens that open no more than the " +
    "caller's other permissions do, such as `ecr:GetAuthorizationToken`, are not on the list; secrets are P11's, roles P17's.",
  sources: ["cloudsplaining CredentialsExposure", "checkov CKV_AWS_107", "AWS service authorization reference"],
  wrong: { kind: "identity", document: { Version: "2012-10-17", Statement: [{ ...statement, Resource: "*" }] } },
  right: {
    kind: "identity",
    document: {
      Version: "2012-10-17",
      Statement: [
        { ...statement, Resource: "arn:aws:rds-db:eu-west-1:111122223333:dbuser:db-ABCDEFGHIJKL01234/loader" },
      ],
    },
  },
  scope: "document",
  kinds: ["identity"],
  absenceOf: ["Condition"],
  *check({ document }) {
    for (const each of document.statements) {
      yield* onEveryResource(each, unconstrained(each).filter(givesCredentials));
      const accountWide = unrestrictable(each).filter(givesCredentials);
      if (accountWide.length === 0) continue;
      const actions = accountWide.map(({ action }) => action.key);
      const message = `it allows ${listed(accountWide.map(asWritten))}, which AWS can't restrict to a resource`;
      const fix = `drop ${listed(actions)}: a role's own credentials do without it`;
      yield { statement: each.label, message, fix, actions };
    }
  },
};
