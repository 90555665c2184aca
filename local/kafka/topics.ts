/** What another client than the sink's puts into topics, and counts there. */
import { Kafka, logLevel, type Message } from "kafkajs";

export interface PartitionCounts {
  readonly partition: number;
  /** The offset after the last record. */
  readonly end: number;
  /** What a group has committed; 0: nothing. */
  readonly committed: number;
}

/** About a record of another topic. */
export interface TopicReport {
  readonly partition: number;
  readonly offset: number;
  /** Undefined: it was delivered. */
  readonly error?: string;
}

export interface KeyedRecord {
  readonly key: string;
  readonly value: string;
}

export class Topics {
  private readonly kafka: Kafka;

  constructor(brokers: readonly string[]) {
    this.kafka = new Kafka({ clientId: "local-run", brokers: [...brokers], logLevel: logLevel.NOTHING });
  }

  /** The partition follows from the key. */
  async produce(topic: string, records: readonly KeyedRecord[]): Promise<void> {
    const producer = this.kafka.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    try {
      await producer.send({ topic, messages: records.map(({ key, value }): Message => ({ key, value })) });
    } finally {
      await producer.disconnect();
    }
  }

  /** By partition; none for a topic that isn't there. */
  async counts(topic: string, groupId: string): Promise<PartitionCounts[]> {
    return this.admin(async (admin) => {
      const ends = await admin.fetchTopicOffsets(topic).catch(() => []);
      const [group] = await admin.fetchOffsets({ groupId, topics: [topic] }).catch(() => []);
      const committed = new Map((group?.partitions ?? []).map(({ partition, offset }) => [partition, Number(offset)]));
      return ends
        .map(({ partition, high }) => ({
          partition,
          end: Number(high),
          committed: Math.max(0, committed.get(partition) ?? 0),
        }))
        .sort((a, b) => a.partition - b.partition);
    });
  }

  /** Reports in a topic by the partition of the record that each is about. */
  async reports(topic: string): Promise<Map<number, number>> {
    const found = new Map<number, number>();
    for (const { partition } of await this.read(topic)) found.set(partition, (found.get(partition) ?? 0) + 1);
    return found;
  }

  /** What the reports in a topic say, by their headers. */
  async read(topic: string): Promise<TopicReport[]> {
    const ends = await this.admin((admin) => admin.fetchTopicOffsets(topic).catch(() => []));
    const total = ends.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
    const found: TopicReport[] = [];
    if (total === 0) return found;
    const consumer = this.kafka.consumer({ groupId: `count-${topic}-${Date.now()}` });
    await consumer.connect();
    try {
      await consumer.subscribe({ topic, fromBeginning: true });
      await new Promise<void>((resolve, reject) => {
        let seen = 0;
        const late = setTimeout(() => reject(new Error(`${topic}: ${seen} of ${total} records came in 30 s`)), 30_000);
        const eachMessage = async ({ message }: { message: Message }) => {
          const header = (name: string) => message.headers?.[name]?.toString();
          found.push({
            partition: Number(header("input_record_partition")),
            offset: Number(header("input_record_offset")),
            error: header("error_message"),
          });
          seen += 1;
          if (seen < total) return;
          clearTimeout(late);
          resolve();
        };
        consumer.run({ eachMessage }).catch(reject);
      });
    } finally {
      await consumer.disconnect();
    }
    return found;
  }

  private async admin<T>(work: (admin: ReturnType<Kafka["admin"]>) => Promise<T>): Promise<T> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      return await work(admin);
    } finally {
      await admin.disconnect();
    }
  }
}
