import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { arnOf } from "./account";
import type { Context } from "./context";
import { physicalName } from "./naming";
import { policyDocument, type Statement, tlsOnly } from "./policyDocument";

const day = 86_400;

export interface QueueWithDlqArgs {
  /** Messages of a group one after the other. */
  readonly fifo: boolean;
  /** Seconds; 6 times the timeout of the function that reads it, as AWS advises. */
  readonly visibilityTimeoutSeconds: number;
  /** Times that a message is received before it goes to the dead-letter queue. */
  readonly maxReceiveCount: number;
  /** Who else may send, given the queue's ARN. @default nobody beyond the account's own roles */
  readonly senders?: (queueArn: pulumi.Output<string>) => readonly Statement[];
}

export interface QueueWithDlq {
  readonly arn: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;
  /** Physical names: what CloudWatch calls the queues. */
  readonly queueName: string;
  readonly dlqName: string;
  readonly dlqUrl: pulumi.Output<string>;
  /** Shell command that puts the dead-letter queue's messages back. */
  readonly redriveCommand: pulumi.Output<string>;
  readonly queue: aws.sqs.Queue;
  /** Senders must wait for it. */
  readonly policy: aws.sqs.QueuePolicy;
}

/** An encrypted queue that is reached over TLS alone, with a dead-letter queue that only it can move messages to. */
export function queueWithDlq(context: Context, part: string, args: QueueWithDlqArgs): QueueWithDlq {
  const kind = args.fifo ? "fifoQueue" : "queue";
  const queueName = physicalName(context.name, part, kind);
  const dlqName = physicalName(context.name, `${part}-dlq`, kind);
  const arn = arnOf(context.account, "sqs", queueName);
  const dlqArn = arnOf(context.account, "sqs", dlqName);
  const name = `${context.name}-${part}`;
  const child = { parent: context.parent };
  // High throughput: 300 calls a second for each group and not for the queue.
  const fifo = args.fifo
    ? { fifoQueue: true, deduplicationScope: "messageGroup", fifoThroughputLimit: "perMessageGroupId" }
    : {};

  const dlq = new aws.sqs.Queue(
    `${name}-dlq`,
    {
      name: dlqName,
      ...fifo,
      sqsManagedSseEnabled: true,
      messageRetentionSeconds: 14 * day,
      redriveAllowPolicy: pulumi.jsonStringify({ redrivePermission: "byQueue", sourceQueueArns: [arn] }),
      tags: context.tags,
    },
    child,
  );
  const queue = new aws.sqs.Queue(
    `${name}-queue`,
    {
      name: queueName,
      ...fifo,
      sqsManagedSseEnabled: true,
      visibilityTimeoutSeconds: args.visibilityTimeoutSeconds,
      // Shorter than the dead-letter queue's, where a message keeps the age that it had here.
      messageRetentionSeconds: 4 * day,
      redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: dlqArn, maxReceiveCount: args.maxReceiveCount }),
      tags: context.tags,
    },
    { ...child, dependsOn: dlq },
  );
  new aws.sqs.QueuePolicy(
    `${name}-dlq-policy`,
    { queueUrl: dlq.url, policy: policyDocument([tlsOnly("sqs", [dlqArn])]) },
    child,
  );
  const policy = new aws.sqs.QueuePolicy(
    `${name}-queue-policy`,
    { queueUrl: queue.url, policy: policyDocument([tlsOnly("sqs", [arn]), ...(args.senders?.(arn) ?? [])]) },
    child,
  );
  const redriveCommand = pulumi.interpolate`aws sqs start-message-move-task --source-arn ${dlqArn}`;
  return { arn, url: queue.url, queueName, dlqName, dlqUrl: dlq.url, redriveCommand, queue, policy };
}

export interface DeadLetterQueue {
  readonly arn: pulumi.Output<string>;
  /** Physical name: what CloudWatch calls the queue. */
  readonly queueName: string;
  readonly queue: aws.sqs.Queue;
}

/** An encrypted queue, reached over TLS alone, for what a service of the account couldn't deliver; its role has to let it send. */
export function deadLetterQueue(context: Context, part: string): DeadLetterQueue {
  const queueName = physicalName(context.name, `${part}-dlq`, "queue");
  const arn = arnOf(context.account, "sqs", queueName);
  const name = `${context.name}-${part}-dlq`;
  const child = { parent: context.parent };
  const queue = new aws.sqs.Queue(
    name,
    { name: queueName, sqsManagedSseEnabled: true, messageRetentionSeconds: 14 * day, tags: context.tags },
    child,
  );
  new aws.sqs.QueuePolicy(
    `${name}-policy`,
    { queueUrl: queue.url, policy: policyDocument([tlsOnly("sqs", [arn])]) },
    child,
  );
  return { arn, queueName, queue };
}

export interface FailureQueue {
  /** Known at preview. */
  readonly arn: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;
  readonly queueName: string;
  readonly ready: pulumi.Resource[];
}

/** Where Lambda sends what a function failed at for good; nothing reads it but people. */
export function failureQueue(context: Context, part: string): FailureQueue {
  const child = { parent: context.parent };
  const queueName = physicalName(context.name, part, "queue");
  const arn = arnOf(context.account, "sqs", queueName);
  const queue = new aws.sqs.Queue(
    `${context.name}-${part}`,
    { name: queueName, sqsManagedSseEnabled: true, messageRetentionSeconds: 14 * 86_400, tags: context.tags },
    child,
  );
  const policy = new aws.sqs.QueuePolicy(
    `${context.name}-${part}-policy`,
    { queueUrl: queue.url, policy: policyDocument([tlsOnly("sqs", [arn])]) },
    child,
  );
  return { arn, url: queue.url, queueName, ready: [queue, policy] };
}
