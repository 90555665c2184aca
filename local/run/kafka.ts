/** The stack's Kafka sinks: a table goes through a topic to a function, its answers and what can't be read back to Kafka. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { KafkaSinkSettings } from "../../stacks/schema";
import { type KafkaBroker, startKafkaBroker } from "../kafka/broker";
import { TakingFunction } from "../kafka/takingFunction";
import { type KeyedRecord, Topics } from "../kafka/topics";
import { repository } from "../setup/paths";
import type { Pipeline, Plan, Run, Settings } from "./pipeline";
import { number, table } from "./print";
import type { KafkaReport, Outcome } from "./report";
import { secondsSince, until } from "./waiting";

const partitions = 6;
/** One of them can't be read: it isn't JSON. */
const unreadable = 1;
const key = "data-pipelines:kafkaSinks";

export function kafka({ config, isOwnFiles }: Plan): Pipeline | undefined {
  const sinks = config.kafkaSinks;
  if (sinks.length === 0) return undefined;
  let broker: KafkaBroker | undefined;
  const functions = new Map<string, TakingFunction>();
  const started = new Map<string, number>();
  const topicsOf = () => new Topics(broker?.addresses ?? []);
  return {
    name: "kafka",
    title: `Producing to the topics of ${sinks.length} Kafka sink${sinks.length === 1 ? "" : "s"}`,
    rests: isOwnFiles,
    async prepare({ services }, settings) {
      const topics = sinks.flatMap((sink) => sink.topics ?? []);
      broker = await startKafkaBroker({ topics: Object.fromEntries(topics.map((topic) => [topic, partitions])) });
      for (const { name } of sinks) {
        functions.set(name, await TakingFunction.make(services, `local-take-${name}`));
      }
      return withAddresses(settings, broker.addresses, functions);
    },
    async send() {
      for (const { name, topics = [] } of sinks) {
        started.set(name, Date.now());
        for (const topic of topics) await topicsOf().produce(topic, recordsOf());
      }
    },
    async wait(run) {
      const reports = await Promise.all(
        sinks.map((sink) => delivered(run, sink, topicsOf(), functions.get(sink.name), started.get(sink.name) ?? 0)),
      );
      return kafkaOutcome(reports);
    },
    async hints() {
      const [{ name, topics: [topic] = [] }] = sinks as [KafkaSinkSettings];
      const script = `const {Kafka}=require("kafkajs");(async()=>{const p=new Kafka({brokers:${JSON.stringify(broker?.addresses)}}).producer();await p.connect();await p.send({topic:"${topic}",messages:[{key:"me",value:"{}"}]});await p.disconnect()})()`;
      return [
        {
          title: `Produce to ${topic} at ${broker?.addresses}; the sink ${name} hands it to local-take-${name}`,
          command: `node -e '${script}'`,
        },
      ];
    },
    async stop() {
      await Promise.all([broker?.stop(), ...[...functions.values()].map((each) => each.stop())]);
    },
  };
}

/** The stack's settings with the addresses and functions of the running cloud. */
function withAddresses(
  settings: Settings,
  addresses: readonly string[],
  functions: ReadonlyMap<string, TakingFunction>,
): Settings {
  const sinks = settings[key] as readonly KafkaSinkSettings[];
  const bootstrapServers = addresses.join(",");
  return {
    ...settings,
    [key]: sinks.map((sink) => ({ ...sink, bootstrapServers, functionArn: functions.get(sink.name)?.arn })),
  };
}

/** 2,000 flights keyed by the airport they leave from, and one record that isn't JSON. */
function recordsOf(): KeyedRecord[] {
  const text = readFileSync(join(repository, "node_modules/vega-datasets/data/flights-2k.json"), "utf8");
  const flights = JSON.parse(text) as { readonly origin: string }[];
  const records = flights.map((flight) => ({ key: flight.origin, value: JSON.stringify(flight) }));
  return [...records.slice(0, 1_000), { key: "broken", value: "{not JSON" }, ...records.slice(1_000)];
}

async function delivered(
  run: Run,
  sink: KafkaSinkSettings,
  topics: Topics,
  taking: TakingFunction | undefined,
  start: number,
): Promise<KafkaReport[]> {
  const groupId = run.outputs.kafkaSinks?.[sink.name]?.consumerGroup;
  if (groupId === undefined || taking === undefined) {
    throw new Error(`the stack has no output kafkaSinks.${sink.name}; see stacks/program.ts`);
  }
  const names = sink.topics ?? [];
  await until(run.timeoutSeconds, async () => {
    const counts = (await Promise.all(names.map((topic) => topics.counts(topic, groupId)))).flat();
    const sum = (of: "end" | "committed") => counts.reduce((total, each) => total + each[of], 0);
    run.tell(`${number(sum("committed"))} of ${number(sum("end"))} records`);
    return counts.every(({ end, committed }) => committed === end);
  });
  const seconds = secondsSince(start);
  const [results, errors] = await Promise.all(
    [sink.resultTopic, sink.errorTopic].map(async (topic) => (topic ? topics.read(topic) : [])),
  );
  return (
    await Promise.all(
      names.map(async (topic) =>
        (
          await topics.counts(topic, groupId)
        ).map(({ partition, end, committed }): KafkaReport => {
          const own = taking.taken.filter((each) => each.topic === topic && each.partition === partition);
          const failed = errors?.filter((each) => each.partition === partition) ?? [];
          const offsets = own.flatMap((each) => each.offsets);
          return {
            sink: sink.name,
            topic,
            partition,
            produced: end,
            invocations: own.length,
            seconds,
            delivered: new Set(offsets).size,
            duplicates: offsets.length - new Set(offsets).size,
            results: results?.filter((each) => each.partition === partition).length ?? 0,
            errors: failed.length,
            reasons: failed.map(({ offset, error = "no reason given" }) => `offset ${offset}: ${error}`),
            stopped: committed < end,
          };
        }),
      ),
    )
  ).flat();
}

/** @param reports a list for each sink */
export function kafkaOutcome(reports: readonly (readonly KafkaReport[])[]): Outcome {
  const all = reports.flat();
  const files = reports.flatMap((ofSink) => {
    const sum = (of: "produced" | "delivered" | "errors") => ofSink.reduce((total, each) => total + each[of], 0);
    const [first] = ofSink;
    if (first === undefined) return [];
    const { sink, topic, seconds } = first;
    const counted = { read: sum("produced"), loaded: sum("delivered"), quarantined: sum("errors") };
    const isDone = !ofSink.some(({ stopped }) => stopped);
    return [
      {
        pipeline: "KafkaLambdaSink",
        source: sink,
        file: topic,
        target: `local-take-${sink}`,
        ...counted,
        reasons: ofSink.flatMap(({ partition, reasons }) =>
          reasons.map((reason) => ({ record: 0, reason: `partition ${partition}, ${reason}` })),
        ),
        seconds: isDone ? seconds : null,
      },
    ];
  });
  return { files, tables: [], details: { kafka: all }, lines: ["", partitionTable(all)], problems: shortfalls(all) };
}

function partitionTable(reports: readonly KafkaReport[]): string {
  const rows = reports.map(({ topic, partition, produced, delivered, duplicates, invocations, results, errors }) => [
    `${topic}-${partition}`,
    ...[produced, delivered, duplicates, invocations, results, errors].map(number),
  ]);
  const head = ["partition", "produced", "delivered", "twice", "invocations", "results", "errors"];
  return table(head, rows, 1);
}

function shortfalls(reports: readonly KafkaReport[]): string[] {
  const errors = reports.reduce((sum, each) => sum + each.errors, 0);
  const sinks = new Set(reports.map(({ sink, topic }) => `${sink} ${topic}`)).size;
  return [
    ...reports.flatMap(({ sink, topic, partition, produced, delivered, results, errors, stopped }) => {
      const place = `kafka, ${sink}, ${topic}-${partition}`;
      const lines: string[] = [];
      if (stopped) lines.push(`${place}: not everything is committed`);
      if (delivered + errors !== produced) {
        lines.push(`${place}: ${produced} produced, but ${delivered} delivered and ${errors} errors`);
      }
      if (results < delivered) lines.push(`${place}: ${delivered} delivered, but ${results} results reported`);
      return lines;
    }),
    ...(errors === sinks * unreadable
      ? []
      : [`kafka: ${errors} errors reported for ${sinks * unreadable} bad records`]),
  ];
}
