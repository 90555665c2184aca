import type { Log } from "../../shared/log";
import type { Fetched } from "./feed";
import type { Batch, BatchLimits } from "./payload";
import type { ConvertedRecord, SourceRecord, TopicPartition } from "./record";
import type { Report, ReportTopic } from "./reports";

/** One partition's log, for the member of the group that has it. */
export interface PartitionSource {
  /** Where to begin: the committed offset, or what the configuration says where there is none. @throws TransientError */
  position(): Promise<bigint>;
  /** Waits a while where there is nothing. @throws TransientError */
  fetch(from: bigint): Promise<Fetched>;
  /**
   * Everything before the offset is done.
   * @returns false: another member may have the partition; nothing was committed
   * @throws TransientError while the group rebalances or its coordinator can't be reached
   */
  commit(offset: bigint): Promise<boolean>;
  /** Ends a fetch under way; commits still work. Safe to call again. */
  close(): void;
}

/** What the sink counts, by the names of its metrics. */
export interface SinkCounts {
  readonly Invocations?: number;
  readonly FunctionErrors?: number;
  /** Attempts that were made again after a transient error. */
  readonly Retries?: number;
  /** Records that the function took. */
  readonly RecordsDelivered?: number;
  /** Records left out by `log` or `ignore`. */
  readonly RecordsSkipped?: number;
  readonly ResultsReported?: number;
  readonly ErrorsReported?: number;
  /** Bytes of a payload. */
  readonly BatchBytes?: number;
}

/** What the core needs of the world. */
export interface SinkPorts {
  readonly open: (partition: TopicPartition) => PartitionSource;
  /**
   * @returns the response's body, or undefined where the function runs by itself (async)
   * @throws FunctionError, TransientError, ConfigurationError
   */
  readonly invoke: (batch: Batch, source: TopicPartition) => Promise<string | undefined>;
  /** Resolves when the brokers have them. @throws TransientError, RecordError, ConfigurationError */
  readonly report: (reports: Iterable<Report>) => Promise<void>;
  /** @throws ConversionError, TransientError, ConfigurationError */
  readonly convert: (source: TopicPartition, record: SourceRecord) => ConvertedRecord | Promise<ConvertedRecord>;
  readonly sleep: (ms: number) => Promise<void>;
  /** Unix time in milliseconds. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly count: (counts: SinkCounts) => void;
  readonly log: Pick<Log, "info" | "warn" | "error">;
}

export type ErrorBehavior = "fail" | "log" | "ignore";

/** How records are delivered. */
export interface DeliverySettings {
  readonly limits: BatchLimits;
  readonly behavior: ErrorBehavior;
  /** What stops at an error under `fail`. */
  readonly failScope: "partition" | "task";
  /** Invocations at once, over all partitions. */
  readonly maxInFlight: number;
  /** How long an invocation, or a look-up of its records' schemas, is tried again after transient errors, in milliseconds. */
  readonly maxRetryMs: number;
  /** Left out: results aren't reported. */
  readonly resultTopic?: ReportTopic;
  /** Left out: errors stand in the log alone. */
  readonly errorTopic?: ReportTopic;
}
