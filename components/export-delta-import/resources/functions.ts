import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { environment as applyEnvironment } from "../../../functions/export-delta-import/apply/environment";
import { permissions as applyPermissions } from "../../../functions/export-delta-import/apply/permissions";
import { environment as controlEnvironment } from "../../../functions/export-delta-import/control/environment";
import { permissions as controlPermissions } from "../../../functions/export-delta-import/control/permissions";
import { environment as normaliseEnvironment } from "../../../functions/export-delta-import/normalise/environment";
import { permissions as normalisePermissions } from "../../../functions/export-delta-import/normalise/permissions";
import { environment as publishEnvironment } from "../../../functions/export-delta-import/publish/environment";
import { permissions as publishPermissions } from "../../../functions/export-delta-import/publish/permissions";
import { environment as registerEnvironment } from "../../../functions/export-delta-import/register/environment";
import { permissions as registerPermissions } from "../../../functions/export-delta-import/register/permissions";
import { arnOf } from "../../parts/account";
import type { Context } from "../../parts/context";
import { type NodeFunction, nodeFunction } from "../../parts/nodeFunction";
import { type FailureQueue, failureQueue, type QueueWithDlq } from "../../parts/queueWithDlq";
import type { ImportPlan } from "../normalize";
import { type ExportBucket, registerTimeout } from "./exports";
import type { QueryPlace, Stores } from "./stores";

export interface Functions {
  readonly register: NodeFunction;
  readonly normalise: NodeFunction;
  readonly control: NodeFunction;
  readonly publish: NodeFunction;
  readonly apply: NodeFunction;
}

export interface FunctionNeeds {
  readonly plan: ImportPlan;
  readonly stores: Stores;
  readonly place: QueryPlace;
  readonly exports: ExportBucket;
  readonly queue: QueueWithDlq;
  readonly stateMachine: { readonly name: string; readonly arn: pulumi.Input<string> };
}

/** The target that the apply function writes, as progress and registry call it. */
const target = "dynamodb";
/** A batch of the stream: some hundred writes, a part of which may be throttled for a while. */
const applyTimeout = 120;
/** MB of a part before it is packed, in which Athena's readers share the work. */
const partMegabytes = 64;
const maxUnpackedGigabytes = 200;

/** The five functions, each with a role of its own, and the queue of operations that can't be applied. */
export function functions(context: Context, needs: FunctionNeeds): Functions & { readonly failures: FailureQueue } {
  const { plan, stores, place, exports, queue, stateMachine } = needs;
  const { work, registry, lock, stream } = stores;
  const config = JSON.stringify(plan.config);
  const shared = { logRetentionDays: plan.logRetentionDays, tracing: plan.tracing };
  const long = { ...shared, timeout: plan.flow.functionTimeout };
  const registryOf = { PIPELINE: plan.flow.pipeline, REGISTRY_TABLE: registry.table.name };
  const tables = { ...registryOf, LOCK_TABLE: lock.table.name, LEASE_SECONDS: plan.leaseSeconds };
  const workBucket = { WORK_BUCKET: work.bucketName };
  const targets = {
    registryTable: [{ arn: registry.tableArn }],
    lockTable: [{ arn: lock.tableArn }],
    workBucket: [{ arn: work.arn }],
    workObjects: [{ arn: work.arn }],
    stream: [{ arn: stream.arn }],
    stateMachine: [{ arn: stateMachine.arn }],
    executions: [{ arn: arnOf(context.account, "states", `execution:${stateMachine.name}:*`) }],
    ...exports.targets,
  };
  const failures = failureQueue(context, "apply-failures");
  const register = nodeFunction(context, "register", {
    ...shared,
    config,
    targets,
    memory: 512,
    timeout: registerTimeout,
    folder: "export-delta-import/register",
    description: "Enters exports into the registry and starts their imports",
    environmentSpec: registerEnvironment,
    environment: { ...registryOf, STATE_MACHINE_ARN: stateMachine.arn },
    permissions: registerPermissions,
    consumes: [queue.arn],
  });
  const normalise = nodeFunction(context, "normalise", {
    ...long,
    config,
    targets,
    memory: plan.memory.normalise,
    folder: "export-delta-import/normalise",
    description: "Reads exports into parts that Athena reads exactly",
    environmentSpec: normaliseEnvironment,
    environment: {
      ...tables,
      ...workBucket,
      PART_MEGABYTES: partMegabytes,
      MAX_UNPACKED_GIGABYTES: maxUnpackedGigabytes,
    },
    permissions: normalisePermissions,
  });
  const control = nodeFunction(context, "control", {
    ...long,
    config,
    targets,
    memory: 512,
    folder: "export-delta-import/control",
    description: "Decides what an import does next and notes it in the registry",
    environmentSpec: controlEnvironment,
    environment: {
      ...tables,
      ...workBucket,
      DATABASE: place.databaseName,
      STATE_MACHINE_ARN: stateMachine.arn,
      TARGETS: target,
      APPROVAL_SECONDS: plan.flow.approvalTimeout,
      CENTS_PER_TERABYTE: plan.centsPerTerabyte,
    },
    permissions: controlPermissions,
  });
  const publish = nodeFunction(context, "publish", {
    ...long,
    targets,
    memory: plan.memory.publish,
    folder: "export-delta-import/publish",
    description: "Puts the operations of a delta's files into the stream",
    environmentSpec: publishEnvironment,
    environment: { ...tables, ...workBucket, STREAM: stream.stream.name },
    permissions: publishPermissions,
  });
  const apply = nodeFunction(context, "apply", {
    ...shared,
    memory: 1_024,
    timeout: applyTimeout,
    folder: "export-delta-import/apply",
    description: "Applies the stream's operations to the target",
    environmentSpec: applyEnvironment,
    environment: {
      ...registryOf,
      TARGET_TABLE: stores.target.table.name,
      TARGET_SHARDS: plan.targetShards,
      VERSION_ORDER: plan.config.versionOrder,
      DLQ_URL: failures.url,
    },
    permissions: applyPermissions,
    targets: { ...targets, targetTable: [{ arn: stores.target.tableArn }], dlq: [{ arn: failures.arn }] },
  });
  connect(context, needs, { register, apply }, failures);
  return { register, normalise, control, publish, apply, failures };
}

function connect(
  context: Context,
  { plan, stores, queue }: FunctionNeeds,
  { register, apply }: Pick<Functions, "register" | "apply">,
  failures: FailureQueue,
): void {
  new aws.lambda.EventSourceMapping(
    `${context.name}-register-source`,
    {
      eventSourceArn: queue.arn,
      functionName: register.lambda.name,
      batchSize: 10,
      functionResponseTypes: ["ReportBatchItemFailures"],
      tags: context.tags,
    },
    { parent: context.parent, dependsOn: [queue.queue] },
  );
  new aws.lambda.EventSourceMapping(
    `${context.name}-apply-source`,
    {
      eventSourceArn: stores.stream.stream.arn,
      functionName: apply.lambda.name,
      // Not LATEST: operations between the mapping's creation and its first read would be lost.
      startingPosition: "TRIM_HORIZON",
      batchSize: plan.batchSize,
      maximumBatchingWindowInSeconds: 1,
      // More would deal with one shard's operations side by side, and progress counts on their order.
      parallelizationFactor: 1,
      bisectBatchOnFunctionError: true,
      functionResponseTypes: ["ReportBatchItemFailures"],
      // Until it expires: a later operation of a key mustn't overtake one that is tried again.
      maximumRetryAttempts: -1,
      maximumRecordAgeInSeconds: -1,
      destinationConfig: { onFailure: { destinationArn: failures.arn } },
      tags: context.tags,
    },
    { parent: context.parent, dependsOn: failures.ready },
  );
}
