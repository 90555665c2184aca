import type { KinesisStreamEvent, KinesisStreamRecord } from "aws-lambda";
import type { StreamRecord } from "../../../../functions/export-delta-import/publish/operations";
import type { PutAnswer } from "../../../../functions/export-delta-import/publish/stream";

/** A stream of two shards: what it takes it numbers, and gives out in that order, again and again until it is dealt with. */
export class MemoryStream {
  readonly shards: { readonly name: string; readonly records: KinesisStreamRecord[]; next: number }[] = ["0", "1"].map(
    (name) => ({ name: `shardId-${name}`, records: [], next: 0 }),
  );
  private sequence = 49_000_000_000_000n;

  /** @param refused places in the request that it doesn't take */
  put(records: readonly StreamRecord[], refused: ReadonlySet<number>): PutAnswer {
    return records.map(({ data, partitionKey }, i) => {
      const shard = this.shards[Number.parseInt(partitionKey.slice(-1), 16) % 2];
      if (shard === undefined || refused.has(i)) return { shard: "", sequenceNumber: undefined };
      const sequenceNumber = String(this.sequence++);
      shard.records.push(recordOf(shard.name, sequenceNumber, partitionKey, data));
      return { shard: shard.name, sequenceNumber };
    });
  }

  /** The next records of a shard; undefined when all are dealt with. */
  batch(shard: number, size: number): KinesisStreamEvent | undefined {
    const { records = [], next = 0 } = this.shards[shard] ?? {};
    return next >= records.length ? undefined : { Records: records.slice(next, next + size) };
  }

  /** Goes on after what was dealt with: all of a batch, or what lies before the record that has to come again. */
  advance(shard: number, event: KinesisStreamEvent, again: string | undefined): void {
    const of = this.shards[shard];
    if (of === undefined) return;
    const stop = event.Records.findIndex(({ kinesis }) => kinesis.sequenceNumber === again);
    of.next += stop === -1 ? event.Records.length : stop;
  }
}

export function recordOf(
  shard: string,
  sequenceNumber: string,
  partitionKey: string,
  data: Buffer,
): KinesisStreamRecord {
  return {
    eventID: `${shard}:${sequenceNumber}`,
    kinesis: {
      sequenceNumber,
      partitionKey,
      data: data.toString("base64"),
      approximateArrivalTimestamp: 0,
      kinesisSchemaVersion: "1.0",
    },
    awsRegion: "",
    eventName: "",
    eventSource: "",
    eventSourceARN: "",
    eventVersion: "",
    invokeIdentityArn: "",
  };
}
