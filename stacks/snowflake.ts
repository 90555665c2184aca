/** The Snowflake side of a stack: one landing on a bucket of its own, one on the landing bucket of the ingestion. */
import * as snowflake from "@pulumi/snowflake";
import type { S3ToDynamoDb } from "../components/s3-to-dynamodb/s3ToDynamoDb";
import {
  type SnowflakeDynamoDbTableArgs,
  SnowflakeLanding,
  type SnowflakeTableArgs,
} from "../components/snowflake-landing/snowflakeLanding";
import type { StackConfig } from "./schema";
import { ofStack, pick } from "./shared";
import type { SnowflakeSettings, SnowflakeTableSettings } from "./snowflakeSchema";

/** The bucket to drop files into, how to load what is there already, and SQL for the owner of database and schema. */
const ofLanding = [
  "bucketName",
  "roleArn",
  "loaderRoleName",
  "copyStatements",
  "backfillCommands",
  "pipes",
  "ownerGrants",
  "snapshotCommands",
] as const;

type LandingOutputs = Pick<SnowflakeLanding, (typeof ofLanding)[number]>;

/** By landing. */
export type SnowflakeOutputs = Readonly<Record<string, LandingOutputs>>;

export function snowflakeLandings(
  config: StackConfig,
  settings: SnowflakeSettings,
  ingest: S3ToDynamoDb | undefined,
): SnowflakeOutputs {
  const schema = settings.createDatabase ? createSchema(settings, config.allowDestroy) : undefined;
  const shared = {
    database: schema?.database ?? settings.database,
    schema: schema?.name ?? settings.schema,
    snowflakeRegion: settings.region,
    warehouse: settings.warehouse,
    ...ofStack(config),
    timeTravelDays: settings.timeTravelDays,
    grantUsage: settings.grantUsage,
    mergeSchedule: settings.mergeSchedule,
    changesRetentionDays: settings.changesRetentionDays,
  };
  const ownTables = settings.tables.filter(({ prefix }) => prefix !== undefined).map(fileTable);
  const landingTables = settings.tables.filter(({ landingSource }) => landingSource !== undefined).map(landingTable);
  const dynamoDbTables = ingest && settings.changesView ? [changesOf(ingest, settings.changesView)] : [];
  const outputs: Record<string, LandingOutputs> = {};
  if (ownTables.length > 0 || dynamoDbTables.length > 0) {
    const { bucketNameSuffix } = config;
    const args = { ...shared, bucketNameSuffix, tables: ownTables, dynamoDbTables };
    outputs.files = pick(new SnowflakeLanding("files", args), ofLanding);
  }
  if (ingest && landingTables.length > 0) {
    const bucketName = ingest.landingBucketName;
    const landing = new SnowflakeLanding("landing", { ...shared, bucketName, tables: landingTables });
    outputs.landing = pick(landing, ofLanding);
  }
  return outputs;
}

/** Dropping a database drops its tables, whatever protects these: so both stay, unless the stack may be destroyed. */
function createSchema({ database, schema }: SnowflakeSettings, allowDestroy: boolean): snowflake.Schema {
  const keep = { protect: !allowDestroy, retainOnDelete: !allowDestroy };
  const created = new snowflake.Database("database", { name: database }, keep);
  return new snowflake.Schema("schema", { name: schema, database: created.name }, keep);
}

const delimiters: Readonly<Record<string, string>> = { csv: ",", tsv: "\t", psv: "|" };

function fileTable({
  format = "csv",
  prefix = "",
  landingSource: _,
  ...table
}: SnowflakeTableSettings): SnowflakeTableArgs {
  const delimiter = delimiters[format];
  return { ...table, prefix, format: delimiter === undefined ? format : "csv", delimiter };
}

/** A source's landing files are NDJSON, whatever the source's own format. */
function landingTable({ landingSource, ...table }: SnowflakeTableSettings): SnowflakeTableArgs {
  return { ...table, prefix: `landing/${landingSource}/`, format: "json" };
}

function changesOf(ingest: S3ToDynamoDb, name: string): SnowflakeDynamoDbTableArgs {
  return { name, tableName: ingest.tableName, tableArn: ingest.tableArn, streamArn: ingest.tableStreamArn };
}
