import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { arnOf } from "../parts/account";
import type { Context } from "../parts/context";
import { physicalName } from "../parts/naming";
import { policyDocument, tlsOnly } from "../parts/policyDocument";

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
