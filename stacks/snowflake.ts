/** The Snowflake side of a stack: one landing on a bucket of its own, one on the landing bucket of the ingestion. */
import type * as pulumi from "@pulumi/pulumi";
import * as snowflake from "@pulumi/snowflake";
import type { S3ToDynamoDb } from "../components/s3-to-dynamodb/s3ToDynamoDb";
import {
  type SnowflakeDynamoDbTableArgs,
  SnowflakeLanding,
  type SnowflakeTableArgs,
} from "../components/snowflake-landing/snowflakeLanding";
import type { SnowflakeTableSettings, StackConfig } from "./schema";

type Settings = NonNullable<StackConfig["snowflake"]>;

/** By landing: the bucket to drop files into, and what to run next. */
export type SnowflakeOutputs = Readonly<Record<string, LandingOutputs>>;

export interface LandingOutputs {
  readonly bucketName: pulumi.Output<string>;
  readonly roleArn: pulumi.Output<string>;
  readonly loaderRoleName: pulumi.Output<string>;
  readonly copyStatements: pulumi.Output<Record<string, string>>;
  /** SQL that loads files from before the pipe was there. */
  readonly backfillCommands: pulumi.Output<Record<string, string>>;
  /** Commands that start the first full load of a DynamoDB table. */
  readonly snapshotCommands: pulumi.Output<Record<string, string>>;
}

export function snowflakeLandings(
  config: StackConfig,
  settings: Settings,
  ingest: S3ToDynamoDb | undefined,
): SnowflakeOutputs {
  const schema = settings.createDatabase ? createSchema(settings) : undefined;
  const shared = {
    database: schema?.database ?? settings.database,
    schema: schema?.name ?? settings.schema,
    snowflakeRegion: settings.region,
    warehouse: settings.warehouse,
    alarmTopicArn: config.alarmTopicArn,
    logRetentionDays: config.logRetentionDays,
    allowDestroy: config.allowDestroy,
  };
  const ownTables = settings.tables.filter(({ prefix }) => prefix !== undefined).map(fileTable);
  const landingTables = settings.tables.filter(({ landingSource }) => landingSource !== undefined).map(landingTable);
  const dynamoDbTables = ingest && settings.changesView ? [changesOf(ingest, settings.changesView)] : [];
  const outputs: Record<string, LandingOutputs> = {};
  if (ownTables.length > 0 || dynamoDbTables.length > 0) {
    const { bucketNameSuffix } = config;
    const args = { ...shared, bucketNameSuffix, tables: ownTables, dynamoDbTables };
    outputs.files = outputsOf(new SnowflakeLanding("files", args));
  }
  if (ingest && landingTables.length > 0) {
    const bucketName = ingest.landingBucketName;
    outputs.landing = outputsOf(new SnowflakeLanding("landing", { ...shared, bucketName, tables: landingTables }));
  }
  return outputs;
}

function createSchema({ database, schema }: Settings): snowflake.Schema {
  const created = new snowflake.Database("database", { name: database });
  return new snowflake.Schema("schema", { name: schema, database: created.name });
}

const delimiters: Readonly<Record<string, string>> = { csv: ",", tsv: "\t", psv: "|" };

function fileTable({ format = "csv", prefix = "", ...table }: SnowflakeTableSettings): SnowflakeTableArgs {
  const delimiter = delimiters[format];
  const { name, columns, sampleFile, schedule } = table;
  return {
    name,
    prefix,
    columns,
    sampleFile,
    schedule,
    ...(delimiter === undefined ? { format } : { format: "csv", delimiter }),
  };
}

/** A source's landing files are NDJSON, whatever the source's own format. */
function landingTable({ name, landingSource, columns, schedule }: SnowflakeTableSettings): SnowflakeTableArgs {
  return { name, prefix: `landing/${landingSource}/`, format: "json", columns, schedule };
}

function changesOf(ingest: S3ToDynamoDb, name: string): SnowflakeDynamoDbTableArgs {
  return { name, tableName: ingest.tableName, tableArn: ingest.tableArn, streamArn: ingest.tableStreamArn };
}

function outputsOf(landing: SnowflakeLanding): LandingOutputs {
  const { bucketName, roleArn, loaderRoleName, copyStatements, backfillCommands, snapshotCommands } = landing;
  return { bucketName, roleArn, loaderRoleName, copyStatements, backfillCommands, snapshotCommands };
}
