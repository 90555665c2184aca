import type { MessageRecord } from "@platformatic/kafka";
import type { ReporterTopic } from "../config/config";
import { ConfigurationError } from "../core/errors";
import type { Report } from "../core/reports";
import type { Cluster } from "./cluster";
import { errorNames, sinkError } from "./errors";

/** Bytes of one request; a topic takes 1 MB at once unless it was told otherwise. */
const REQUEST_BYTES = 900_000;
/** A record's overhead, generously. */
const RECORD_BYTES = 200;
const TIMEOUT_MS = 30_000;
/** All in-sync replicas have it. */
const ALL = -1;

/** Writes reports to their topics. */
export class KafkaReporter {
  private next = 0;

  constructor(private readonly cluster: Cluster) {}

  /** Resolves when all in-sync replicas have them. @throws TransientError, RecordError, ConfigurationError */
  async report(reports: Iterable<Report>): Promise<void> {
    let pending: Report[] = [];
    let bytes = 0;
    for (const report of reports) {
      const more = report.value.length + (report.key?.length ?? 0) + RECORD_BYTES;
      if (pending.length > 0 && bytes + more > REQUEST_BYTES) {
        await this.produce(pending);
        pending = [];
        bytes = 0;
      }
      pending.push(report);
      bytes += more;
    }
    if (pending.length > 0) await this.produce(pending);
  }

  /** Makes the topics that aren't there. @throws TransientError, ConfigurationError */
  async makeTopics(topics: readonly ReporterTopic[]): Promise<void> {
    for (const topic of topics) {
      try {
        await this.makeTopic(topic);
      } catch (error) {
        if (!errorNames(error).has("TOPIC_ALREADY_EXISTS")) throw topicError(topic, error);
      }
    }
  }

  private async makeTopic({ name, partitions, replicationFactor, cleanupPolicy }: ReporterTopic): Promise<void> {
    const connection = await this.cluster.controller();
    const configs = [{ name: "cleanup.policy", value: cleanupPolicy }];
    const topic = { name, numPartitions: partitions, replicationFactor, assignments: [], configs };
    await this.cluster.call("CreateTopics", connection, [topic], TIMEOUT_MS, false);
  }

  private async produce(reports: readonly Report[]): Promise<void> {
    try {
      const byLeader = new Map<string, MessageRecord[]>();
      for (const report of reports) {
        const { leader, message } = await this.placed(report);
        const messages = byLeader.get(leader) ?? [];
        messages.push(message);
        byLeader.set(leader, messages);
      }
      await Promise.all([...byLeader.values()].map((messages) => this.send(messages)));
    } catch (error) {
      this.cluster.forget();
      throw sinkError("Reporting", error);
    }
  }

  private async placed({ topic, key, value, headers }: Report) {
    const { partitionsCount } = await this.cluster.topic(topic);
    const partition = key === null ? this.next++ % partitionsCount : partitionOf(key, partitionsCount);
    const { broker } = await this.cluster.leader({ topic, partition });
    const bytes = headers.map(([name, text]): [Buffer, Buffer] => [Buffer.from(name), Buffer.from(text)]);
    const message: MessageRecord = { topic, partition, key: key ?? undefined, value, headers: new Map(bytes) };
    return { leader: `${broker.host}:${broker.port}`, message };
  }

  private async send(messages: MessageRecord[]): Promise<void> {
    const [{ topic, partition = 0 }] = messages as [MessageRecord];
    const { broker } = await this.cluster.leader({ topic, partition });
    const connection = await this.cluster.connect(broker);
    await this.cluster.call("Produce", connection, ALL, TIMEOUT_MS, messages, { compression: "none" });
  }
}

function topicError({ name, replicationFactor }: ReporterTopic, error: unknown): Error {
  const names = errorNames(error);
  if (names.has("INVALID_REPLICATION_FACTOR")) {
    return new ConfigurationError(
      `The topic ${name} can't be made with ${replicationFactor} replicas. Fix: set its replication.factor to at most the number of brokers.`,
    );
  }
  if (names.has("INVALID_PARTITIONS") || names.has("INVALID_CONFIG") || names.has("POLICY_VIOLATION")) {
    return new ConfigurationError(`The topic ${name} can't be made: ${[...names]}. Fix: create it yourself.`);
  }
  return sinkError(`Making the topic ${name}`, error);
}

/**
 * The partition that Kafka's Java producer chooses for a key, so that records of one key meet where others produce as
 * well. https://github.com/apache/kafka/blob/trunk/clients/src/main/java/org/apache/kafka/clients/producer/internals/BuiltInPartitioner.java
 */
export function partitionOf(key: Buffer, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions;
}

const M = 0x5bd1e995;
const SEED = 0x9747b28c;

/** MurmurHash2 of 32 bits, as a signed number. */
export function murmur2(bytes: Buffer): number {
  let hash = SEED ^ bytes.length;
  const whole = bytes.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    let word = Math.imul(bytes.readInt32LE(i), M);
    word = Math.imul(word ^ (word >>> 24), M);
    hash = Math.imul(hash, M) ^ word;
  }
  const rest = bytes.length - whole;
  if (rest > 0) {
    for (let i = rest - 1; i >= 0; i--) hash ^= (bytes[whole + i] as number) << (8 * i);
    hash = Math.imul(hash, M);
  }
  hash ^= hash >>> 13;
  hash = Math.imul(hash, M);
  return hash ^ (hash >>> 15);
}
