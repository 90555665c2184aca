import { onlyLimits } from "../../document/resourcePolicies";
import { isForEverybodyElse, isForSomebody, isNarrowedBy } from "../../matching/pins";
import { includes, isStar } from "../../matching/wildcard";
import type { PolicyDocument, Statement } from "../../model/document";
import type { DocumentRule } from "../../model/rule";
import { grantingTypes, openGrants } from "../../principals/openGrants";
import { isAnybody } from "../../principals/principal";

const topic = "arn:aws:sns:eu-west-1:111122223333:orders";
const statement = { Sid: "Publish", Effect: "Allow", Action: "sns:Publish", Resource: topic };
const tls = {
  Sid: "TlsOnly",
  Effect: "Deny",
  Principal: "*",
  Action: "sns:Publish",
  Resource: topic,
  Condition: { Bool: { "aws:SecureTransport": "false" } },
};

/** P21: a resource policy for everybody. */
export const publicPolicy: DocumentRule = {
  id: "P21",
  name: "iam-no-public-resource-policy",
  title: "No public resource policies",
  level: "mandatory",
  severity: "critical",
  why: "A policy for the principal * lets every AWS account, or everybody, in.",
  details:
    "An Allow statement of a resource policy with the principal `*`, or a principal without an account, is refused unless a condition ties it to " +
    "an account, an organisation, a VPC, a source, a principal or a range of addresses (IPv4 from /8), or a Deny for everybody else " +
    "(`StringNotEquals aws:SourceVpce`, `NotIpAddress`) covers the same actions and resources. `Null`, `Not…` and `IfExists` conditions of the Allow don't count, " +
    "nor do `*` and ARNs without an account. The policy of a VPC endpoint is reached through the endpoint alone: there `*` is refused " +
    "only with the resource `*` and no condition on the organisation, account or resource. Beside documents: Lambda permissions, layers, event buses and images for `*`, " +
    "function URLs with authorizationType NONE, and public bucket ACLs. Trusts are rule P14.",
  sources: [
    "checkov CKV_AWS_20, CKV_AWS_57, CKV_AWS_70, CKV_AWS_168, CKV_AWS_169, CKV_AWS_258, CKV_AWS_301",
    "IAM Access Analyzer: public access",
    "AWS FSBP Lambda.1, S3.2, SNS.4, SQS.3",
  ],
  wrong: {
    kind: "resource",
    service: "sns",
    document: { Version: "2012-10-17", Statement: [tls, { ...statement, Principal: "*" }] },
  },
  right: {
    kind: "resource",
    service: "sns",
    document: {
      Version: "2012-10-17",
      Statement: [tls, { ...statement, Principal: { AWS: "arn:aws:iam::111122223333:role/shop" } }],
    },
  },
  scope: "document",
  kinds: ["resource"],
  absenceOf: ["Condition"],
  beside: { types: grantingTypes, check: openGrants },
  *check({ service, document }) {
    for (const statement of document.statements) {
      if (statement.effect !== "Allow" || !isForEverybody(statement) || isForSomebody(statement.conditions)) continue;
      if (onlyLimits(service) ? isEndpointNarrow(statement) : isDeniedToOthers(statement, document)) continue;
      const actions = statement.actions.join(", ");
      const fix = "name the principals, or add a condition on aws:SourceAccount, aws:SourceArn or aws:PrincipalOrgID";
      yield { statement: statement.label, message: `it allows ${actions} to the principal "*"`, fix };
    }
  },
};

function isForEverybody({ principals }: Statement): boolean {
  return Object.values(principals ?? {}).some((of) => of.some(isAnybody));
}

/** Whoever comes through the endpoint reaches only named resources, or those of an account or organisation. */
function isEndpointNarrow({ resources, conditions }: Statement): boolean {
  const keys = ["aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths"];
  return resources.every((resource) => !isStar(resource)) || keys.some((key) => isNarrowedBy(conditions, key));
}

/** API Gateway's usual form: everybody is let in, and a Deny keeps out all but some. */
function isDeniedToOthers(allowed: Statement, { statements }: PolicyDocument): boolean {
  return statements.some(
    (denied) =>
      denied.effect === "Deny" &&
      isForEverybody(denied) &&
      isForEverybodyElse(denied.conditions) &&
      allowed.actions.every((action) => denied.actions.some((of) => includes(of, action, { ignoreCase: true }))) &&
      allowed.resources.every((resource) => denied.resources.some((pattern) => includes(pattern, resource))),
  );
}
