import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { arnOf } from "./account";
import type { Context } from "./context";
import { physicalName } from "./naming";
import { policyDocument, tlsOnly } from "./policyDocument";

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
