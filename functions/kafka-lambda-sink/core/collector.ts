import { OversizeError, RecordError, TransientError } from "./errors";
import type { Feed } from "./feed";
import type { Lifetime } from "./lifetime";
import { type Batch, BatchBuilder, LIST_BYTES, PayloadWriter } from "./payload";
import type { DeliverySettings, SinkPorts } from "./ports";
import type { ConvertedRecord, SourceRecord, TopicPartition } from "./record";

/** A record made ready for a batch. */
interface Ready {
  readonly record: SourceRecord;
  readonly key: string;
  readonly element: string;
  readonly bytes: number;
}

/** A record that can't be delivered; without a key where that couldn't be converted. */
export interface Refused {
  readonly record: SourceRecord;
  readonly key?: string;
  readonly error: RecordError | TransientError;
}

type Prepared = Ready | Refused;

/** Makes batches of a partition's records, in one pass: each record is converted and measured once. */
export class Collector {
  private readonly writer: PayloadWriter;
  /** Made ready, but for the next batch. */
  private carried: Prepared | undefined;

  constructor(
    private readonly partition: TopicPartition,
    private readonly feed: Feed,
    private readonly settings: DeliverySettings,
    private readonly ports: Pick<SinkPorts, "convert">,
    private readonly lifetime: Lifetime,
  ) {
    this.writer = new PayloadWriter(partition);
  }

  /** The next batch, or one record that can't be delivered; undefined where there is nothing yet. */
  async next(): Promise<Batch | Refused | undefined> {
    const builder = new BatchBuilder(this.settings.limits);
    while (!builder.isFull) {
      if (this.feed.peek() === undefined) {
        if (builder.count > 0) this.feed.absorb();
        else await this.lifetime.retrying("before", () => this.feed.refill());
      }
      const record = this.feed.peek();
      if (record === undefined || this.lifetime.isEnding) break;
      const pending = this.carried ?? this.prepare(record, builder.count === 0);
      const prepared = pending instanceof Promise ? await pending : pending;
      this.carried = undefined;
      if (prepared === undefined) break;
      if ("error" in prepared) {
        if (builder.count === 0) {
          this.feed.take();
          return prepared;
        }
        this.carried = prepared;
        break;
      }
      if (!builder.add(record, prepared.key, prepared.element, prepared.bytes)) {
        this.carried = prepared;
        break;
      }
      this.feed.take();
    }
    return builder.count === 0 ? undefined : builder.take();
  }

  /**
   * Most converters answer at once: a batch of thousands isn't to wait as often.
   * @param mayWait false: undefined at a transient error, so that the records before this one don't wait as well
   */
  private prepare(record: SourceRecord, mayWait: boolean): Prepared | Promise<Prepared | undefined> {
    try {
      const converted = this.ports.convert(this.partition, record);
      return converted instanceof Promise
        ? this.prepareLater(record, converted, mayWait)
        : this.measure(record, converted);
    } catch (error) {
      if (error instanceof RecordError) return { record, error };
      throw error;
    }
  }

  private async prepareLater(
    record: SourceRecord,
    first: Promise<ConvertedRecord>,
    mayWait: boolean,
  ): Promise<Prepared | undefined> {
    let pending: Promise<ConvertedRecord> | undefined = first;
    const convert = async (): Promise<ConvertedRecord> => {
      const converted = pending ?? this.ports.convert(this.partition, record);
      pending = undefined;
      return converted;
    };
    try {
      const { maxRetryMs } = this.settings;
      const converted = mayWait ? await this.lifetime.retrying("before", convert, maxRetryMs) : await convert();
      return this.measure(record, converted);
    } catch (error) {
      if (error instanceof TransientError && !mayWait) return undefined;
      if (error instanceof RecordError || error instanceof TransientError) return { record, error };
      throw error;
    }
  }

  private measure(record: SourceRecord, converted: ConvertedRecord): Prepared {
    const { text: element, bytes } = this.writer.element(record, converted);
    const { key } = converted;
    const alone = bytes + LIST_BYTES;
    const { bytes: limit } = this.settings.limits;
    if (alone <= limit) return { record, key, element, bytes };
    const error = new OversizeError(
      `The record takes ${alone} bytes in a payload of its own, and ${limit} are allowed. Fix: send smaller records, or a reference to what they hold.`,
    );
    return { record, key, error };
  }
}
