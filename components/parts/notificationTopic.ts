import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { arnOf } from "./account";
import type { Context } from "./context";
import { physicalName } from "./naming";
import { policyDocument, tlsOnly } from "./policyDocument";

export interface AlarmTopic {
  /** Known at preview. */
  readonly arn: pulumi.Output<string>;
  /** What has to be there before it is used. */
  readonly ready: readonly pulumi.Resource[];
}

/** Topic for failed runs and alarms: the one given, or one that is made. */
export function alarmTopic(context: Context, given: pulumi.Input<string> | undefined): AlarmTopic {
  return given === undefined ? notificationTopic(context) : { arn: pulumi.output(given), ready: [] };
}

function notificationTopic(context: Context): AlarmTopic {
  const child = { parent: context.parent };
  const name = physicalName(context.name, "notifications", "topic");
  const arn = arnOf(context.account, "sns", name);
  const topic = new aws.sns.Topic(`${context.name}-topic`, { name, tags: context.tags }, child);
  const policy = new aws.sns.TopicPolicy(
    `${context.name}-topic-policy`,
    {
      arn: topic.arn,
      policy: policyDocument([
        tlsOnly("sns", [arn]),
        {
          why: "CloudWatch sends the alarms",
          Sid: "Alarms",
          Effect: "Allow",
          Principal: { Service: "cloudwatch.amazonaws.com" },
          Action: "sns:Publish",
          Resource: arn,
          Condition: { StringEquals: { "aws:SourceAccount": context.account.accountId } },
        },
      ]),
    },
    child,
  );
  return { arn, ready: [topic, policy] };
}
