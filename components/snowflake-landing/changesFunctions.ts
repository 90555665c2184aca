import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { environment as changesEnvironment } from "../../functions/snowflake-landing/table-changes/environment";
import { permissions as changesPermissions } from "../../functions/snowflake-landing/table-changes/permissions";
import { environment as snapshotEnvironment } from "../../functions/snowflake-landing/table-snapshot/environment";
import { permissions as snapshotPermissions } from "../../functions/snowflake-landing/table-snapshot/permissions";
import { arnOf, bucketArnOf } from "../parts/account";
import { alarms } from "../parts/alarms";
import type { Context } from "../parts/context";
import { physicalName } from "../parts/naming";
import { allowRecursion, type NodeFunction, nodeFunction } from "../parts/nodeFunction";
import { type FailureQueue, failureQueue } from "../parts/queueWithDlq";
import type { DynamoDbPlan } from "./plan";

export interface TableFunctionsArgs {
  readonly bucket: pulumi.Output<string>;
  readonly kmsKeyArn?: pulumi.Input<string> | undefined;
  readonly windowSeconds: number;
  readonly retries: number;
  readonly logRetentionDays: number;
  readonly alarmTopicArn?: pulumi.Input<string> | undefined;
}

export interface TableFunctions {
  /** By view, the command that starts a full load. */
  readonly snapshotCommands: pulumi.Output<Record<string, string>>;
  readonly alarmNames: string[];
}

/** What writes the changes and the items of DynamoDB tables into the bucket. */
export function changesFunctions(
  context: Context,
  plans: readonly DynamoDbPlan[],
  args: TableFunctionsArgs,
): TableFunctions {
  const made = plans.map((plan) => ({ plan, ...tableFunctions(context, plan, args) }));
  const commands = made.map(({ plan, snapshot }) => [plan.view, snapshot.lambda.name.apply(snapshotCommand)] as const);
  return {
    snapshotCommands: pulumi.output(Object.fromEntries(commands)),
    alarmNames: made.flatMap(({ alarmNames }) => alarmNames),
  };
}

function snapshotCommand(functionName: string): string {
  return (
    `aws lambda invoke --function-name ${functionName} --invocation-type Event ` +
    `--cli-binary-format raw-in-base64-out --payload '{"segments":4}' /dev/stdout`
  );
}

/** The two functions of a table, each under its own role; `snapshot` reads the whole table. */
function tableFunctions(context: Context, plan: DynamoDbPlan, args: TableFunctionsArgs) {
  const failures = failureQueue(context, `${plan.key}-failures`);
  changesFunction(context, plan, args, failures);
  const snapshot = snapshotFunction(context, plan, args, failures);
  const alarmNames = alarms(context, args.alarmTopicArn, [
    {
      part: `${plan.key}-failures`,
      description: `Changes or a full load of ${plan.view} could not be written to the bucket. The queue's messages say which; the function's log says why. Once it is fixed, empty ${plan.changes.names.table} and ${plan.current} and start a full load.`,
      namespace: "AWS/SQS",
      metric: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: failures.queueName },
      statistic: "Maximum",
      above: 0,
    },
  ]);
  return { snapshot, alarmNames };
}

/** Where both functions write, and what they must know to do so. */
function common(
  context: Context,
  plan: DynamoDbPlan,
  { bucket, kmsKeyArn }: TableFunctionsArgs,
  failures: FailureQueue,
) {
  const { prefix } = plan.changes;
  return {
    environment: { STAGE_BUCKET: bucket, PREFIX: prefix, KEY_ATTRIBUTES: JSON.stringify(plan.keyAttributes) },
    targets: {
      stageBucket: [{ arn: bucketArnOf(context.account, bucket), prefix }],
      stageKey: kmsKeyArn === undefined ? [] : [{ arn: kmsKeyArn }],
      failureQueue: [{ arn: failures.arn }],
    },
  };
}

function changesFunction(context: Context, plan: DynamoDbPlan, args: TableFunctionsArgs, failures: FailureQueue): void {
  const { environment, targets } = common(context, plan, args, failures);
  const part = `${plan.key}-changes`;
  const made = nodeFunction(context, part, {
    folder: "snowflake-landing/table-changes",
    description: `Writes changes of the DynamoDB table behind ${plan.view} for Snowflake`,
    environmentSpec: changesEnvironment,
    environment,
    permissions: changesPermissions,
    targets: { ...targets, stream: [{ arn: plan.args.streamArn }] },
    memory: 512,
    timeout: 60,
    logRetentionDays: args.logRetentionDays,
  });
  new aws.lambda.EventSourceMapping(
    `${context.name}-${part}-stream`,
    {
      functionName: made.lambda.name,
      eventSourceArn: plan.args.streamArn,
      // Not LATEST: changes between the mapping's creation and its first read would be lost.
      startingPosition: "TRIM_HORIZON",
      batchSize: 10_000,
      maximumBatchingWindowInSeconds: args.windowSeconds,
      bisectBatchOnFunctionError: true,
      functionResponseTypes: ["ReportBatchItemFailures"],
      maximumRetryAttempts: args.retries,
      destinationConfig: { onFailure: { destinationArn: failures.arn } },
      tags: context.tags,
    },
    { parent: context.parent, dependsOn: failures.ready },
  );
}

function snapshotFunction(
  context: Context,
  plan: DynamoDbPlan,
  args: TableFunctionsArgs,
  failures: FailureQueue,
): NodeFunction {
  const { environment, targets } = common(context, plan, args, failures);
  const part = `${plan.key}-snapshot`;
  const self = arnOf(context.account, "lambda", `function:${physicalName(context.name, part, "function")}`);
  const made = nodeFunction(context, part, {
    folder: "snowflake-landing/table-snapshot",
    description: `Writes all items of the DynamoDB table behind ${plan.view} for Snowflake`,
    environmentSpec: snapshotEnvironment,
    environment: { ...environment, TABLE: plan.args.tableName },
    permissions: snapshotPermissions,
    targets: { ...targets, table: [{ arn: plan.args.tableArn }], self: [{ arn: self }] },
    memory: 1024,
    timeout: 900,
    logRetentionDays: args.logRetentionDays,
  });
  new aws.lambda.FunctionEventInvokeConfig(
    `${context.name}-${part}-invoke`,
    {
      functionName: made.lambda.name,
      maximumRetryAttempts: 2,
      maximumEventAgeInSeconds: 21_600,
      destinationConfig: { onFailure: { destination: failures.arn } },
    },
    { parent: context.parent, dependsOn: failures.ready },
  );
  allowRecursion(context, part, made);
  return made;
}
