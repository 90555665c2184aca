/** Metrics of a pipeline, by name; all are counts. */
export interface PipelineCounts {
  readonly RecordsRead?: number;
  readonly RecordsLoaded?: number;
  readonly RecordsQuarantined?: number;
  readonly FilesQuarantined?: number;
  readonly Throttles?: number;
  readonly Pages?: number;
  readonly Stalls?: number;
  readonly RowsUpserted?: number;
  readonly RowsDeleted?: number;
}

/** Metrics of an orchestration, by name; all are counts. */
export interface OrchestrationCounts {
  readonly SyncsTriggered?: number;
  /** Waits that a webhook has completed. */
  readonly WaitsCompleted?: number;
  /** Waits whose sync had ended without a webhook when the API was looked at: webhooks don't arrive. */
  readonly StuckWaits?: number;
  /** Requests to the webhook whose signature is wrong or missing. */
  readonly WebhooksForged?: number;
  /** Webhooks without effect: repeated, outdated, of others, or nobody waits. */
  readonly WebhooksIgnored?: number;
  readonly ExecutionsStarted?: number;
}

/** Metrics of imports of full exports, by name; all are counts. */
export interface ImportCounts {
  readonly ExportsImported?: number;
  /** Exports that can't be imported as they are. */
  readonly ExportsRefused?: number;
  readonly ImportsFailed?: number;
  readonly DeltasAwaitingApproval?: number;
  readonly RowsInserted?: number;
  readonly RowsUpdated?: number;
  readonly RowsDeleted?: number;
  readonly RowsUnchanged?: number;
  /** Records of exports that were read. */
  readonly RecordsRead?: number;
  readonly RecordsQuarantined?: number;
  /** Operations that the stream has taken, those that it was asked to take again, and those that it never took. */
  readonly OperationsPublished?: number;
  readonly OperationsRetried?: number;
  readonly OperationsUnpublished?: number;
  /** Operations that changed the target, that were older than what it has, and that it gave up. */
  readonly OperationsApplied?: number;
  readonly OperationsStale?: number;
  readonly OperationsFailed?: number;
}

type Counts = PipelineCounts | OrchestrationCounts | ImportCounts;

export const METRICS_NAMESPACE = "DataPipelines";

/**
 * The log line that CloudWatch turns into metrics (embedded metric format).
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metricsLine(pipeline: string, counts: Counts, now = Date.now()): string {
  const given = Object.entries(counts).filter(([, count]) => count !== undefined);
  const Metrics = given.map(([Name]) => ({ Name, Unit: "Count" }));
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
export function emitMetrics(pipeline: string, counts: Counts): void {
  if (Object.keys(counts).length > 0) process.stdout.write(`${metricsLine(pipeline, counts)}\n`);
}
