import { METRICS_NAMESPACE, type PipelineCounts } from "../../functions/shared/metrics";
import type { AlarmSpec } from "../parts/alarms";
import type { QueueWithDlq } from "../parts/queueWithDlq";

export interface Watched {
  /** Dimension of the pipeline's own metrics. */
  readonly pipeline: string;
  readonly queues: Readonly<Record<"collect" | "load", QueueWithDlq>>;
  readonly functions: Readonly<Record<"collect" | "load", string>>;
  readonly tableName: string;
  readonly maxMessageAge: number;
}

/** Everything that somebody has to look at. */
export function pipelineAlarms(watched: Watched): AlarmSpec[] {
  const { pipeline, tableName } = watched;
  const own = (metric: keyof PipelineCounts) =>
    ({ namespace: METRICS_NAMESPACE, metric, dimensions: { Pipeline: pipeline }, statistic: "Sum", above: 0 }) as const;
  return [
    ...(["collect", "load"] as const).flatMap((step) => ofStep(step, watched)),
    {
      ...own("RecordsQuarantined"),
      part: "quarantined-records",
      description:
        "Records were quarantined. The landing bucket holds them with their reasons under quarantine/<source>/.",
    },
    {
      ...own("FilesQuarantined"),
      part: "quarantined-files",
      description:
        "Whole files were quarantined. The ledger and quarantine/<source>/ in the landing bucket say why; fix the file and upload it again.",
    },
    {
      part: "table-throttles",
      namespace: "AWS/DynamoDB",
      metric: "WriteThrottleEvents",
      dimensions: { TableName: tableName },
      statistic: "Sum",
      above: 0,
      periods: 3,
      description:
        "The table has throttled writes for 15 minutes. Nothing is lost, loading is slow: lower load.concurrency or raise maxWriteRequestUnits.",
    },
  ];
}

function ofStep(step: "collect" | "load", { queues, functions, maxMessageAge }: Watched): AlarmSpec[] {
  const queue = queues[step];
  return [
    {
      part: `${step}-dlq`,
      namespace: "AWS/SQS",
      metric: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: queue.dlqName },
      statistic: "Maximum",
      above: 0,
      description: `Messages of ${step} have failed 5 times. The log of ${functions[step]} says why; fix it, then redrive ${queue.dlqName}.`,
    },
    {
      part: `${step}-age`,
      namespace: "AWS/SQS",
      metric: "ApproximateAgeOfOldestMessage",
      dimensions: { QueueName: queue.queueName },
      statistic: "Maximum",
      above: maxMessageAge,
      description: `The oldest message of ${queue.queueName} is older than ${maxMessageAge} s: ${step} doesn't keep up. Raise ${step}.concurrency.`,
    },
    {
      part: `${step}-errors`,
      namespace: "AWS/Lambda",
      metric: "Errors",
      dimensions: { FunctionName: functions[step] },
      statistic: "Sum",
      above: 0,
      description: `${functions[step]} has failed; its log says why. The message comes again up to four times within minutes, then it is in ${queue.dlqName}.`,
    },
  ];
}
