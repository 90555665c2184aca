import * as aws from "@pulumi/aws";
import { environment as collectEnvironment } from "../../functions/s3-to-dynamodb/collect/environment";
import { permissions as collectPermissions } from "../../functions/s3-to-dynamodb/collect/permissions";
import { environment as loadEnvironment } from "../../functions/s3-to-dynamodb/load/environment";
import { permissions as loadPermissions } from "../../functions/s3-to-dynamodb/load/permissions";
import { bucketArnOf } from "../parts/account";
import type { ArgumentCheck } from "../parts/arguments";
import type { Context } from "../parts/context";
import { deployedName } from "../parts/naming";
import { allowRecursion, type NodeFunction, nodeFunction } from "../parts/nodeFunction";
import { type QueueWithDlq, queueWithDlq } from "../parts/queueWithDlq";
import { pipelineConfig } from "./checkBuckets";
import type { FunctionSettings, Pipeline } from "./pipeline";
import { sendStatement } from "./senders";
import { bucketSenders, type PlacedSource, ruleArn, ruleSenders, sourceTargets } from "./sources";
import type { Stores } from "./stores";

/** The two steps, each a queue and the function that reads it. */
export interface Steps<T> {
  readonly collect: T;
  readonly load: T;
}

/** Times that a message is tried before it goes to the dead-letter queue. */
const maxReceiveCount = 5;

/**
 * Beyond the function's time-out: AWS asks for as much, and a message is one invocation's work. The functions lease
 * their message for less and renew it, so that it doesn't take so long to come back.
 */
const visibilityMargin = 60;

export function createQueues(
  context: Context,
  check: ArgumentCheck,
  sources: readonly PlacedSource[],
  pipeline: Pipeline,
): Steps<QueueWithDlq> {
  const { account } = context;
  const buckets = bucketSenders(context, sources);
  const rules = ruleSenders(context, sources);
  // Both services' ARNs share the policy's bytes.
  const share = buckets.length > 0 && rules.length > 0 ? 0.5 : 1;
  return {
    collect: queueWithDlq(context, "collect", {
      fifo: false,
      visibilityTimeoutSeconds: pipeline.collect.timeout + visibilityMargin,
      maxReceiveCount,
      senders: (arn) => [
        ...sendStatement(check, "Buckets", "s3.amazonaws.com", buckets, arn, share, (name) =>
          bucketArnOf(account, name),
        ),
        ...sendStatement(check, "Rules", "events.amazonaws.com", rules, arn, share, (name) => ruleArn(account, name)),
      ],
    }),
    load: queueWithDlq(context, "load", {
      fifo: true,
      visibilityTimeoutSeconds: pipeline.load.timeout + visibilityMargin,
      maxReceiveCount,
    }),
  };
}

export function createFunctions(
  context: Context,
  pipeline: Pipeline,
  stores: Stores,
  sources: readonly PlacedSource[],
  queues: Steps<QueueWithDlq>,
): Steps<NodeFunction> {
  const shared = {
    config: pipelineConfig(context.owner, sources, pipeline.limits),
    logRetentionDays: pipeline.logRetentionDays,
    tracing: pipeline.tracing,
  };
  const environment = {
    PIPELINE: deployedName(context.name),
    LANDING_BUCKET: stores.landing.bucketName,
    LEDGER_TABLE: stores.ledger.table.name,
    LEDGER_DAYS: pipeline.retention.ledgerDays,
    LOAD_QUEUE_URL: queues.load.url,
  };
  const targets = {
    landingBucket: [{ arn: stores.landing.arn }],
    ledgerTable: [{ arn: stores.ledger.tableArn }],
    loadQueue: [{ arn: queues.load.arn }],
  };
  const collect = nodeFunction(context, "collect", {
    ...shared,
    folder: "s3-to-dynamodb/collect",
    description: "Unpacks source objects into the landing bucket",
    environmentSpec: collectEnvironment,
    environment: { ...environment, COLLECT_QUEUE_URL: queues.collect.url },
    permissions: collectPermissions,
    targets: { ...sourceTargets(sources), ...targets, collectQueue: [{ arn: queues.collect.arn }] },
    consumes: [queues.collect.arn],
    memory: pipeline.collect.memory,
    timeout: pipeline.collect.timeout,
  });
  const load = nodeFunction(context, "load", {
    ...shared,
    folder: "s3-to-dynamodb/load",
    description: "Writes landing parts to the table",
    environmentSpec: loadEnvironment,
    environment: { ...environment, TABLE: stores.table.table.name },
    permissions: loadPermissions,
    targets: { ...targets, table: [{ arn: stores.table.tableArn }] },
    consumes: [queues.load.arn],
    memory: pipeline.load.memory,
    timeout: pipeline.load.timeout,
  });
  consume(context, "collect", queues.collect, collect, pipeline.collect);
  consume(context, "load", queues.load, load, pipeline.load);
  return { collect, load };
}

/** One message an invocation: each is minutes of work, and only a failed one comes back. */
function consume(
  context: Context,
  step: keyof Steps<unknown>,
  queue: QueueWithDlq,
  handler: NodeFunction,
  settings: FunctionSettings,
): void {
  allowRecursion(context, step, handler);
  new aws.lambda.EventSourceMapping(
    `${context.name}-${step}-source`,
    {
      eventSourceArn: queue.arn,
      functionName: handler.lambda.name,
      batchSize: 1,
      functionResponseTypes: ["ReportBatchItemFailures"],
      scalingConfig: { maximumConcurrency: settings.concurrency },
    },
    { parent: context.parent, dependsOn: [queue.queue] },
  );
}
