import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import * as snowflake from "@pulumi/snowflake";
import { arnOf, roleArnOf } from "../parts/account";
import type { Context } from "../parts/context";
import { physicalName } from "../parts/naming";
import { policyDocument, type Statement, tlsOnly } from "../parts/policyDocument";
import { accountObjectName } from "./names";
import { snowflakeRole } from "./storageAccess";

export interface ErrorNotifications {
  /** Name of the integration in the Snowflake account. */
  readonly integrationName: string;
  readonly topicArn: pulumi.Output<string>;
  /** What a pipe or task must wait for. */
  readonly ready: readonly pulumi.Resource[];
}

/** Snowflake publishes what went wrong in pipes and tasks to a topic, by a role as for the bucket. */
export function errorNotifications(context: Context): ErrorNotifications {
  const child = { parent: context.parent };
  const topicName = physicalName(context.name, "snowflake-errors", "topic");
  const topicArn = arnOf(context.account, "sns", topicName);
  const topic = new aws.sns.Topic(`${context.name}-errors`, { name: topicName, tags: context.tags }, child);
  new aws.sns.TopicPolicy(
    `${context.name}-errors-policy`,
    { arn: topic.arn, policy: policyDocument([tlsOnly("sns", [topicArn])]) },
    child,
  );
  const roleName = physicalName(context.name, "snowflake-errors", "role");
  const integrationName = accountObjectName(context.name, "ERRORS");
  const integration = new snowflake.NotificationIntegration(
    `${context.name}-errors-integration`,
    {
      name: integrationName,
      type: "QUEUE",
      direction: "OUTBOUND",
      enabled: true,
      notificationProvider: "AWS_SNS",
      awsSnsTopicArn: topicArn,
      awsSnsRoleArn: roleArnOf(context.account, roleName),
      comment: "Errors of pipes and tasks",
    },
    { ...child, dependsOn: topic },
  );
  const statement: Statement = {
    why: "Snowflake tells of files that could not be loaded",
    Sid: "TellErrors",
    Effect: "Allow",
    Action: "sns:Publish",
    Resource: topicArn,
  };
  const { role, policies } = snowflakeRole(context, "errors-role", {
    roleName,
    description: `Snowflake reports errors of ${context.name}`,
    userArn: integration.awsSnsIamUserArn,
    externalId: integration.awsSnsExternalId,
    statements: [{ statement, size: 500 }],
  });
  return { integrationName, topicArn: topic.arn, ready: [integration, role, ...policies] };
}
