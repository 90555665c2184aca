import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parseSinkConfig, type SinkConfig } from "../../functions/kafka-lambda-sink/config/config";
import { readConnectorFile } from "../../functions/kafka-lambda-sink/config/file";
import { isSecretKey } from "../../functions/kafka-lambda-sink/config/keys";
import { type ConnectorProperties, SinkConfigError } from "../../functions/kafka-lambda-sink/config/properties";
import type { ArgumentCheck } from "../parts/arguments";
import { deployedName } from "../parts/naming";
import type { KafkaLambdaSinkArgs } from "./args";

/** The sink's settings: the connector's keys and values, some of which are only known later. */
export type ConnectorInputs = Readonly<Record<string, pulumi.Input<string>>>;

export interface ConnectorPlan {
  readonly properties: ConnectorInputs;
  /** As the sink will read it; of what isn't known yet, and of secrets, a stand-in has its place. */
  readonly parsed: SinkConfig;
  /** What is taken without effect. */
  readonly notices: readonly string[];
}

/** The arguments that stand for a key each. */
const keyOf = {
  functionArn: "aws.lambda.function.name",
  bootstrapServers: "bootstrap.servers",
  invocationType: "aws.lambda.invocation.type",
  behaviorOnError: "behavior.on.error",
  failScope: "sink.fail.scope",
  resultTopic: "reporter.result.topic.name",
  errorTopic: "reporter.error.topic.name",
  keyConverter: "key.converter",
  valueConverter: "value.converter",
} as const satisfies Partial<Record<keyof KafkaLambdaSinkArgs, string>>;

const withRegistry: ReadonlySet<string> = new Set(["avro", "protobuf", "json-schema"]);

/** What each way of signing in comes to, by key; the secret's keys by variable. */
const signIns: Readonly<Record<string, { readonly keys: ConnectorProperties; readonly secret?: readonly string[] }>> = {
  none: { keys: { "security.protocol": "PLAINTEXT" } },
  tls: { keys: { "security.protocol": "SSL" } },
  scram: { keys: sasl("SCRAM-SHA-512"), secret: ["username", "password"] },
  plain: { keys: sasl("PLAIN"), secret: ["username", "password"] },
  iam: { keys: { "security.protocol": "SASL_SSL", "sasl.mechanism": "AWS_MSK_IAM" } },
  mtls: {
    keys: {
      "security.protocol": "SSL",
      "ssl.keystore.certificate.chain": `\${env:${variableOf("certificate")}}`,
      "ssl.keystore.key": `\${env:${variableOf("privateKey")}}`,
    },
    secret: ["certificate", "privateKey"],
  },
};

function sasl(mechanism: string): ConnectorProperties {
  return {
    "security.protocol": "SASL_SSL",
    "sasl.mechanism": mechanism,
    "sasl.username": `\${env:${variableOf("username")}}`,
    "sasl.password": `\${env:${variableOf("password")}}`,
  };
}

function variableOf(key: string): string {
  return `KAFKA_${key.replace(/[A-Z]/g, "_$&").toUpperCase()}`;
}

/** The variables of the container that come from secrets. @throws ArgumentError */
export function secretVariables(check: ArgumentCheck, args: KafkaLambdaSinkArgs) {
  const { authentication, brokerSecretArn, secrets = [] } = args;
  if (authentication !== undefined) check.oneOf("authentication", authentication, Object.keys(signIns));
  const keys = signIns[authentication ?? ""]?.secret ?? [];
  if (keys.length > 0 && brokerSecretArn === undefined) {
    check.fail("brokerSecretArn", undefined, `Give the ARN of the secret with ${keys.join(" and ")}.`);
  }
  if (keys.length === 0 && brokerSecretArn !== undefined) {
    check.fail(
      "brokerSecretArn",
      brokerSecretArn,
      "It is for authentication scram, plain and mtls; use secrets instead.",
    );
  }
  if (brokerSecretArn !== undefined) check.arn("brokerSecretArn", brokerSecretArn, "secretsmanager");
  const own = keys.map((key) => ({ variable: variableOf(key), secretArn: brokerSecretArn ?? "", key }));
  for (const [i, { variable, secretArn, key }] of secrets.entries()) {
    check.matches(`secrets[${i}].variable`, variable, /^[A-Z][A-Z0-9_]*$/, "Use capital letters, digits and _.");
    check.matches(`secrets[${i}].key`, key, /\S/, "Give a key of the secret's JSON text.");
    check.arn(`secrets[${i}].secretArn`, secretArn, "secretsmanager");
  }
  return [...own, ...secrets];
}

/** Puts the arguments, the file and `config` together. @throws ArgumentError */
export function connectorPlan(
  check: ArgumentCheck,
  name: string,
  args: KafkaLambdaSinkArgs,
  variables: ReadonlySet<string>,
): ConnectorPlan {
  const properties: Record<string, pulumi.Input<string>> = { name: deployedName(name) };
  Object.assign(properties, fileOf(check, args.connectorFile));
  const add = (path: string, key: string, value: pulumi.Input<string>): void => {
    if (key !== "name" && properties[key] !== undefined) {
      check.fail(path, value, `The configuration has ${key} already; give it once.`);
    }
    properties[key] = value;
  };
  for (const [key, value] of Object.entries(args.config ?? {})) add(`config["${key}"]`, key, value);
  for (const [argument, value] of typedKeys(args)) add(argument[0], argument[1], value);
  for (const [key, value] of Object.entries(properties)) checkSecrets(check, key, value, variables);
  return { properties, ...parsed(check, properties, variables) };
}

function typedKeys(args: KafkaLambdaSinkArgs): [path: readonly [string, string], value: pulumi.Input<string>][] {
  const found: [readonly [string, string], pulumi.Input<string>][] = [];
  for (const [argument, key] of Object.entries(keyOf)) {
    const value = args[argument as keyof typeof keyOf];
    if (value !== undefined) found.push([[argument, key], value]);
  }
  if (args.topics !== undefined) found.push([["topics", "topics"], args.topics.join(",")]);
  if (args.batchSize !== undefined) found.push([["batchSize", "aws.lambda.batch.size"], String(args.batchSize)]);
  const { schemaRegistryUrl } = args;
  for (const converter of ["keyConverter", "valueConverter"] as const) {
    if (schemaRegistryUrl === undefined || !withRegistry.has(args[converter] ?? "")) continue;
    found.push([["schemaRegistryUrl", `${keyOf[converter]}.schema.registry.url`], schemaRegistryUrl]);
  }
  for (const [key, value] of Object.entries(signIns[args.authentication ?? ""]?.keys ?? {})) {
    found.push([["authentication", key], String(value)]);
  }
  return found;
}

function fileOf(check: ArgumentCheck, path: string | undefined): Record<string, string> {
  if (path === undefined) return {};
  if (!existsSync(path)) check.fail("connectorFile", path, `There is no file ${resolve(path)}.`);
  try {
    const read = readConnectorFile(readFileSync(path, "utf8"), path);
    return Object.fromEntries(Object.entries(read).map(([key, value]) => [key, String(value)]));
  } catch (error) {
    if (!(error instanceof SinkConfigError)) throw error;
    return check.fail("connectorFile", path, error.message);
  }
}

const reference = /\$\{env:([^}]*)\}/g;

/** Anyone who may look at the task definition reads the configuration: secrets stand there by reference. */
function checkSecrets(
  check: ArgumentCheck,
  key: string,
  value: pulumi.Input<string>,
  variables: ReadonlySet<string>,
): void {
  if (typeof value !== "string") return;
  const path = `config["${key}"]`;
  for (const [, name = ""] of value.matchAll(reference)) {
    if (!variables.has(name)) {
      check.fail(path, value, `Name the variable ${name} in secrets, with the secret that it is read from.`);
    }
  }
  if (isSecretKey(key) && value !== "" && !/\$\{env:/.test(value)) {
    check.fail(
      path,
      "a secret",
      `It would stand in the task definition: put it into Secrets Manager, name it in secrets, and write \${env:VARIABLE} here.`,
    );
  }
}

/** In place of what is only known later: of the form that the check asks for. */
const standIns: Readonly<Record<string, string>> = {
  "aws.lambda.function.name": "arn:aws:lambda:us-east-1:000000000000:function:later",
  "bootstrap.servers": "later:9092",
};
/** In place of a secret's value: what any of the keys takes. */
const SECRET = '-----BEGIN username="later" password="later";';

function parsed(
  check: ArgumentCheck,
  properties: ConnectorInputs,
  variables: ReadonlySet<string>,
): Pick<ConnectorPlan, "parsed" | "notices"> {
  const known = Object.entries(properties).map(([key, value]): [string, string] => [
    key,
    typeof value === "string" ? value : (standIns[key] ?? "later"),
  ]);
  try {
    const { config, notices } = parseSinkConfig(Object.fromEntries(known), (variable) =>
      variables.has(variable) ? SECRET : undefined,
    );
    return { parsed: config, notices };
  } catch (error) {
    if (!(error instanceof SinkConfigError)) throw error;
    return check.fail("config", "not valid", error.message);
  }
}

/** The configuration as the container is given it. */
export function configText(properties: ConnectorInputs): pulumi.Output<string> {
  return pulumi.jsonStringify(properties);
}
