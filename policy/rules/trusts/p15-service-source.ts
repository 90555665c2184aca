import { onlyLimits } from "../../document/resourcePolicies";
import { isAccount } from "../../matching/conditionValues";
import { isPinned, namesSource } from "../../matching/pins";
import type { Statement } from "../../model/document";
import type { DocumentRule, Subject } from "../../model/rule";
import { arnServiceOf, silence } from "../../principals/confusedDeputy";
import { letsAssume, servicePrincipals } from "../../principals/principal";

const trust = {
  Sid: "Schedule",
  Effect: "Allow",
  Principal: { Service: "scheduler.amazonaws.com" },
  Action: "sts:AssumeRole",
};

/** P15: a service that acts for other accounts too could be made to use the role or the resource for them. */
export const serviceSource: DocumentRule = {
  id: "P15",
  name: "iam-service-names-source",
  title: "Services are let in for one account",
  level: "mandatory",
  severity: "high",
  why: "Without its source, another account can make the service use the role or resource on its behalf or resource for it (confused deputy).",
  details:
    "A trust that lets a service take the role on, and a resource policy that lets a service in, needs a condition on aws:SourceArn, " +
    "aws:SourceAccount, aws:SourceOrgID or aws:SourceOrgPaths (or SNS's aws:SourceOwner) with an account or an organisation in it; `IfExists`, `ForAllValues` and wildcards for the " +
    "account don't count. Lambda, ECS tasks, Step Functions, EventBridge and its Scheduler, Firehose, Glue, CodeBuild, CodePipeline, " +
    "CloudFormation, SageMaker, EKS and its pod identities, Backup, DMS, RDS monitoring and SSM send a source and are held to it, as is every service that " +
    "isn't listed here. Excepted in trusts, because a condition would shut them out: ec2.amazonaws.com, edgelambda.amazonaws.com, " +
    "apigateway.amazonaws.com and ops.apigateway.amazonaws.com, cloudtrail.amazonaws.com, elastictranscoder.amazonaws.com. Excepted " +
    "in resource policies: logdelivery.elasticloadbalancing.amazonaws.com, whose object prefix names the account; events.amazonaws.com on topics and keys, where it takes no condition; a key's statement with kms:ViaService and kms:CallerAccount or an " +
    "encryption context; VPC endpoint policies. A trust of Firehose may have its account's number under sts:ExternalId instead, which Firehose shows. Service-linked roles are AWS's own. Permissions of a Lambda function are rule P22.",
  sources: [
    "prowler iam_role_cross_service_confused_deputy_prevention",
    "AWS IAM user guide: the confused deputy problem",
  ],
  wrong: { kind: "trust", document: { Version: "2012-10-17", Statement: [trust] } },
  right: {
    kind: "trust",
    document: {
      Version: "2012-10-17",
      Statement: [{ ...trust, Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } } }],
    },
  },
  scope: "document",
  kinds: ["trust", "resource"],
  absenceOf: ["Condition"],
  *check(subject) {
    const { kind, document } = subject;
    if (kind === "guardrail" || kind === "identity" || onlyLimits(subject.service)) return;
    for (const statement of document.statements) {
      if (statement.effect !== "Allow" || (kind === "trust" && !letsAssume(statement))) continue;
      if (namesSource(statement.conditions) || isTied(statement, subject)) continue;
      const named = servicePrincipals(statement).filter((service) => service !== "*");
      const services = named.filter(
        (service) => !silence(service, kind, subject.service) && !showsAccount(service, statement),
      );
      if (services.length === 0) continue;
      const what = kind === "trust" ? "assume the role" : statement.actions.join(", ");
      const message = `it lets ${services.join(", ")} ${kind === "trust" ? what : `do ${what}`} for any account`;
      yield { statement: statement.label, message, fix: fixFor(services, named) };
    }
  },
};

/** Keys are told the caller's account or the context of the encryption by the services that use them. */
function isTied({ conditions }: Statement, { service }: Subject): boolean {
  return (
    service === "kms" &&
    conditions.some(
      ({ key, test, values }) =>
        /^(kms:encryptioncontext:|kms:calleraccount$)/.test(key) &&
        /^(String|Arn)(Equals|Like)/.test(test) &&
        values.length > 0 &&
        values.every((value) => /\d{12}/.test(value)),
    )
  );
}

/** Firehose hands over the number of the stream's account as the External ID. */
function showsAccount(service: string, { conditions }: Statement): boolean {
  return service.startsWith("firehose.amazonaws.com") && isPinned(conditions, "sts:externalid", isAccount);
}

/** A condition in the statement of a service that sends no source would shut that one out. */
function fixFor(services: readonly string[], named: readonly string[]): string {
  const prefix = arnServiceOf(services[0] as string);
  const better =
    prefix === undefined
      ? ""
      : `, or better {"ArnLike": {"aws:SourceArn": "arn:aws:${prefix}:<region>:<account>:<resource>"}}`;
  const where = services.length < named.length ? ` to a statement of ${services.join(", ")} alone` : "";
  return `add Condition {"StringEquals": {"aws:SourceAccount": "<account>"}}${where}${better}`;
}
