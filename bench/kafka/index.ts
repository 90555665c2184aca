import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { Kafka, logLevel } from "kafkajs";
import { startKafkaBroker } from "../../local/kafka/broker";
import type { Benchmark } from "../benchmark";
import { nextMessage } from "../processes";
import { grouped, median, printTable } from "../table";
import { linear, quadratic } from "./quadratic";

export type Way = "sink" | "loop" | "kafkajs";

/** What a contender is to read. */
export interface KafkaTask {
  readonly way: Way;
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly records: number;
  readonly batchSize: number;
}

export interface KafkaMeasured {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Of the process, at the end. */
  readonly megabytes: number;
}

const AIM = 0.5;
const BATCHING_AIM = 10;
/** The process's memory may grow by this share from the first part of the long run to its end. */
const MOST_GROWTH = 1.3;
const PARTITIONS = 6;
const sizes = [
  { bytes: 100, records: 120_000 },
  { bytes: 1_000, records: 48_000 },
  { bytes: 10_000, records: 6_000 },
] as const;
const batchSizes = [500, 20, 1] as const;

/**
 * Records per second from a broker in memory through the sink (payloads built, batches committed, a function that
 * answers at once), beside its bare fetch loops and kafkajs's eachBatch; batching beside the quadratic way; memory.
 */
export const kafka: Benchmark = {
  title: `records per second (aim: at least ${AIM} of either peer at batches of 500), batching (aim: ${BATCHING_AIM} x)`,
  run: async ({ rounds, full }) => {
    const parts = full ? 10 : 4;
    const partRecords = full ? 500_000 : 100_000;
    const broker = await startKafkaBroker({ name: "kafka-bench" });
    const children: ChildProcess[] = [];
    try {
      const peer = new Kafka({ clientId: "bench", brokers: [...broker.addresses], logLevel: logLevel.NOTHING });
      for (const { bytes, records } of sizes) await fill(peer, `b${bytes}`, records, bytes);
      const child = await started(children);
      const isFast = await sweep(child, broker.addresses, rounds);
      const isLinear = batching(rounds);
      await fill(peer, "long", partRecords, 100);
      const isFlat = await memory(await started(children), broker.addresses, partRecords, parts);
      return isFast && isLinear && isFlat;
    } finally {
      for (const child of children) child.disconnect();
      await broker.stop();
    }
  },
};

async function started(children: ChildProcess[]): Promise<ChildProcess> {
  const child = fork(join(__dirname, "child.ts"), { execArgv: ["--import", "tsx"] });
  children.push(child);
  await nextMessage(child);
  return child;
}

async function fill(kafka: Kafka, topic: string, records: number, bytes: number): Promise<void> {
  const [admin, producer] = [kafka.admin(), kafka.producer()];
  await Promise.all([admin.connect(), producer.connect()]);
  await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS, replicationFactor: 1 }] });
  const value = "v".repeat(bytes);
  const atOnce = Math.max(6, Math.floor(900_000 / (bytes + 100)));
  for (let sent = 0; sent < records; sent += atOnce) {
    const messages = Array.from({ length: Math.min(atOnce, records - sent) }, (_, i) => ({
      partition: (sent + i) % PARTITIONS,
      key: `k${(sent + i) % 997}`,
      value,
    }));
    await producer.send({ topic, messages });
  }
  await Promise.all([admin.disconnect(), producer.disconnect()]);
}

async function ask(child: ChildProcess, task: KafkaTask): Promise<KafkaMeasured> {
  child.send(task);
  return (await nextMessage(child)) as KafkaMeasured;
}

/** Contenders take turns in each round. */
async function sweep(child: ChildProcess, brokers: readonly string[], rounds: number): Promise<boolean> {
  let met = true;
  const rows: string[][] = [];
  for (const { bytes, records } of sizes) {
    const turns: {
      readonly way: Way;
      readonly batchSize: number;
      readonly records: number;
      readonly seconds: number[];
    }[] = [
      ...(["loop", "kafkajs"] as const).map((way) => ({ way, batchSize: 1, records, seconds: [] as number[] })),
      ...batchSizes.map((batchSize) => ({
        way: "sink" as const,
        batchSize,
        seconds: [] as number[],
        // One by one, a part is enough to tell the rate.
        records: batchSize === 1 ? records / 20 : records,
      })),
    ];
    // The first round warms up.
    for (let round = 0; round <= rounds; round += 1) {
      for (const { way, batchSize, records: part, seconds } of turns) {
        const measured = await ask(child, { way, brokers, topic: `b${bytes}`, records: part, batchSize });
        if (round > 0) seconds.push(measured.seconds);
      }
    }
    const rate = ({ records: part, seconds }: (typeof turns)[number]) => part / median(seconds);
    const [loop = Number.NaN, kafkajs = Number.NaN, ...ofSink] = turns.map(rate);
    met &&= (ofSink[0] ?? 0) >= AIM * Math.max(loop, kafkajs);
    rows.push([
      `${grouped(bytes)} B`,
      ...[loop, kafkajs, ...ofSink].map((each) => grouped(each)),
      ratio(ofSink[0], loop),
      ratio(ofSink[0], kafkajs),
    ]);
  }
  const sink = batchSizes.map((size) => `sink, ${size}`);
  printTable(["records/s", "bare loop", "kafkajs", ...sink, "500 to loop", "to kafkajs"], rows);
  return met;
}

function ratio(a = Number.NaN, b = Number.NaN): string {
  return `${(a / b).toFixed(2)} x`;
}

function batching(rounds: number): boolean {
  const [count, bytes] = [500, 10_000];
  const [slow, quick] = [quadratic, linear].map((way) =>
    median(Array.from({ length: rounds }, () => way(count, bytes))),
  );
  const times = (slow ?? 0) / (quick ?? 0);
  console.log(
    `\nA batch of ${count} x ${grouped(bytes)} B: ${((quick ?? 0) * 1_000).toFixed(1)} ms of CPU, ` +
      `${((slow ?? 0) * 1_000).toFixed(0)} ms where each record writes the whole batch anew: ${times.toFixed(0)} x`,
  );
  return times >= BATCHING_AIM;
}

/** The same topic again and again in one process. */
async function memory(
  child: ChildProcess,
  brokers: readonly string[],
  records: number,
  parts: number,
): Promise<boolean> {
  const peaks: number[] = [];
  for (let part = 0; part < parts; part += 1) {
    peaks.push((await ask(child, { way: "sink", brokers, topic: "long", records, batchSize: 500 })).megabytes);
  }
  const shown = peaks.map((peak) => grouped(peak)).join(", ");
  console.log(
    `\nMemory of the process after each ${grouped(records)} records, ${grouped(records * parts)} in all: ${shown} MB`,
  );
  return (peaks.at(-1) ?? 0) <= MOST_GROWTH * Math.max(...peaks.slice(0, Math.ceil(parts / 2)));
}
