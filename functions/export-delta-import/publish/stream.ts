import { type KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { fullJitter, isThrottle } from "../../shared/retry";
import { later } from "../shared/sequenceNumber";
import type { StreamRecord } from "./operations";

/** What Kinesis takes in one PutRecords. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html */
export interface StreamLimits {
  readonly records: number;
  /** Data and partition keys. */
  readonly bytes: number;
  readonly recordBytes: number;
}

export const KINESIS_LIMITS: StreamLimits = { records: 500, bytes: 5 * 1024 * 1024, recordBytes: 1024 * 1024 };

/** Where each record of a request went, in their order; without a sequence number: the stream didn't take it. */
export type PutAnswer = readonly { readonly shard: string; readonly sequenceNumber: string | undefined }[];

export interface StreamPorts {
  readonly put: (records: readonly StreamRecord[]) => Promise<PutAnswer>;
  readonly pause: (ms: number) => Promise<void>;
}

/** The stream has taken none of the records for a while. */
export class StreamRefuses extends Error {
  override readonly name = "StreamRefuses";
}

/** What putting a batch gave. */
export interface Put {
  /** By shard: the greatest sequence number. */
  readonly shards: Readonly<Record<string, string>>;
  readonly retried: number;
}

/** Times in a row that a request may go by without one record taken. */
const FRUITLESS = 12;

export function sizeOf({ data, partitionKey }: StreamRecord): number {
  return data.length + Buffer.byteLength(partitionKey);
}

/**
 * Puts the records of one request until the stream has taken each; only those that it hasn't are sent again, after a
 * random wait. A delta has each key once, so the order among the records doesn't matter.
 * @throws StreamRefuses when it takes none for long
 */
export async function putAll(records: readonly StreamRecord[], { put, pause }: StreamPorts): Promise<Put> {
  const shards: Record<string, string> = {};
  let pending = records;
  let retried = 0;
  for (let fruitless = 0; pending.length > 0; ) {
    const answer = await put(pending);
    const left = pending.filter((_, i) => answer[i]?.sequenceNumber === undefined);
    for (const { shard, sequenceNumber } of answer) {
      if (sequenceNumber !== undefined) shards[shard] = later(shards[shard] ?? "", sequenceNumber);
    }
    fruitless = left.length < pending.length ? 0 : fruitless + 1;
    pending = left;
    if (left.length === 0) break;
    if (fruitless >= FRUITLESS) {
      throw new StreamRefuses(
        `The stream has taken none of ${left.length} operations, ${FRUITLESS} times in a row. Fix: give it more shards, or look at its throttling.`,
      );
    }
    retried += left.length;
    await pause(fullJitter(fruitless + 1, 100, 5_000));
  }
  return { shards, retried };
}

/** PutRecords of a stream. A request that is throttled as a whole counts as one of which nothing was taken. */
export function kinesisPut(client: KinesisClient, streamName: string): StreamPorts["put"] {
  return async (records) => {
    const Records = records.map(({ data, partitionKey }) => ({ Data: data, PartitionKey: partitionKey }));
    try {
      const answer = await client.send(new PutRecordsCommand({ StreamName: streamName, Records }));
      return (answer.Records ?? []).map(({ ShardId = "", SequenceNumber }) => ({
        shard: ShardId,
        sequenceNumber: SequenceNumber,
      }));
    } catch (error) {
      if (isThrottle(error)) return records.map(() => ({ shard: "", sequenceNumber: undefined }));
      throw error;
    }
  };
}
