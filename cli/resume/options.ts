import { readFileSync } from "node:fs";
import { parseSinkConfig, type SinkConfig } from "../../functions/kafka-lambda-sink/config/config";
import { readConnectorFile } from "../../functions/kafka-lambda-sink/config/file";
import { SinkConfigError } from "../../functions/kafka-lambda-sink/config/properties";
import type { TopicPartition } from "../../functions/kafka-lambda-sink/core/record";
import { outputsFlags, parseFlags, StackOutputs, switches, textFlags, UsageError } from "../shared/commandLine";

export const HELP = `Usage: npx pulumi-data-pipelines resume --topic NAME --partition N [options]

Lets a partition go on at which KafkaLambdaSink has stopped. The log's line "Partition stopped" names topic, partition
and offset. The task that has the partition sees the request within seconds; nothing is restarted.

Where to go on:
  --topic NAME        topic of the partition
  --partition N       its number
  (neither of these)  at the offset where it stopped, after the cause was put right
  --skip COUNT        leaves so many offsets out: 1 for a record that can't be converted. A function's error stops a
                      whole batch, at its first record
  --offset OFFSET     at this offset
  --dry-run           says what would be committed, changes nothing

Which cluster (run it from where the brokers are reached):
  --brokers LIST      host:port with commas between them
  --group NAME        consumer group: the output consumerGroup
  --config FILE       the connector's configuration, JSON or properties, for how to sign in to the brokers; what it says
                      as \${env:NAME} is read from this command's environment. It may give brokers and group as well
  --outputs FILE      JSON of \`pulumi stack output --json\` with consumerGroup, at its top level or inside the output
                      named by --component
  --component NAME    that output, for example kafkaSinks.orders

Ends with 0 when it is committed, 1 when it couldn't be, 2 when the arguments are wrong.`;

export interface ResumeOptions {
  readonly partition: TopicPartition;
  /** Offsets to leave out. */
  readonly skip: bigint;
  /** Left out: where it stopped. */
  readonly offset?: bigint;
  readonly isDryRun: boolean;
  readonly config: SinkConfig;
}

const flags = {
  ...outputsFlags,
  ...textFlags("topic", "partition", "skip", "offset", "brokers", "group", "config"),
  ...switches("dry-run"),
};

type Values = ReturnType<typeof parseFlags<typeof flags>>;

/** Undefined: the help was asked for. @throws UsageError */
export function parseOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  readFile = (path: string): string => readFileSync(path, "utf8"),
): ResumeOptions | undefined {
  const values = parseFlags(args, flags);
  if (values.help) return undefined;
  const { topic, partition } = values;
  if (!topic) throw new UsageError("--topic is missing: give the topic whose partition has stopped");
  if (partition === undefined) throw new UsageError("--partition is missing: give the partition's number");
  if (values.skip !== undefined && values.offset !== undefined) {
    throw new UsageError("--skip and --offset are both given: give one of them");
  }
  return {
    partition: { topic, partition: Number(whole("partition", partition)) },
    skip: whole("skip", values.skip ?? "0"),
    offset: values.offset === undefined ? undefined : whole("offset", values.offset),
    isDryRun: values["dry-run"] ?? false,
    config: configOf(values, topic, environment, readFile),
  };
}

function whole(flag: string, text: string): bigint {
  if (!/^\d{1,18}$/.test(text)) throw new UsageError(`--${flag} ${text} isn't a whole number`);
  return BigInt(text);
}

/** The connector's configuration, or as much of it as leads to the group. */
function configOf(
  values: Values,
  topic: string,
  environment: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
): SinkConfig {
  const { config: path, brokers } = values;
  try {
    const given = path === undefined ? {} : readConnectorFile(readFile(path), path);
    const own = given["consumer.override.group.id"] ?? (given.name === undefined ? undefined : `connect-${given.name}`);
    const outputs = new StackOutputs(values, readFile);
    const group = values.group ?? (own === undefined ? undefined : String(own));
    const properties = {
      name: "resume",
      "aws.lambda.function.name": "resume",
      ...given,
      topics: topic,
      "consumer.override.group.id": outputs.need("group", group, outputs.get("consumerGroup")),
      "consumer.override.client.id": "kafka-lambda-sink-resume",
      ...(brokers === undefined ? {} : { "bootstrap.servers": brokers }),
    };
    if (!("bootstrap.servers" in properties) && !("consumer.override.bootstrap.servers" in properties)) {
      throw new UsageError("--brokers is missing: give it, or a --config that has bootstrap.servers");
    }
    return parseSinkConfig(properties, (name) => environment[name]).config;
  } catch (error) {
    if (error instanceof SinkConfigError) throw new UsageError(error.message);
    if (error instanceof UsageError || path === undefined) throw error;
    throw new UsageError(`--config ${path}: ${(error as Error).message}`);
  }
}
