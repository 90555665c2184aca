import { fullJitter, sleepUnless } from "../../../shared/retry";
import type { Deadline } from "../../shared/deadline";

/** An item on its way into the table. */
export interface Entry {
  /** 0-based line of the part. */
  readonly line: number;
  /** Sort key; within one source it determines the partition key. */
  readonly sk: string;
  /** The item as DynamoDB's JSON. */
  readonly text: string;
  /** The landing line, for the quarantine. */
  readonly raw: string;
}

export interface Refusal {
  readonly entry: Entry;
  readonly reason: string;
}

/** What became of a request. `unprocessed` is sent again, `refused` never can be. */
export interface SendResult {
  readonly unprocessed: readonly Entry[];
  readonly refused: readonly Refusal[];
}

export interface BatchWriterOptions {
  /** Sends one batch. A throttled one answers with everything unprocessed; any other error ends the part. */
  readonly send: (entries: readonly Entry[]) => Promise<SendResult>;
  readonly deadline: Deadline;
  readonly onRefused: (refusal: Refusal) => void;
  readonly onThrottle: () => void;
  /** Items of one batch. @default 25 */
  readonly batchItems?: number;
  /** Bytes of one batch. @default 15 MiB: the service takes 16 MB, the request's frame included */
  readonly batchBytes?: number;
  /** Batches in flight. @default 8 */
  readonly inFlight?: number;
  /** Bytes in flight, so that large items don't take the memory. @default 24 MiB */
  readonly inFlightBytes?: number;
  /** Waits between attempts. @default full jitter up to 5 s, not beyond the deadline */
  readonly backoff?: (attempt: number) => Promise<void>;
}

/** Entries kept of one batch besides those it sends. */
const MAX_REPLACED = 100;

interface Batch {
  readonly entries: Map<string, Entry>;
  /** The first of its lines, also of those that a later line with the same key has replaced. */
  readonly firstLine: number;
  /** Entries whose key came again, newest last: written after all if the later one is refused. */
  readonly replaced: Map<string, Entry[]>;
  replacedCount: number;
  bytes: number;
}

/**
 * Writes entries in batches, several at once. Of entries with one key the last wins: within a batch only it is sent,
 * and a batch waits for those in flight that it shares a key with.
 */
export class BatchWriter {
  private readonly batchItems: number;
  private readonly batchBytes: number;
  private readonly inFlight: number;
  private readonly inFlightBytes: number;
  private readonly backoff: (attempt: number) => Promise<void>;
  private readonly running = new Set<Promise<void>>();
  private readonly runningKeys = new Map<string, Promise<void>>();
  private runningBytes = 0;
  private current: Batch | undefined;
  private failure: { readonly error: unknown } | undefined;
  private firstUnfinished: number | undefined;

  constructor(private readonly options: BatchWriterOptions) {
    this.batchItems = options.batchItems ?? 25;
    this.batchBytes = options.batchBytes ?? 15 * 1024 * 1024;
    this.inFlight = options.inFlight ?? 8;
    this.inFlightBytes = options.inFlightBytes ?? 24 * 1024 * 1024;
    this.backoff = options.backoff ?? ((attempt) => sleepUnless(fullJitter(attempt), () => options.deadline.over()));
  }

  /** The first line that isn't in the table although it was added; undefined when all are, after `drain`. */
  get unfinished(): number | undefined {
    return this.firstUnfinished;
  }

  /** Takes an entry. The promise, where there is one, has to be awaited before the next. */
  add(entry: Entry): Promise<void> | undefined {
    // To count a short text exactly takes longer than it is worth: a character has at most 3 bytes.
    const bytes = entry.text.length > 16_384 ? Buffer.byteLength(entry.text) : entry.text.length * 3;
    if (this.current !== undefined && this.current.bytes + bytes > this.batchBytes) {
      return this.flush().then(() => this.add(entry));
    }
    this.current ??= { entries: new Map(), firstLine: entry.line, replaced: new Map(), replacedCount: 0, bytes: 0 };
    const replaced = this.current.entries.get(entry.sk);
    if (replaced !== undefined) {
      const before = this.current.replaced.get(entry.sk);
      if (before === undefined) this.current.replaced.set(entry.sk, [replaced]);
      else before.push(replaced);
      this.current.replacedCount += 1;
    }
    this.current.entries.set(entry.sk, entry);
    this.current.bytes += bytes;
    const full = this.current.entries.size >= this.batchItems || this.current.replacedCount >= MAX_REPLACED;
    return full ? this.flush() : undefined;
  }

  /** Sends what is left and waits until nothing is in flight. @throws the first error of any batch. */
  async drain(): Promise<void> {
    await this.flush();
    await Promise.all(this.running);
    this.check();
  }

  /** Waits for what is in flight, also after a failure: nothing old may be written once the invocation has ended. */
  async settle(): Promise<void> {
    await Promise.all(this.running);
  }

  private async flush(): Promise<void> {
    const batch = this.current;
    this.current = undefined;
    if (batch === undefined) return;
    while (
      this.running.size >= this.inFlight ||
      (this.running.size > 0 && this.runningBytes + batch.bytes > this.inFlightBytes)
    ) {
      await Promise.race(this.running);
    }
    for (const key of batch.entries.keys()) {
      const before = this.runningKeys.get(key);
      if (before !== undefined) await before;
    }
    this.check();
    this.start(batch);
  }

  private start(batch: Batch): void {
    this.runningBytes += batch.bytes;
    const done = this.write(batch)
      .catch((error: unknown) => {
        this.failure ??= { error };
      })
      .finally(() => {
        this.running.delete(done);
        this.runningBytes -= batch.bytes;
        for (const key of batch.entries.keys()) this.runningKeys.delete(key);
      });
    this.running.add(done);
    for (const key of batch.entries.keys()) this.runningKeys.set(key, done);
  }

  private async write(batch: Batch): Promise<void> {
    let left: readonly Entry[] = [...batch.entries.values()];
    for (let attempt = 0; ; attempt += 1) {
      // Once a batch has failed by time, a later one may hold a newer item of the same key: it must not overtake.
      if (this.options.deadline.over() || this.firstUnfinished !== undefined || this.failure !== undefined) {
        this.firstUnfinished = Math.min(this.firstUnfinished ?? batch.firstLine, batch.firstLine);
        return;
      }
      const { unprocessed, refused } = await this.options.send(left);
      const instead: Entry[] = [];
      for (const refusal of refused) {
        this.options.onRefused(refusal);
        const before = batch.replaced.get(refusal.entry.sk)?.pop();
        if (before !== undefined) instead.push(before);
      }
      left = [...unprocessed, ...instead];
      if (left.length === 0) return;
      if (unprocessed.length === 0) continue;
      this.options.onThrottle();
      await this.backoff(attempt);
    }
  }

  private check(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }
}
