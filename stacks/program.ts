/** The program of every stack: composes the components that the configuration asks for. */
import { S3ToDynamoDb } from "../components/s3-to-dynamodb/s3ToDynamoDb";
import {
  type ConnectorOutputs,
  connectors,
  type ImportOutputs,
  imports,
  type KafkaSinkOutputs,
  kafkaSinks,
  type OrchestrationOutputs,
  orchestration,
} from "./pipelines";
import type { StackConfig } from "./schema";
import { ofStack, pick } from "./shared";
import { type SnowflakeOutputs, snowflakeLandings } from "./snowflake";

/** Where to drop files, what another account's bucket needs, and what to run when events were missed. */
const ofIngestion = [
  "sourceBuckets",
  "foreignBucketPolicies",
  "tableName",
  "ledgerTableName",
  "landingBucketName",
  "collectQueueUrl",
  "collectDlqUrl",
  "loadQueueUrl",
  "loadDlqUrl",
  "collectFunctionName",
  "loadFunctionName",
  "replayCommand",
  "redriveCommands",
] as const;

/** What a stack says when it is up: where to drop files, what to hand over, what to run next. */
export interface StackOutputs extends Partial<Pick<S3ToDynamoDb, (typeof ofIngestion)[number]>> {
  readonly snowflake?: SnowflakeOutputs;
  /** By connector: what to paste into Fivetran's form. */
  readonly connectors?: ConnectorOutputs;
  /** What registers the webhook, starts a run, and where to look. */
  readonly orchestration?: OrchestrationOutputs;
  /** Where exports are uploaded, and what has become of them. */
  readonly imports?: ImportOutputs;
  /** By sink: what the brokers have to let in, and where to look. */
  readonly kafkaSinks?: KafkaSinkOutputs;
}

export function program(config: StackConfig): StackOutputs {
  const ingest =
    config.sources.length === 0
      ? undefined
      : new S3ToDynamoDb("ingest", {
          sources: config.sources,
          stream: config.snowflake?.changesView !== undefined,
          bucketNameSuffix: config.bucketNameSuffix,
          ...ofStack(config),
        });
  const snowflake = config.snowflake && snowflakeLandings(config, config.snowflake, ingest);
  return {
    ...(ingest && pick(ingest, ofIngestion)),
    ...(snowflake && { snowflake }),
    ...(config.connectors.length > 0 && { connectors: connectors(config) }),
    ...(config.orchestration && { orchestration: orchestration(config, config.orchestration) }),
    ...(config.imports && { imports: imports(config, config.imports) }),
    ...(config.kafkaSinks.length > 0 && { kafkaSinks: kafkaSinks(config) }),
  };
}
