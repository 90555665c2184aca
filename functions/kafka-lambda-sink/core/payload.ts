import type { ConvertedRecord, SourceRecord, TopicPartition } from "./record";

/**
 * Writes the records of one partition as the function gets them:
 * `[{"payload":{"topic":…,"partition":…,"offset":…,"key":…,"value":…,"headers":[{…}],"timestamp":…}}]`.
 */
export class PayloadWriter {
  private readonly head: string;

  constructor({ topic, partition }: TopicPartition) {
    this.head = `{"payload":{"topic":${JSON.stringify(topic)},"partition":${partition},"offset":`;
  }

  /** One element of the list. */
  element({ offset, timestamp }: SourceRecord, { key, value, headers }: ConvertedRecord): Element {
    const before = `${this.head}${offset},"key":${key},"value":`;
    const after = `,"headers":${headers},"timestamp":${timestamp < 0n ? "null" : timestamp}}}`;
    // Measured in parts: to measure the whole, it would be copied into one piece, and once more into the payload.
    const bytes = Buffer.byteLength(before) + Buffer.byteLength(value) + Buffer.byteLength(after);
    return { text: before + value + after, bytes };
  }
}

/** A record as JSON text. */
export interface Element {
  readonly text: string;
  /** In UTF-8. */
  readonly bytes: number;
}

/** An invocation's records and their payload. */
export interface Batch {
  /** In the order of their offsets; at least one. */
  readonly records: readonly SourceRecord[];
  /** Each record's key as JSON text. */
  readonly keys: readonly string[];
  readonly payload: string;
  /** Bytes of the payload in UTF-8. */
  readonly bytes: number;
}

/** What a batch may take. */
export interface BatchLimits {
  /** Records; 1 switches batching off. */
  readonly records: number;
  /** Bytes of the payload, brackets and commas included. */
  readonly bytes: number;
}

/** Bytes of a list's brackets. */
export const LIST_BYTES = 2;

/** Collects one batch; each element is measured once. */
export class BatchBuilder {
  private records: SourceRecord[] = [];
  private keys: string[] = [];
  private elements: string[] = [];
  private bytes = LIST_BYTES;

  constructor(private readonly limits: BatchLimits) {}

  get count(): number {
    return this.records.length;
  }

  get isFull(): boolean {
    return this.records.length >= this.limits.records;
  }

  /** False: it is for the next batch. */
  add(record: SourceRecord, key: string, element: string, elementBytes: number): boolean {
    const comma = this.records.length === 0 ? 0 : 1;
    if (this.isFull || this.bytes + comma + elementBytes > this.limits.bytes) return false;
    this.records.push(record);
    this.keys.push(key);
    this.elements.push(element);
    this.bytes += comma + elementBytes;
    return true;
  }

  /** What was collected; the builder is empty afterwards. */
  take(): Batch {
    const { records, keys, bytes } = this;
    const batch = { records, keys, payload: `[${this.elements.join(",")}]`, bytes };
    this.records = [];
    this.keys = [];
    this.elements = [];
    this.bytes = LIST_BYTES;
    return batch;
  }
}
