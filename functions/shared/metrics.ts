/** Metrics of a pipeline, by name; all are counts. */
export interface PipelineCounts {
  readonly RecordsRead?: number;
  readonly RecordsLoaded?: number;
  readonly RecordsQuarantined?: number;
  readonly FilesQuarantined?: number;
  readonly Throttles?: number;
}

export const METRICS_NAMESPACE = "DataPipelines";

/**
 * The log line that CloudWatch turns into metrics (embedded metric format).
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metricsLine(pipeline: string, counts: PipelineCounts, now = Date.now()): string {
  const Metrics = Object.keys(counts).map((Name) => ({ Name, Unit: "Count" }));
  return JSON.stringify({
    _aws: {
      Timestamp: now,
      CloudWatchMetrics: [{ Namespace: METRICS_NAMESPACE, Dimensions: [["Pipeline"]], Metrics }],
    },
    Pipeline: pipeline,
    ...counts,
  });
}

/** Writes the counts as one line to stdout: console.log would put a time stamp in front of it on Lambda. */
export function emitMetrics(pipeline: string, counts: PipelineCounts): void {
  if (Object.keys(counts).length > 0) process.stdout.write(`${metricsLine(pipeline, counts)}\n`);
}
