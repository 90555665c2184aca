/** The program of every stack: composes the components that the configuration asks for. */
import { S3ToDynamoDb } from "../components/s3-to-dynamodb/s3ToDynamoDb";
import { type ConnectorOutputs, fivetranConnectors } from "./connectors";
import { type ImportOutputs, imports as importsOf } from "./imports";
import { type KafkaSinkOutputs, kafkaSinks as kafkaSinksOf } from "./kafkaSinks";
import { type OrchestrationOutputs, orchestration as orchestrationOf } from "./orchestration";
import type { StackConfig } from "./schema";
import { type SnowflakeOutputs, snowflakeLandings } from "./snowflake";

/** What a stack says when it is up: where to drop files, what to hand over, what to run next. */
export interface StackOutputs {
  /** Source → bucket to drop its files into. */
  readonly sourceBuckets?: S3ToDynamoDb["sourceBuckets"];
  /** Source → policy and notification that another account's bucket needs. */
  readonly foreignBucketPolicies?: S3ToDynamoDb["foreignBucketPolicies"];
  readonly tableName?: S3ToDynamoDb["tableName"];
  readonly ledgerTableName?: S3ToDynamoDb["ledgerTableName"];
  readonly landingBucketName?: S3ToDynamoDb["landingBucketName"];
  readonly collectQueueUrl?: S3ToDynamoDb["collectQueueUrl"];
  readonly collectDlqUrl?: S3ToDynamoDb["collectDlqUrl"];
  readonly loadQueueUrl?: S3ToDynamoDb["loadQueueUrl"];
  readonly loadDlqUrl?: S3ToDynamoDb["loadDlqUrl"];
  readonly collectFunctionName?: S3ToDynamoDb["collectFunctionName"];
  readonly loadFunctionName?: S3ToDynamoDb["loadFunctionName"];
  /** What to run when events were missed. */
  readonly replayCommand?: S3ToDynamoDb["replayCommand"];
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
          alarmTopicArn: config.alarmTopicArn,
          logRetentionDays: config.logRetentionDays,
          bucketNameSuffix: config.bucketNameSuffix,
          allowDestroy: config.allowDestroy,
        });
  const snowflake = config.snowflake && snowflakeLandings(config, config.snowflake, ingest);
  const connectors = config.connectors.length > 0 ? fivetranConnectors(config) : undefined;
  const orchestration = config.orchestration && orchestrationOf(config, config.orchestration);
  const imports = config.imports && importsOf(config, config.imports);
  const kafkaSinks = config.kafkaSinks.length > 0 ? kafkaSinksOf(config) : undefined;
  return {
    ...(ingest && {
      sourceBuckets: ingest.sourceBuckets,
      foreignBucketPolicies: ingest.foreignBucketPolicies,
      tableName: ingest.tableName,
      ledgerTableName: ingest.ledgerTableName,
      landingBucketName: ingest.landingBucketName,
      collectQueueUrl: ingest.collectQueueUrl,
      collectDlqUrl: ingest.collectDlqUrl,
      loadQueueUrl: ingest.loadQueueUrl,
      loadDlqUrl: ingest.loadDlqUrl,
      collectFunctionName: ingest.collectFunctionName,
      loadFunctionName: ingest.loadFunctionName,
      replayCommand: ingest.replayCommand,
    }),
    ...(snowflake && { snowflake }),
    ...(connectors && { connectors }),
    ...(orchestration && { orchestration }),
    ...(imports && { imports }),
    ...(kafkaSinks && { kafkaSinks }),
  };
}
