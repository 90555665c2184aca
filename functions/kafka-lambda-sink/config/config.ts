import type { DeliverySettings } from "../core/ports";
import type { ReportTopic } from "../core/reports";
import { type ConverterChoice, converterChoice } from "./converters";
import type { Key } from "./keys";
import { type ConnectorProperties, type Lookup, Properties } from "./properties";
import { type Security, securityOf } from "./security";

/** All settings of the service. */
export interface SinkConfig {
  readonly name: string;
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly brokers: readonly string[];
  readonly security: Security;
  readonly consumer: ConsumerConfig;
  readonly converters: {
    readonly key: ConverterChoice;
    readonly value: ConverterChoice;
    readonly header: ConverterChoice;
  };
  readonly lambda: LambdaConfig;
  readonly delivery: DeliverySettings;
  /** Left out: nothing is reported. */
  readonly reporter?: ReporterConfig;
}

/** Times in milliseconds. */
export interface ConsumerConfig {
  readonly clientId: string;
  readonly instanceId?: string;
  readonly offsetReset: "earliest" | "latest" | "none";
  readonly isolation: "read_committed" | "read_uncommitted";
  readonly maxPartitionBytes: number;
  readonly maxWaitMs: number;
  readonly minBytes: number;
  readonly sessionTimeoutMs: number;
  readonly heartbeatMs: number;
}

export interface LambdaConfig {
  /** Name or ARN, with version or alias behind a colon where one is meant. */
  readonly functionName: string;
  readonly region?: string;
  readonly isAsync: boolean;
  /** Used instead of any other credentials. */
  readonly accessKey?: { readonly id: string; readonly secret: string };
  readonly assumeRole?: { readonly arn: string; readonly externalId?: string; readonly sessionName: string };
  /** Milliseconds; the function's own time-out is waited for in any case. */
  readonly socketTimeoutMs?: number;
  readonly userAgent?: string;
}

export interface ReporterConfig {
  readonly brokers: readonly string[];
  readonly security: Security;
  readonly topics: readonly ReporterTopic[];
}

export interface ReporterTopic {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly cleanupPolicy: "delete" | "compact";
}

export interface ParsedConfig {
  readonly config: SinkConfig;
  /** What is taken without effect, or otherwise than it may be meant. */
  readonly notices: readonly string[];
}

/** Lambda refuses requests that aren't smaller than 6 MB, events that aren't smaller than 1 MB. */
const PAYLOAD_BYTES = { sync: 6_291_455, async: 1_048_575 };
const CLASSES = [
  "io.confluent.connect.aws.lambda.AwsLambdaSinkConnector",
  "AwsLambdaSinkConnector",
  "AwsLambdaSink",
] as const;
const FUNCTION_NAME =
  /^(arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:|\d{12}:function:|\d{12}:)?[\w-]{1,64}(:(\$LATEST|[\w-]{1,128}))?$/;
const TOPIC = /^[\w.-]{1,249}$/;

/**
 * Reads a connector's configuration.
 * @param lookup what `${env:NAME}` stands for
 * @throws SinkConfigError with all that is wrong
 */
export function parseSinkConfig(given: ConnectorProperties, lookup: Lookup): ParsedConfig {
  const properties = new Properties(given, lookup);
  const name = properties.need("name", "Give the sink's name; its consumer group is connect-<name>.");
  properties.oneOf("connector.class", CLASSES, `Give ${CLASSES[0]}, or leave it out.`);
  properties.oneOf("record.converter.class", ["io.confluent.connect.aws.lambda.converters.JsonKeyValueConverter"]);
  properties.oneOf("errors.tolerance", ["none"], "Give none; behavior.on.error=log or ignore passes over bad records.");
  const lambda = lambdaOf(properties);
  const consumerPrefixes = ["consumer.override.", ""] as const;
  const config: SinkConfig = {
    name,
    groupId: properties.given("consumer.override.group.id") ?? `connect-${name}`,
    topics: topicsOf(properties),
    brokers: brokersOf(properties, ["consumer.override.bootstrap.servers", "bootstrap.servers"]),
    security: securityOf(properties, consumerPrefixes),
    consumer: consumerOf(properties),
    converters: {
      key: converterChoice(properties, "key"),
      value: converterChoice(properties, "value"),
      header: converterChoice(properties, "header"),
    },
    lambda,
    ...reportingOf(properties, lambda.isAsync),
  };
  properties.throwProblems();
  return { config, notices: properties.notices };
}

function topicsOf(properties: Properties): string[] {
  const topics = properties.list("topics");
  if (topics.length === 0) properties.problem("topics", "Name at least one topic; several with commas between them.");
  for (const topic of topics) if (!TOPIC.test(topic)) properties.problem("topics", `${topic} can't be a topic's name.`);
  return [...new Set(topics)];
}

function brokersOf(properties: Properties, among: readonly Key[]): string[] {
  const key = among.find((each) => properties.given(each) !== undefined) ?? (among.at(-1) as Key);
  const brokers = properties.list(key);
  if (brokers.length === 0) properties.problem(key, "Give the brokers, host:port with commas between them.");
  for (const broker of brokers) {
    if (!/^[^\s:/]+:\d{1,5}$|^\[[\da-fA-F:.]+\]:\d{1,5}$/.test(broker))
      properties.problem(key, `${broker} isn't host:port.`);
  }
  return brokers;
}

function consumerOf(properties: Properties): ConsumerConfig {
  const sessionTimeoutMs = properties.integer("consumer.override.session.timeout.ms", 1_000, 1_800_000);
  const heartbeatMs = properties.integer("consumer.override.heartbeat.interval.ms", 100, 600_000);
  if (heartbeatMs * 3 > sessionTimeoutMs) {
    properties.problem("consumer.override.heartbeat.interval.ms", "Give at most a third of the session time-out.");
  }
  return {
    clientId: properties.text("consumer.override.client.id") as string,
    instanceId: properties.given("consumer.override.group.instance.id"),
    offsetReset: properties.oneOf("consumer.override.auto.offset.reset", ["earliest", "latest", "none"]),
    isolation: properties.oneOf("consumer.override.isolation.level", ["read_committed", "read_uncommitted"]),
    maxPartitionBytes: properties.integer("consumer.override.max.partition.fetch.bytes", 1_024, 100_000_000),
    maxWaitMs: properties.integer("consumer.override.fetch.max.wait.ms", 1, 60_000),
    minBytes: properties.integer("consumer.override.fetch.min.bytes", 1, 100_000_000),
    sessionTimeoutMs,
    heartbeatMs,
  };
}

function lambdaOf(properties: Properties): LambdaConfig {
  const functionName = properties.need("aws.lambda.function.name", "Give the function's name or ARN.");
  if (functionName !== "" && !FUNCTION_NAME.test(functionName)) {
    properties.problem(
      "aws.lambda.function.name",
      "Give a function's name or ARN, with :version or :alias where one is meant.",
    );
  }
  const timeout = "aws.lambda.socket.timeout";
  return {
    functionName,
    region: properties.given("aws.lambda.region") ?? regionOf(functionName),
    isAsync: properties.oneOf("aws.lambda.invocation.type", ["sync", "async"]) === "async",
    ...credentialsOf(properties),
    socketTimeoutMs: properties.given(timeout) === undefined ? undefined : properties.integer(timeout, 1, 3_600_000),
    userAgent: properties.given("aws.lambda.user.agent"),
  };
}

function regionOf(functionName: string): string | undefined {
  return functionName.startsWith("arn:") ? functionName.split(":")[3] : undefined;
}

function credentialsOf(properties: Properties): Pick<LambdaConfig, "accessKey" | "assumeRole"> {
  const id = properties.given("aws.access.key.id");
  const secret = properties.given("aws.secret.access.key");
  if ((id === undefined) !== (secret === undefined)) {
    const missing = id === undefined ? "aws.access.key.id" : "aws.secret.access.key";
    properties.problem(missing, "Give both of the access key's parts, or neither for the task's role.");
  }
  const arn = properties.given("aws.credentials.provider.sts.role.arn");
  const provider = properties.given("aws.credentials.provider.class")?.split(".").at(-1);
  const known = ["DefaultAWSCredentialsProviderChain", "DefaultCredentialsProvider"];
  const assuming = ["AwsAssumeRoleCredentialsProvider", "AwsAssumeRoleCredentialsProviderV2"];
  if (provider !== undefined && ![...known, ...assuming].includes(provider)) {
    properties.problem(
      "aws.credentials.provider.class",
      "Leave it out for the task's role, or give aws.credentials.provider.sts.role.arn.",
    );
  }
  if (provider !== undefined && assuming.includes(provider) && arn === undefined) {
    properties.problem("aws.credentials.provider.sts.role.arn", "Give the role that is to be assumed.");
  }
  if (arn !== undefined && !/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/.test(arn)) {
    properties.problem(
      "aws.credentials.provider.sts.role.arn",
      "Give a role's ARN, arn:aws:iam::<account>:role/<name>.",
    );
  }
  const externalId = properties.given("aws.credentials.provider.sts.role.external.id");
  const sessionName = properties.text("aws.credentials.provider.sts.role.session.name") as string;
  return {
    ...(id !== undefined && secret !== undefined ? { accessKey: { id, secret } } : {}),
    ...(arn === undefined ? {} : { assumeRole: { arn, externalId, sessionName } }),
  };
}

function reportingOf(properties: Properties, isAsync: boolean): Pick<SinkConfig, "delivery" | "reporter"> {
  const result = reportTopic(properties, "result");
  const error = reportTopic(properties, "error");
  const behavior = properties.oneOf("behavior.on.error", ["fail", "log", "ignore"]);
  if (isAsync && result !== undefined) {
    properties.notices.push("reporter.result.topic.name has no effect: an async invocation has no result.");
  }
  if (behavior !== "log" && error !== undefined) {
    properties.notices.push(
      `reporter.error.topic.name has no effect: errors are reported under behavior.on.error=log.`,
    );
  }
  const resultTopic = isAsync ? undefined : result;
  const errorTopic = behavior === "log" ? error : undefined;
  const topics = [resultTopic, errorTopic].flatMap((each) => (each === undefined ? [] : [each.made]));
  const most = isAsync ? PAYLOAD_BYTES.async : PAYLOAD_BYTES.sync;
  const bytesKey = "sink.payload.max.bytes";
  return {
    delivery: {
      limits: {
        records: properties.integer("aws.lambda.batch.size", 1, 100_000),
        bytes: properties.given(bytesKey) === undefined ? most : properties.integer(bytesKey, 100, most),
      },
      behavior,
      failScope: properties.oneOf("sink.fail.scope", ["partition", "task"]),
      maxInFlight: properties.integer("sink.max.in.flight", 1, 10_000),
      maxRetryMs: properties.integer("sink.retry.max.ms", 0, 86_400_000),
      resultTopic: resultTopic?.written,
      errorTopic: errorTopic?.written,
    },
    ...(topics.length === 0 ? {} : { reporter: { ...reporterAccess(properties), topics } }),
  };
}

function reporterAccess(properties: Properties): Pick<ReporterConfig, "brokers" | "security"> {
  const among = ["reporter.bootstrap.servers", "consumer.override.bootstrap.servers", "bootstrap.servers"] as const;
  const isOwn = properties.given("reporter.producer.security.protocol") !== undefined;
  return {
    brokers: brokersOf(properties, among),
    security: securityOf(properties, isOwn ? ["reporter.producer."] : ["consumer.override.", ""]),
  };
}

function reportTopic(
  properties: Properties,
  which: "result" | "error",
): { readonly written: ReportTopic; readonly made: ReporterTopic } | undefined {
  const prefix = `reporter.${which}.topic.` as const;
  const name = properties.given(`${prefix}name`);
  if (name === undefined) return undefined;
  if (!TOPIC.test(name)) properties.problem(`${prefix}name`, "Give a topic's name.");
  const key = properties.oneOf(`${prefix}key`, ["record", "coordinates"]);
  const cleanupPolicy = properties.oneOf(`${prefix}cleanup.policy`, ["delete", "compact"]);
  if (cleanupPolicy === "compact" && key === "record") {
    properties.problem(
      `${prefix}cleanup.policy`,
      `Set ${prefix}key=coordinates as well: by the records' own keys compaction would remove reports of other records.`,
    );
  }
  return {
    written: {
      name,
      key,
      keyFormat: properties.oneOf(`${prefix}key.format`, ["string", "json"]),
      valueFormat: properties.oneOf(`${prefix}value.format`, ["json", "string"]),
    },
    made: {
      name,
      cleanupPolicy,
      partitions: properties.integer(`${prefix}partitions`, 1, 10_000),
      replicationFactor: properties.integer(`${prefix}replication.factor`, 1, 100),
    },
  };
}
