import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { arnOf, bucketArnOf } from "../../parts/account";
import { notifyBucket } from "../../parts/bucketNotifications";
import type { Context } from "../../parts/context";
import type { GrantTarget } from "../../parts/grants";
import { bucketName, physicalName } from "../../parts/naming";
import { type QueueWithDlq, queueWithDlq } from "../../parts/queueWithDlq";
import { secureBucket } from "../../parts/secureBucket";
import type { ImportPlan } from "../normalize";

/** Where exports come into. */
export interface ExportBucket {
  readonly bucketName: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly prefix: string;
  /** What functions are granted for reading it. */
  readonly targets: Readonly<Record<"exportObjects" | "exportBucket" | "exportKeys", readonly GrantTarget[]>>;
}

export function exportBucket(context: Context, plan: ImportPlan): ExportBucket {
  const { prefix } = plan.config;
  const created =
    plan.bucketName === undefined
      ? secureBucket(context, "exports", {
          bucketName: bucketName(context, "exports", plan.bucketNameSuffix),
          noncurrentDays: plan.noncurrentDays,
        })
      : undefined;
  const name = created?.bucketName ?? pulumi.output(plan.bucketName ?? "");
  const arn = created?.arn ?? bucketArnOf(context.account, name);
  if (plan.manageNotifications) {
    notifyBucket(
      `${context.name}-exports-notification`,
      { bucket: created?.bucketName ?? plan.bucketName ?? "", owner: context.owner, eventBridge: true },
      { parent: context.parent },
    );
  }
  return {
    bucketName: name,
    arn,
    prefix,
    targets: {
      exportObjects: [{ arn, prefix }],
      exportBucket: [{ arn }],
      exportKeys: plan.kmsKeyArn === undefined ? [] : [{ arn: plan.kmsKeyArn }],
    },
  };
}

/** Times that an event is tried before it goes to the dead-letter queue. */
const maxReceiveCount = 5;
/** Seconds of an invocation of the function that reads the queue. */
export const registerTimeout = 60;

/** The queue of uploaded objects, filled by a rule. */
export function exportQueue(context: Context, { bucketName: bucket, prefix }: ExportBucket): QueueWithDlq {
  const ruleName = physicalName(context.name, "exports", "rule");
  const queue = queueWithDlq(context, "register", {
    fifo: false,
    visibilityTimeoutSeconds: 6 * registerTimeout,
    maxReceiveCount,
    senders: (queueArn) => [
      {
        why: "EventBridge announces new objects of the exports' bucket",
        Sid: "Rule",
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: queueArn,
        Condition: {
          ArnLike: { "aws:SourceArn": arnOf(context.account, "events", `rule/${ruleName}`) },
          StringEquals: { "aws:SourceAccount": context.account.accountId },
        },
      },
    ],
  });
  const rule = new aws.cloudwatch.EventRule(
    `${context.name}-exports-rule`,
    {
      name: ruleName,
      description: `Exports for ${context.name}`,
      eventPattern: pulumi.jsonStringify({
        source: ["aws.s3"],
        "detail-type": ["Object Created"],
        detail: { bucket: { name: [bucket] }, object: prefix === "" ? undefined : { key: [{ prefix }] } },
      }),
      tags: context.tags,
    },
    { parent: context.parent },
  );
  new aws.cloudwatch.EventTarget(
    `${context.name}-exports-target`,
    { rule: rule.name, arn: queue.arn, targetId: "register" },
    { parent: context.parent, dependsOn: [queue.policy] },
  );
  return queue;
}
