/** One contender: each message names a topic, which is read to its end by a new group. */
import { Kafka, logLevel } from "kafkajs";
import { parseSinkConfig } from "../../functions/kafka-lambda-sink/config/config";
import { makeConverter } from "../../functions/kafka-lambda-sink/convert/factory";
import { recordConverter } from "../../functions/kafka-lambda-sink/convert/records";
import { Cluster } from "../../functions/kafka-lambda-sink/kafka/cluster";
import { KafkaConsumer } from "../../functions/kafka-lambda-sink/kafka/consumer";
import { KafkaSource } from "../../functions/kafka-lambda-sink/kafka/source";
import type { KafkaMeasured, KafkaTask } from "./index";

const log = { info: () => {}, warn: console.error, error: console.error };
let groups = 0;

function configOf({ brokers, topic, batchSize }: KafkaTask) {
  const properties = {
    name: `bench-${process.pid}-${groups++}`,
    topics: topic,
    "bootstrap.servers": brokers.join(","),
    "aws.lambda.function.name": "f",
    "aws.lambda.batch.size": batchSize,
    "consumer.override.heartbeat.interval.ms": 1_000,
  };
  return parseSinkConfig(properties, () => undefined).config;
}

/** Payloads are built, handed to a function that answers at once, and committed batch by batch. */
async function throughSink(task: KafkaTask): Promise<void> {
  const config = configOf(task);
  const { key, value, header } = config.converters;
  const parts = { key: makeConverter(key), value: makeConverter(value), header: makeConverter(header) };
  const convert = recordConverter(parts);
  await new Promise<void>((resolve, reject) => {
    let delivered = 0;
    let isDone = false;
    const consumer = new KafkaConsumer(config, {
      invoke: async () => "null",
      convert: (_, record) => convert(record),
      count: ({ RecordsDelivered = 0 }) => {
        delivered += RecordsDelivered;
        if (delivered >= task.records && !isDone) {
          isDone = true;
          consumer.close(10_000).then(resolve, reject);
        }
      },
      stopped: ({ reason }) => reject(new Error(reason)),
      fatal: reject,
      log,
      mskToken: async () => "",
    });
    consumer.start().catch(reject);
  });
}

/** The fetch loops alone, a loop a partition; nothing is made of the records. */
async function throughLoop(task: KafkaTask): Promise<void> {
  const config = configOf(task);
  const cluster = new Cluster({ clientId: "bench", brokers: config.brokers, connection: {} });
  const commits = { committed: async () => 0n, commit: async () => true };
  const { partitionsCount } = await cluster.topic(task.topic);
  await Promise.all(
    Array.from({ length: partitionsCount }, async (_, partition) => {
      const source = new KafkaSource({ topic: task.topic, partition }, cluster, commits, config.consumer, log);
      const end = await cluster.offset({ topic: task.topic, partition }, "latest", 0);
      for (let next = 0n; next < end; ) next = (await source.fetch(next)).next;
      source.close();
    }),
  );
  await cluster.close();
}

/** kafkajs, batch by batch, with the commits that it makes by itself. */
async function throughKafkajs({ brokers, topic, records }: KafkaTask): Promise<void> {
  const kafka = new Kafka({ clientId: "bench", brokers: [...brokers], logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `kafkajs-${process.pid}-${groups++}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let seen = 0;
  await new Promise<void>((resolve, reject) => {
    const eachBatch = async ({ batch }: { batch: { messages: unknown[] } }) => {
      seen += batch.messages.length;
      if (seen >= records) resolve();
    };
    consumer.run({ eachBatch, partitionsConsumedConcurrently: 6 }).catch(reject);
  });
  await consumer.disconnect();
}

const ways = { sink: throughSink, loop: throughLoop, kafkajs: throughKafkajs };

process.on("message", (task: KafkaTask) => {
  const cpu = process.cpuUsage();
  const start = performance.now();
  ways[task.way](task).then(
    () => {
      const { user, system } = process.cpuUsage(cpu);
      const measured: KafkaMeasured = {
        seconds: (performance.now() - start) / 1_000,
        cpuSeconds: (user + system) / 1e6,
        megabytes: process.memoryUsage.rss() / 1e6,
      };
      process.send?.(measured);
    },
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit());
process.send?.("ready");
