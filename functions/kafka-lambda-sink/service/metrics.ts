import { METRICS_NAMESPACE } from "../../shared/metrics";
import type { SinkCounts } from "../core/ports";
import type { PartitionStatus } from "../core/sink";

/** What holds at a moment. */
export interface SinkGauges {
  /**
   * Offsets between what is delivered and the ends of this task's partitions. Stopped ones are left out: the number of
   * tasks follows it, and more tasks don't help them.
   */
  readonly Lag: number;
  readonly InFlight: number;
  readonly StoppedPartitions: number;
  /** 1 for each task that belongs to the group: where none tells, nobody delivers. */
  readonly Members: number;
}

export function gaugesOf(
  partitions: readonly Pick<PartitionStatus, "state" | "lag">[],
  { inFlight, isMember }: { readonly inFlight: number; readonly isMember: boolean },
): SinkGauges {
  const moving = partitions.filter(({ state }) => state !== "stopped");
  return {
    Lag: moving.reduce((sum, { lag }) => sum + Number(lag), 0),
    InFlight: inFlight,
    StoppedPartitions: partitions.length - moving.length,
    Members: isMember ? 1 : 0,
  };
}

/** Counts since they were last taken, and what was largest. */
export class SinkMetrics {
  private counts = new Map<string, number>();
  private batchBytes: number[] = [];

  count({ BatchBytes, ...counts }: SinkCounts): void {
    if (BatchBytes !== undefined) this.batchBytes.push(BatchBytes);
    for (const [name, value] of Object.entries(counts)) this.counts.set(name, (this.counts.get(name) ?? 0) + value);
  }

  /**
   * The line of the embedded metric format; counting begins anew.
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
   */
  line(pipeline: string, gauges: SinkGauges, now: number): string {
    const values = { ...gauges, ...Object.fromEntries(this.counts), BatchBytes: this.batchBytes.slice(0, MOST_VALUES) };
    const shown = Object.entries(values).filter(([, value]) => !Array.isArray(value) || value.length > 0);
    this.counts = new Map();
    this.batchBytes = [];
    const Metrics = shown.map(([Name]) => ({ Name, Unit: Name === "BatchBytes" ? "Bytes" : "Count" }));
    const CloudWatchMetrics = [{ Namespace: METRICS_NAMESPACE, Dimensions: [["Pipeline"]], Metrics }];
    return JSON.stringify({
      _aws: { Timestamp: now, CloudWatchMetrics },
      Pipeline: pipeline,
      ...Object.fromEntries(shown),
    });
  }
}

/** CloudWatch takes no more values of a metric in one line. */
const MOST_VALUES = 100;
