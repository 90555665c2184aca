import { setTimeout as sleep } from "node:timers/promises";
import { Kafka, type KafkaConfig, logLevel, type Message } from "kafkajs";
import { parseSinkConfig } from "../../../functions/kafka-lambda-sink/config/config";
import type { ConnectorProperties } from "../../../functions/kafka-lambda-sink/config/properties";
import { makeConverter } from "../../../functions/kafka-lambda-sink/convert/factory";
import { recordConverter } from "../../../functions/kafka-lambda-sink/convert/records";
import type { Batch } from "../../../functions/kafka-lambda-sink/core/payload";
import type { SinkCounts } from "../../../functions/kafka-lambda-sink/core/ports";
import type { TopicPartition } from "../../../functions/kafka-lambda-sink/core/record";
import type { Stop } from "../../../functions/kafka-lambda-sink/core/sink";
import { type ConsumerTimes, KafkaConsumer } from "../../../functions/kafka-lambda-sink/kafka/consumer";

/** What the function got in one invocation. */
export interface Delivery {
  readonly member: string;
  readonly partition: number;
  readonly topic: string;
  readonly offsets: readonly number[];
  readonly values: readonly unknown[];
  readonly began: number;
  ended?: number;
}

interface Payload {
  readonly payload: { readonly offset: number; readonly value: unknown };
}

export type Stub = (delivery: Delivery) => Promise<string | undefined>;

/** Shortened times, so that a test of a rebalance takes seconds. */
export const quick: ConnectorProperties = {
  "consumer.override.session.timeout.ms": 6_000,
  "consumer.override.heartbeat.interval.ms": 300,
  "consumer.override.fetch.max.wait.ms": 200,
};

/** The function's own record, over all members. */
export class Deliveries {
  readonly all: Delivery[] = [];

  /** How often each offset of a partition was delivered. */
  counts(partition: number, topic?: string): Map<number, number> {
    const counts = new Map<number, number>();
    for (const { offsets } of this.all.filter(
      (each) => each.partition === partition && (!topic || each.topic === topic),
    )) {
      for (const offset of offsets) counts.set(offset, (counts.get(offset) ?? 0) + 1);
    }
    return counts;
  }

  get records(): number {
    return this.all.reduce((sum, { offsets }) => sum + offsets.length, 0);
  }

  /** How many records were delivered more than once. */
  get repeated(): number {
    const places = this.all.flatMap(({ topic, partition, offsets }) =>
      offsets.map((o) => `${topic} ${partition} ${o}`),
    );
    return places.length - new Set(places).size;
  }

  /** Invocations of a partition that ran at the same time. */
  get overlaps(): number {
    let count = 0;
    for (const [i, a] of this.all.entries()) {
      for (const b of this.all.slice(i + 1)) {
        const same = a.topic === b.topic && a.partition === b.partition;
        if (same && b.began < (a.ended ?? Number.POSITIVE_INFINITY) && a.began < (b.ended ?? Number.POSITIVE_INFINITY))
          count++;
      }
    }
    return count;
  }
}

/** One task with the function in place of Lambda. */
export class TestSink {
  readonly logged: string[] = [];
  readonly stops: Stop[] = [];
  readonly fatal: Error[] = [];
  readonly counts: Record<string, number> = {};
  readonly consumer: KafkaConsumer;

  constructor(
    readonly name: string,
    properties: ConnectorProperties,
    private readonly deliveries: Deliveries,
    private readonly stub: Stub = async () => "null",
    times: Partial<ConsumerTimes> = {},
  ) {
    const { config } = parseSinkConfig(
      { name: "sink", "aws.lambda.function.name": "f", ...quick, ...properties },
      () => undefined,
    );
    const { key, value, header } = config.converters;
    const convert = recordConverter({
      key: makeConverter(key),
      value: makeConverter(value),
      header: makeConverter(header),
    });
    const write = (message: unknown, ...more: unknown[]) => {
      this.logged.push(
        `${message} ${more.map((each) => (each instanceof Error ? each.message : JSON.stringify(each))).join(" ")}`,
      );
    };
    this.consumer = new KafkaConsumer(
      config,
      {
        invoke: (batch, source) => this.invoke(batch, source),
        convert: (_, record) => convert(record),
        count: (counts) => this.count(counts),
        stopped: (stop) => this.stops.push(stop),
        fatal: (error) => this.fatal.push(error),
        log: { info: write, warn: write, error: write },
        mskToken: async () => "",
      },
      { resumeMs: 200, ...times },
    );
  }

  private count(counts: SinkCounts): void {
    for (const [name, value] of Object.entries(counts)) this.counts[name] = (this.counts[name] ?? 0) + value;
  }

  private async invoke(batch: Batch, { topic, partition }: TopicPartition): Promise<string | undefined> {
    const sent = JSON.parse(batch.payload) as Payload[];
    const delivery: Delivery = {
      member: this.name,
      topic,
      partition,
      began: performance.now(),
      offsets: sent.map(({ payload }) => payload.offset),
      values: sent.map(({ payload }) => payload.value),
    };
    this.deliveries.all.push(delivery);
    try {
      return await this.stub(delivery);
    } finally {
      delivery.ended = performance.now();
    }
  }
}

/** Waits until it holds. @throws Error that says what didn't happen */
export async function until(holds: () => boolean | Promise<boolean>, what: string, ms = 30_000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`It never came to this: ${what}`);
    await sleep(20);
  }
}

/** Another client of Kafka than the sink's, for what tests put in and look at. */
export function peer(brokers: readonly string[], more: Partial<KafkaConfig> = {}): Kafka {
  return new Kafka({ clientId: "peer", brokers: [...brokers], logLevel: logLevel.NOTHING, ...more });
}

/** Puts values into a partition, in order. */
export async function produce(
  kafka: Kafka,
  topic: string,
  messages: readonly (Message & { readonly partition: number })[],
): Promise<void> {
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  for (let i = 0; i < messages.length; i += 2_000)
    await producer.send({ topic, messages: messages.slice(i, i + 2_000) });
  await producer.disconnect();
}

/** `count` messages for each of the partitions, with their number as value. */
export function numbered(partitions: number, count: number): (Message & { readonly partition: number })[] {
  return Array.from({ length: partitions * count }, (_, i) => ({
    partition: i % partitions,
    key: `k${i % 97}`,
    value: String(Math.floor(i / partitions)),
  }));
}

/** The group's committed offsets by partition; none while there is no such group. */
export async function committedOffsets(kafka: Kafka, groupId: string, topic: string): Promise<number[]> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
    return (found?.partitions ?? []).toSorted((a, b) => a.partition - b.partition).map(({ offset }) => Number(offset));
  } catch (error) {
    if ((error as { readonly type?: string }).type !== "GROUP_ID_NOT_FOUND") throw error;
    return [];
  } finally {
    await admin.disconnect();
  }
}

/** Everything in a topic, as another client reads it. */
export async function readAll(kafka: Kafka, topic: string, count: number) {
  const consumer = kafka.consumer({ groupId: `reader-${topic}-${Math.random()}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const found: { key: string | undefined; value: string | undefined; headers: Record<string, string> }[] = [];
  await consumer.run({
    eachMessage: async ({ message: { key, value, headers } }) => {
      found.push({
        key: key?.toString(),
        value: value?.toString(),
        headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, each]) => [name, String(each)])),
      });
    },
  });
  await until(() => found.length >= count, `${count} records in ${topic}`);
  await consumer.disconnect();
  return found;
}
