/** A local cloud with one ExportDeltaImport, whose target SnowflakeLanding follows. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { ExportDeltaImport } from "../../../components/export-delta-import/exportDeltaImport";
import { requiredPreviewFeatures, SnowflakeLanding } from "../../../components/snowflake-landing/snowflakeLanding";
import { type Services, startServices } from "../../../local/processes/services";
import { sql } from "../../../local/run/counts";
import { openStack } from "../../../local/run/stack";
import { ensureTools } from "../../../local/setup/ensureTools";
import { localFolder } from "../../../local/setup/paths";
import { deployerStatements } from "../snowflake/stage";

const outputNames = [
  "exportsBucketName",
  "targetTableName",
  "registryTableName",
  "lockTableName",
  "workBucketName",
  "stateMachineArn",
  "databaseName",
  "workgroupName",
  "applyFunctionName",
  "applyFailuresUrl",
  "registerQueueUrl",
  "streamName",
] as const;

export type Outputs = Readonly<Record<string, string>>;

export interface ImportsStack {
  readonly services: Services;
  readonly outputs: Outputs;
  close(): Promise<void>;
}

export async function startStack(): Promise<ImportsStack> {
  const tools = await ensureTools();
  const services = await startServices({ tools, logSuffix: "exports" });
  try {
    await sql(services.snowflake.endpoint, `CREATE DATABASE RAW; CREATE SCHEMA RAW.LANDING; ${deployerStatements()}`);
    const stateFolder = join(localFolder, "state-exports");
    await rm(stateFolder, { recursive: true, force: true });
    const local = await openStack({
      tools,
      services,
      name: "exports",
      stateFolder,
      program,
      settings: {
        "aws:region": "us-east-1",
        "snowflake:profile": "local",
        "snowflake:role": "DEPLOYER",
        "snowflake:previewFeaturesEnabled": [...requiredPreviewFeatures],
      },
    });
    const { outputs } = await local.stack.up({ color: "never" });
    return {
      services,
      outputs: Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, String(value)])),
      close: async () => {
        await local.close();
        await services.stop();
      },
    };
  } catch (error) {
    await services.stop();
    throw error;
  }
}

async function program(): Promise<Record<string, unknown>> {
  const imports = new ExportDeltaImport("imports", {
    tables: [
      { table: "typed", keyColumns: ["id"], columns: [{ name: "total", type: "decimal(12,2)" }] },
      { table: "*", keyColumns: ["id"], maxDeletedShare: 0.5 },
    ],
    stream: { shards: 2, batchSize: 100 },
    targetStream: true,
    // The least that Athena takes.
    maxScannedBytes: 10_000_000,
    logRetentionDays: 1,
    allowDestroy: true,
  });
  const { targetTableName: tableName, targetTableArn: tableArn, targetTableStreamArn: streamArn } = imports;
  new SnowflakeLanding("rows", {
    database: "RAW",
    schema: "LANDING",
    dynamoDbTables: [{ name: "EXPORT_ROWS", tableName, tableArn, streamArn }],
    changesWindowSeconds: 1,
    allowDestroy: true,
  });
  return Object.fromEntries(outputNames.map((name) => [name, Reflect.get(imports, name)]));
}
