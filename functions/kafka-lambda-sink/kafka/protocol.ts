import { type ClusterTopicMetadata, Reader, Writer } from "@platformatic/kafka";
import type { MemberClaim } from "../core/assignor";
import type { Claims } from "../core/membership";
import type { TopicPartition } from "../core/record";

/** Of the group's protocol: all members must speak the same. */
export const PROTOCOL = { type: "consumer", name: "cooperative-claims" } as const;

/** What a member publishes: as Kafka's consumers write it, so that its tools can read it, with our claims as user data. */
export function encodeSubscription(topics: readonly string[], claims: Claims, observes: boolean): Buffer {
  return Writer.create()
    .appendInt16(0)
    .appendArray([...topics], writeName, false, false)
    .appendBytes(Buffer.from(JSON.stringify({ ...claims, observes })), false).buffer;
}

function writeName(writer: Writer, name: string): void {
  writer.appendString(name, false);
}

/** What another member published. Claims that can't be read count as none. */
export function decodeSubscription(id: string, metadata: Buffer | null): MemberClaim {
  const claim = { id, generation: -1, topics: [] as string[], owned: [] as string[], observes: false };
  if (metadata === null || metadata.length === 0) return claim;
  const reader = Reader.from(metadata);
  reader.skip(2);
  const topics = reader.readArray((each) => each.readString(false), false, false);
  const data = reader.readNullableBytes(false);
  return { ...claim, topics, ...claimsOf(data) };
}

function claimsOf(data: Buffer | null): Partial<MemberClaim> {
  let parsed: Partial<Record<keyof MemberClaim, unknown>>;
  try {
    parsed = JSON.parse(String(data)) as Partial<Record<keyof MemberClaim, unknown>>;
  } catch {
    return {};
  }
  const { generation, owned, observes } = parsed ?? {};
  if (typeof generation !== "number" || !Array.isArray(owned)) return {};
  return { generation, owned: owned.map(String), observes: observes === true };
}

export function encodeAssignment(partitions: readonly TopicPartition[]): Buffer {
  const byTopic = new Map<string, number[]>();
  for (const { topic, partition } of partitions) byTopic.set(topic, [...(byTopic.get(topic) ?? []), partition]);
  const writeTopic = (writer: Writer, [topic, list]: [string, number[]]): void => {
    writer.appendString(topic, false).appendArray(list, writePartition, false, false);
  };
  return Writer.create()
    .appendInt16(0)
    .appendArray([...byTopic], writeTopic, false, false)
    .appendInt32(-1).buffer;
}

function writePartition(writer: Writer, partition: number): void {
  writer.appendInt32(partition);
}

export function decodeAssignment(assignment: Buffer): TopicPartition[] {
  if (assignment.length < 6) return [];
  const reader = Reader.from(assignment);
  reader.skip(2);
  return reader
    .readArray(
      (each) => ({ topic: each.readString(false), list: each.readArray((inner) => inner.readInt32(), false, false) }),
      false,
      false,
    )
    .flatMap(({ topic, list }) => list.map((partition) => ({ topic, partition })));
}

/** The partitions of some topics. */
export function partitionsOf(topics: ReadonlyMap<string, ClusterTopicMetadata>): TopicPartition[] {
  return [...topics].flatMap(([topic, { partitionsCount }]) =>
    Array.from({ length: partitionsCount }, (_, partition) => ({ topic, partition })),
  );
}
