import type * as pulumi from "@pulumi/pulumi";
import { type ImportCounts, METRICS_NAMESPACE } from "../../../functions/shared/metrics";
import type { AlarmSpec } from "../../parts/alarms";
import type { Functions } from "./functions";

type Named = { readonly functionName: string };

export interface Watched {
  /** Dimension of the functions' own metrics. */
  readonly pipeline: string;
  readonly stateMachineArn: pulumi.Input<string>;
  readonly functions: Readonly<Record<keyof Functions, Named>>;
  readonly queue: { readonly dlqName: string };
  readonly failures: { readonly queueName: string };
  readonly targetTableName: string;
  readonly workgroupName: string;
  readonly retentionHours: number;
  readonly maxScannedBytesPerDay: number;
}

const any = { statistic: "Sum", above: 0 } as const;

/** Everything that somebody has to look at: a description's first sentence says what it means, the rest what to do. */
export function importAlarms(watched: Watched): AlarmSpec[] {
  const { pipeline, functions, queue, failures } = watched;
  const own = (metric: keyof ImportCounts) =>
    ({ ...any, namespace: METRICS_NAMESPACE, metric, dimensions: { Pipeline: pipeline } }) as const;
  const visible = (QueueName: string) =>
    ({
      namespace: "AWS/SQS",
      metric: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName },
      statistic: "Maximum",
      above: 0,
    }) as const;
  return [
    ...ofImports(watched),
    {
      ...own("ExportsRefused"),
      part: "exports-refused",
      description: "An export was refused: nothing has changed. The registry and the notification say why.",
    },
    {
      ...own("DeltasAwaitingApproval"),
      part: "approval",
      description:
        "A delta deletes more than maxDeletedShare and waits for approval. The notification has the command that answers.",
    },
    {
      ...own("OperationsFailed"),
      part: "operations-failed",
      description: `Some operations can't be applied to the target. They are in ${failures.queueName} with their reasons; once fixed, delta-replay applies them.`,
    },
    {
      ...visible(queue.dlqName),
      part: "register-dlq",
      description: `Events of exports have failed 5 times. The log of ${functions.register.functionName} says why; fix it, then redrive ${queue.dlqName}.`,
    },
    {
      ...visible(failures.queueName),
      part: "apply-failures",
      description: `Operations weren't applied, or have expired in the stream. ${failures.queueName} has them; once fixed, delta-replay applies them.`,
    },
    ...Object.entries(functions).map(ofFunction),
    ...ofServices(watched),
  ];
}

function ofImports({ stateMachineArn }: Watched): AlarmSpec[] {
  const runs = { ...any, namespace: "AWS/States", dimensions: { StateMachineArn: stateMachineArn } } as const;
  return [
    {
      ...runs,
      part: "imports-failed",
      metric: "ExecutionsFailed",
      description: "An import failed or was refused. The execution's error says why, and the notification too.",
    },
    {
      ...runs,
      part: "imports-timed-out",
      metric: "ExecutionsTimedOut",
      description: "An import took longer than it may. See which state it was in; its lock is released by a rule.",
    },
    {
      ...runs,
      part: "imports-aborted",
      metric: "ExecutionsAborted",
      description:
        "Somebody stopped an import. Its lock is released by a rule; the next export or delta-replay goes on.",
    },
  ];
}

function ofFunction([name, { functionName }]: readonly [string, Named]): AlarmSpec {
  return {
    ...any,
    part: `${name}-errors`,
    namespace: "AWS/Lambda",
    metric: "Errors",
    dimensions: { FunctionName: functionName },
    periods: 3,
    description: `${functionName} has failed for 15 minutes. Its log says why.`,
  };
}

function ofServices(watched: Watched): AlarmSpec[] {
  const { functions, targetTableName, workgroupName, retentionHours, maxScannedBytesPerDay } = watched;
  return [
    {
      part: "apply-age",
      namespace: "AWS/Lambda",
      metric: "IteratorAge",
      dimensions: { FunctionName: functions.apply.functionName },
      statistic: "Maximum",
      // Milliseconds; there is still time to fix what holds it up.
      above: (retentionHours * 3_600_000) / 4,
      description: `Operations have waited for a quarter of the ${retentionHours} h after which they expire. The log of ${functions.apply.functionName} says what holds them up.`,
    },
    {
      ...any,
      part: "target-throttles",
      namespace: "AWS/DynamoDB",
      metric: "WriteThrottleEvents",
      dimensions: { TableName: targetTableName },
      periods: 3,
      description:
        "The target has throttled writes for 15 minutes. Nothing is lost, applying is slow: see targetShards and the table's limits.",
    },
    {
      part: "scanned-bytes",
      namespace: "AWS/Athena",
      metric: "ProcessedBytes",
      dimensions: { WorkGroup: workgroupName },
      statistic: "Sum",
      above: maxScannedBytesPerDay,
      period: 86_400,
      description:
        "The queries of a day have scanned more than maxScannedBytesPerDay. The registry says which table's (bytesScanned).",
    },
  ];
}
