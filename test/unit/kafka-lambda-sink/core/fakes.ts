import { setImmediate } from "node:timers/promises";
import type { Fetched } from "../../../../functions/kafka-lambda-sink/core/feed";
import type { Batch } from "../../../../functions/kafka-lambda-sink/core/payload";
import type {
  DeliverySettings,
  PartitionSource,
  SinkCounts,
  SinkPorts,
} from "../../../../functions/kafka-lambda-sink/core/ports";
import { nameOf, type SourceRecord, type TopicPartition } from "../../../../functions/kafka-lambda-sink/core/record";
import type { Report } from "../../../../functions/kafka-lambda-sink/core/reports";
import { Sink, type Stop } from "../../../../functions/kafka-lambda-sink/core/sink";

export const topic = "orders";
export const place = (partition: number): TopicPartition => ({ topic, partition });

export function recordAt(offset: number | bigint, value = `value ${offset}`): SourceRecord {
  const headers = [[Buffer.from("n"), Buffer.from("1")]] as const;
  return {
    offset: BigInt(offset),
    timestamp: 1000n,
    key: Buffer.from(`key ${offset}`),
    value: Buffer.from(value),
    headers,
  };
}

/** One partition's records and its committed offset. */
export class FakePartition {
  readonly commits: bigint[] = [];
  committed: bigint | undefined;
  /** Answers of `commit` in place of true, one after the other: an error is thrown. */
  readonly commitAnswers: (boolean | Error)[] = [];
  readonly fetchErrors: Error[] = [];
  fetches = 0;

  constructor(
    readonly records: SourceRecord[] = [],
    readonly fetchSize = 100,
  ) {}

  /** Offset after the last record. */
  get end(): bigint {
    return (this.records.at(-1)?.offset ?? -1n) + 1n;
  }

  open(): PartitionSource {
    let close: () => void = () => {};
    const closed = new Promise<void>((resolve) => {
      close = resolve;
    });
    return {
      close,
      position: async () => this.committed ?? 0n,
      fetch: async (from): Promise<Fetched> => {
        this.fetches++;
        const error = this.fetchErrors.shift();
        if (error !== undefined) throw error;
        const records = this.records.filter(({ offset }) => offset >= from).slice(0, this.fetchSize);
        if (records.length === 0) {
          if (from >= this.end) await closed;
          return { records, next: from > this.end ? from : this.end, end: this.end };
        }
        return { records, next: (records.at(-1) as SourceRecord).offset + 1n, end: this.end };
      },
      commit: async (offset) => {
        const answer = this.commitAnswers.shift() ?? true;
        if (answer instanceof Error) throw answer;
        if (answer) {
          this.commits.push(offset);
          this.committed = offset;
        }
        return answer;
      },
    };
  }
}

/** What the function got in one invocation. */
export interface Invocation {
  readonly source: TopicPartition;
  readonly offsets: readonly bigint[];
  readonly batch: Batch;
}

const unused = (): void => {};

/** A sink with fakes around it; `invoke` is the function. */
export class FakeWorld {
  readonly partitions = new Map<string, FakePartition>();
  readonly invocations: Invocation[] = [];
  readonly reports: Report[] = [];
  readonly stops: Stop[] = [];
  readonly fatal: Error[] = [];
  readonly logged: { readonly level: string; readonly message: string; readonly detail: unknown }[] = [];
  readonly counts = new Map<keyof SinkCounts, number>();
  readonly waits: number[] = [];
  time = 0;
  readonly sink: Sink;
  reportAnswers: (Error | undefined)[] = [];
  invoke: (invocation: Invocation) => Promise<string | undefined> = async () => "null";

  constructor(settings: Partial<DeliverySettings> = {}, ports: Partial<SinkPorts> = {}) {
    const all: DeliverySettings = {
      limits: { records: 3, bytes: 100_000 },
      behavior: "fail",
      failScope: "partition",
      maxInFlight: 10,
      maxRetryMs: 60_000,
      ...settings,
    };
    const events = {
      stopped: (stop: Stop) => this.stops.push(stop),
      fatal: (error: Error) => this.fatal.push(error),
    };
    this.sink = new Sink(all, { ...this.ports(), ...ports }, events);
  }

  private ports(): SinkPorts {
    const write =
      (level: string) =>
      (message: unknown, ...detail: unknown[]): void => {
        this.logged.push({ level, message: String(message), detail });
      };
    return {
      open: (partition) => this.at(partition.partition).open(),
      invoke: (batch, source) => {
        const invocation = { batch, source, offsets: batch.records.map(({ offset }) => offset) };
        this.invocations.push(invocation);
        return this.invoke(invocation);
      },
      report: async (reports) => {
        const error = this.reportAnswers.shift();
        if (error !== undefined) throw error;
        this.reports.push(...reports);
      },
      convert: (_, { key, value }) => ({
        key: JSON.stringify(key?.toString() ?? null),
        value: JSON.stringify(value?.toString() ?? null),
        headers: "[]",
      }),
      sleep: async (ms) => {
        this.waits.push(ms);
        this.time += ms;
        await setImmediate();
      },
      now: () => this.time,
      random: () => 0.999,
      count: (counts) => {
        for (const [name, count] of Object.entries(counts) as [keyof SinkCounts, number][]) {
          this.counts.set(name, (this.counts.get(name) ?? 0) + count);
        }
      },
      log: { info: unused, warn: write("warn"), error: write("error") },
    };
  }

  at(partition: number): FakePartition {
    const name = nameOf(place(partition));
    const found = this.partitions.get(name) ?? new FakePartition();
    this.partitions.set(name, found);
    return found;
  }

  /** Gives a partition records with these offsets. */
  fill(partition: number, offsets: readonly number[], fetchSize?: number): FakePartition {
    const filled = new FakePartition(
      offsets.map((offset) => recordAt(offset)),
      fetchSize,
    );
    this.partitions.set(nameOf(place(partition)), filled);
    return filled;
  }

  /** Waits until it holds; fails after many turns of the event loop. */
  async until(holds: () => boolean, what: string): Promise<void> {
    for (let turn = 0; turn < 5_000; turn++) {
      if (holds()) return;
      await setImmediate();
    }
    throw new Error(`It never came to this: ${what}`);
  }

  /** Delivers everything in these partitions, then closes the sink. */
  async deliverAll(...partitions: number[]): Promise<void> {
    void this.sink.assign(partitions.map(place), false);
    const isDone = (partition: number) =>
      this.at(partition).committed === this.at(partition).end ||
      this.stops.some((stop) => stop.partition.partition === partition);
    await this.until(() => this.fatal.length > 0 || partitions.every(isDone), "all is committed or stopped");
    await this.sink.close();
  }

  offsetsOf(partition: number): number[] {
    return this.invocations
      .filter(({ source }) => source.partition === partition)
      .flatMap(({ offsets }) => offsets.map(Number));
  }
}

export const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
