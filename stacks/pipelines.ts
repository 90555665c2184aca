/** The components of a stack beside the ingestion and Snowflake, each with what the stack then says of it. */
import { ExportDeltaImport } from "../components/export-delta-import/exportDeltaImport";
import { FivetranConnector } from "../components/fivetran-connector/fivetranConnector";
import { FivetranDbtOrchestration } from "../components/fivetran-dbt-orchestration/fivetranDbtOrchestration";
import { KafkaLambdaSink } from "../components/kafka-lambda-sink/kafkaLambdaSink";
import type { ImportSettings, OrchestrationSettings, StackConfig } from "./schema";
import { ofStack, pick } from "./shared";

/** What to paste into Fivetran's form, and where to look. */
const ofConnector = [
  "fivetranForm",
  "externalId",
  "roleArn",
  "functionName",
  "region",
  "bucketName",
  "logGroupName",
] as const;

/** By connector. */
export type ConnectorOutputs = Readonly<Record<string, Pick<FivetranConnector, (typeof ofConnector)[number]>>>;

export function connectors(config: StackConfig): ConnectorOutputs {
  return byName(config.connectors, ({ name, ...settings }) => {
    const bucketNameSuffix = settings.syncMethod === "s3" ? config.bucketNameSuffix : undefined;
    const args = { ...settings, ...ofStack(config), bucketNameSuffix };
    return pick(new FivetranConnector(`connector-${name}`, args), ofConnector);
  });
}

/** What the brokers have to let in, what another account's role trusts, and where to look. */
const ofKafkaSink = [
  "consumerGroup",
  "securityGroupId",
  "taskRoleArn",
  "clusterArn",
  "serviceName",
  "logGroupName",
  "dashboardUrl",
] as const;

/** By sink. */
export type KafkaSinkOutputs = Readonly<Record<string, Pick<KafkaLambdaSink, (typeof ofKafkaSink)[number]>>>;

export function kafkaSinks(config: StackConfig): KafkaSinkOutputs {
  return byName(config.kafkaSinks, ({ name, ...settings }) => {
    const sink = new KafkaLambdaSink(`kafka-${name}`, { ...settings, ...ofStack(config) });
    return pick(sink, ofKafkaSink);
  });
}

/** What registers the webhook, starts a run, and where to look. */
const ofOrchestration = [
  "groupId",
  "webhookUrl",
  "webhookSecretArn",
  "apiSecretArn",
  "registerWebhookCommand",
  "stateMachineArn",
  "mapMode",
  "waitsTableName",
  "artifactsBucketName",
  "repositoryUrl",
  "clusterArn",
  "dbtLogGroupName",
  "alarmTopicArn",
  "dashboardUrl",
] as const;

export type OrchestrationOutputs = Pick<FivetranDbtOrchestration, (typeof ofOrchestration)[number]>;

export function orchestration(config: StackConfig, settings: OrchestrationSettings): OrchestrationOutputs {
  const args = { ...settings, ...ofStack(config), bucketNameSuffix: config.bucketNameSuffix };
  return pick(new FivetranDbtOrchestration("orchestration", args), ofOrchestration);
}

/** Where exports are uploaded, and what has become of them. */
const ofImports = [
  "exportsBucketName",
  "targetTableName",
  "registryTableName",
  "lockTableName",
  "workBucketName",
  "streamName",
  "stateMachineArn",
  "databaseName",
  "applyFunctionName",
  "applyFailuresUrl",
  "registerDlqUrl",
  "redriveCommand",
  "alarmTopicArn",
] as const;

export type ImportOutputs = Pick<ExportDeltaImport, (typeof ofImports)[number]>;

export function imports(config: StackConfig, settings: ImportSettings): ImportOutputs {
  const args = { ...settings, ...ofStack(config), bucketNameSuffix: config.bucketNameSuffix };
  return pick(new ExportDeltaImport("imports", args), ofImports);
}

function byName<T extends { readonly name: string }, Outputs>(list: readonly T[], make: (settings: T) => Outputs) {
  return Object.fromEntries(list.map((settings) => [settings.name, make(settings)]));
}
