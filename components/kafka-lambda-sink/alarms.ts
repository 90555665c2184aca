import type * as pulumi from "@pulumi/pulumi";
import type { SinkCounts } from "../../functions/kafka-lambda-sink/core/ports";
import type { SinkGauges } from "../../functions/kafka-lambda-sink/service/metrics";
import { METRICS_NAMESPACE } from "../../functions/shared/metrics";
import type { AlarmSpec } from "../parts/alarms";

export interface WatchedSink {
  /** Dimension of the sink's own metrics. */
  readonly pipeline: string;
  readonly logGroupName: string;
  /** Offsets. */
  readonly maxLag: number;
  /** Whether errors leave records out, by `log` or `ignore`. */
  readonly skips: boolean;
}

type MetricName = keyof SinkGauges | keyof SinkCounts;

/** Everything that somebody has to look at. */
export function sinkAlarms({ pipeline, maxLag, skips }: WatchedSink): AlarmSpec[] {
  const own = (metric: MetricName) =>
    ({ namespace: METRICS_NAMESPACE, metric, dimensions: { Pipeline: pipeline } }) as const;
  const skipped: AlarmSpec = {
    ...own("RecordsSkipped"),
    part: "skipped-records",
    statistic: "Sum",
    above: 0,
    description: `Records were left out by behavior.on.error. The log of ${pipeline}, and the error topic where there is one, say which and why.`,
  };
  return [
    {
      ...own("StoppedPartitions"),
      part: "stopped-partitions",
      statistic: "Maximum",
      above: 0,
      description: `A partition stands still at a record that the function or a converter refuses. The log of ${pipeline} has its offset; fix the cause, then run npx pulumi-data-pipelines resume.`,
    },
    {
      ...own("Lag"),
      part: "lag",
      statistic: "Maximum",
      above: maxLag,
      periods: 3,
      description: `A task of ${pipeline} has been more than ${maxLag} offsets behind for 15 minutes. Raise maxTasks up to the number of partitions, or batchSize, or make the function faster.`,
    },
    {
      ...own("Members"),
      part: "no-members",
      statistic: "Maximum",
      below: 1,
      periods: 3,
      description: `No task of ${pipeline} has belonged to the consumer group for 15 minutes: nothing is delivered. The service's events and the log say why the tasks end.`,
    },
    {
      ...own("FunctionErrors"),
      part: "function-errors",
      statistic: "Sum",
      above: 0,
      description: `The function failed on records of ${pipeline}. The log has topic, partition and offset.`,
    },
    ...(skips ? [skipped] : []),
  ];
}

/** The dashboard's text: lag, what goes through, what doesn't, the log's errors. */
export function dashboardBody(
  { pipeline, logGroupName }: WatchedSink,
  region: pulumi.Input<string>,
): Record<string, unknown> {
  const own = (name: MetricName) => [METRICS_NAMESPACE, name, "Pipeline", pipeline];
  const graph = (x: number, y: number, title: string, names: MetricName[], stat: string) => ({
    type: "metric",
    x,
    y,
    width: 12,
    height: 6,
    properties: { title, region, stat, period: 60, view: "timeSeries", metrics: names.map(own) },
  });
  return {
    widgets: [
      graph(0, 0, "Lag over all tasks (offsets)", ["Lag"], "Sum"),
      graph(
        12,
        0,
        "Members, invocations in flight, stopped partitions",
        ["Members", "InFlight", "StoppedPartitions"],
        "Sum",
      ),
      graph(0, 6, "Records", ["RecordsDelivered", "RecordsSkipped", "ResultsReported", "ErrorsReported"], "Sum"),
      graph(12, 6, "Invocations", ["Invocations", "FunctionErrors", "Retries"], "Sum"),
      graph(0, 12, "Bytes of a batch, p99", ["BatchBytes"], "p99"),
      {
        type: "log",
        x: 12,
        y: 12,
        width: 12,
        height: 6,
        properties: {
          title: "Errors in the log",
          region,
          view: "table",
          query: `SOURCE '${logGroupName}' | fields @timestamp, @message | filter level = "ERROR" or level = "WARN" | sort @timestamp desc | limit 50`,
        },
      },
    ],
  };
}
