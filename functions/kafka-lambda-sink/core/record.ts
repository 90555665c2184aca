/** A partition of a topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A record as it is in the log. */
export interface SourceRecord {
  readonly offset: bigint;
  /** Unix time in milliseconds; -1 where the record has none. */
  readonly timestamp: bigint;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [Buffer, Buffer | null])[];
}

/** What a record's parts became: JSON texts, to stand in the payload as they are. */
export interface ConvertedRecord {
  readonly key: string;
  readonly value: string;
  /** A JSON list of objects with one member each. */
  readonly headers: string;
}

/** `topic-3`, as Kafka writes it. */
export function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}
