import type * as pulumi from "@pulumi/pulumi";
import type { ArgumentCheck, ArgumentNames } from "../parts/arguments";
import { checkFargateSize } from "../parts/fargateTask";
import { checkLogRetentionDays } from "../parts/logRetention";
import { checkNetwork } from "../parts/network";
import type { KafkaLambdaSinkArgs, KafkaSinkNetworkArgs, KafkaSinkSecretArgs } from "./args";
import { type ConnectorPlan, connectorPlan, secretVariables } from "./connectorConfig";

/** The component's arguments, checked and complete. */
export interface SinkPlan {
  readonly connector: ConnectorPlan;
  readonly secrets: readonly KafkaSinkSecretArgs[];
  readonly secretsKmsKeyArn?: pulumi.Input<string>;
  readonly mskClusterArn?: pulumi.Input<string>;
  readonly network?: KafkaSinkNetworkArgs;
  readonly ports: readonly number[];
  readonly minTasks: number;
  readonly maxTasks: number;
  readonly lagPerTask: number;
  readonly maxLag: number;
  readonly cpu: number;
  readonly memory: number;
  readonly architecture: string;
  readonly stopTimeout: number;
  readonly image?: pulumi.Input<string>;
  readonly alarmTopicArn?: pulumi.Input<string>;
  readonly logRetentionDays: number;
  readonly allowDestroy: boolean;
}

const known: ArgumentNames<KafkaLambdaSinkArgs> = {
  functionArn: true,
  topics: true,
  bootstrapServers: true,
  authentication: true,
  brokerSecretArn: true,
  mskClusterArn: true,
  invocationType: true,
  batchSize: true,
  behaviorOnError: true,
  failScope: true,
  resultTopic: true,
  errorTopic: true,
  keyConverter: true,
  valueConverter: true,
  schemaRegistryUrl: true,
  config: true,
  connectorFile: true,
  secrets: true,
  secretsKmsKeyArn: true,
  network: true,
  brokerPorts: true,
  minTasks: true,
  maxTasks: true,
  lagPerTask: true,
  maxLag: true,
  cpu: true,
  memory: true,
  architecture: true,
  stopTimeout: true,
  image: true,
  alarmTopicArn: true,
  logRetentionDays: true,
  allowDestroy: true,
  tags: true,
};
/** Where MSK's brokers listen, by `authentication`. */
const mskPorts: Readonly<Record<string, number>> = { none: 9092, tls: 9094, mtls: 9094, scram: 9096, iam: 9098 };

/** Fills in the defaults. @throws ArgumentError for the first mistake, with its path, the value and the fix */
export function normalize(check: ArgumentCheck, name: string, args: KafkaLambdaSinkArgs): SinkPlan {
  check.knownKeys("", args, known);
  for (const [key, value] of Object.entries(args)) {
    if (value === "") check.fail(key, value, "Give a text that isn't empty, or leave it out.");
  }
  const { minTasks = 1, lagPerTask = 10_000, maxLag = 100_000, cpu = 512, architecture = "ARM64" } = args;
  const { stopTimeout = 120, logRetentionDays = 90 } = args;
  const maxTasks = args.maxTasks ?? Math.max(4, minTasks);
  const memory = args.memory ?? cpu * 2;
  check.integer("minTasks", minTasks, 1, 100, "tasks");
  check.integer("maxTasks", maxTasks, minTasks, 1_000, "tasks");
  check.integer("lagPerTask", lagPerTask, 1, 1_000_000_000, "offsets");
  check.integer("maxLag", maxLag, 1, 1_000_000_000, "offsets");
  check.integer("stopTimeout", stopTimeout, 10, 120, "seconds");
  check.oneOf("architecture", architecture, ["X86_64", "ARM64"]);
  checkFargateSize(check, "", cpu, memory);
  checkLogRetentionDays(check, logRetentionDays);
  checkNetwork(check, args.network);
  if (args.alarmTopicArn !== undefined) check.arn("alarmTopicArn", args.alarmTopicArn, "sns");
  if (args.functionArn !== undefined) check.arn("functionArn", args.functionArn, "lambda");
  const secrets = secretVariables(check, args);
  const connector = connectorPlan(check, name, args, new Set(secrets.map(({ variable }) => variable)));
  checkCluster(check, args, connector);
  if (connector.parsed.consumer.instanceId !== undefined && args.maxTasks !== 1) {
    check.fail("maxTasks", args.maxTasks, "Set 1: two tasks can't share the name in group.instance.id.");
  }
  return {
    connector,
    secrets,
    secretsKmsKeyArn: args.secretsKmsKeyArn,
    mskClusterArn: args.mskClusterArn,
    network: args.network,
    ports: portsOf(check, args, connector),
    minTasks,
    maxTasks,
    lagPerTask,
    maxLag,
    cpu,
    memory,
    architecture,
    stopTimeout,
    image: args.image,
    alarmTopicArn: args.alarmTopicArn,
    logRetentionDays,
    allowDestroy: args.allowDestroy ?? false,
  };
}

/** By IAM a role signs in only at a cluster that its policy names. */
function checkCluster(check: ArgumentCheck, { mskClusterArn }: KafkaLambdaSinkArgs, { parsed }: ConnectorPlan): void {
  const { security, reporter } = parsed;
  const isIam = [security, reporter?.security].some((each) => each?.sasl?.mechanism === "AWS_MSK_IAM");
  if (isIam === (mskClusterArn !== undefined)) {
    if (typeof mskClusterArn === "string") {
      const arn = /^arn:aws[a-z-]*:kafka:[\w-]+:\d{12}:cluster\/[^/]+\/[^/]+$/;
      check.matches("mskClusterArn", mskClusterArn, arn, "Give the ARN arn:aws:kafka:…:cluster/<name>/<id>.");
    }
    return;
  }
  const fix = isIam
    ? "Give the cluster's ARN: with \"iam\" the tasks' role is allowed what it needs there."
    : 'It is for authentication: "iam"; leave it out.';
  check.fail("mskClusterArn", mskClusterArn, fix);
}

function portsOf(check: ArgumentCheck, args: KafkaLambdaSinkArgs, { parsed, properties }: ConnectorPlan): number[] {
  for (const [i, port] of (args.brokerPorts ?? []).entries()) check.integer(`brokerPorts[${i}]`, port, 1, 65_535);
  const { key, value } = parsed.converters;
  const registries = [key, value].flatMap(({ registry }) => registry?.urls ?? []).map((url) => new URL(url));
  const others = registries.map(({ port, protocol }) => Number(port || (protocol === "http:" ? 80 : 443)));
  return [...new Set([...(args.brokerPorts ?? brokerPorts(check, args, parsed, properties)), ...others])]
    .filter((port) => port !== 443)
    .sort((a, b) => a - b);
}

function brokerPorts(
  check: ArgumentCheck,
  { authentication = "none" }: KafkaLambdaSinkArgs,
  { brokers, reporter }: ConnectorPlan["parsed"],
  properties: ConnectorPlan["properties"],
): number[] {
  if (typeof properties["bootstrap.servers"] === "string" || properties["bootstrap.servers"] === undefined) {
    return [...brokers, ...(reporter?.brokers ?? [])].map((broker) => Number(broker.split(":").at(-1)));
  }
  const port = mskPorts[authentication];
  if (port === undefined) {
    check.fail("brokerPorts", undefined, "Give the brokers' ports: they aren't known before bootstrapServers is.");
  }
  return [port];
}
