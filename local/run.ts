/** `npm run local`: see `local/run/options.ts` for what it does and takes. */
import { readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { parseConfig } from "../stacks/config";
import type { StackConfig } from "../stacks/schema";
import { type Services, startServices } from "./processes/services";
import { rootClients } from "./run/clients";
import {
  connectorFiles,
  connectorReports,
  connectorTables,
  deployedConnectors,
  playHints,
  syncConnectors,
} from "./run/connectors";
import { readQuarantine } from "./run/counts";
import { judgeIam } from "./run/iam";
import { modelProblems } from "./run/modelProblems";
import { help, parseOptions, type RunOptions, UsageError } from "./run/options";
import type { OrchestrationSurroundings } from "./run/orchestration";
import { localFivetran, runOrchestration } from "./run/orchestrationRun";
import { connectionFiles, connectionTableReports, fileReports, tableReports } from "./run/outcome";
import { formatReport } from "./run/print";
import { terminalProgress } from "./run/progress";
import { type RunReport, shortfalls } from "./run/report";
import { readSettings } from "./run/stack";
import { snowflakeTables, upload, waitForArrival } from "./run/transfer";
import { configTexts, type Updated, updateLocal } from "./run/update";
import { type SampleFile, sampleFiles } from "./samples/samples";
import { ensureTools } from "./setup/ensureTools";
import { startSourceApi } from "./source-api";

const progress = terminalProgress();

async function main(): Promise<number> {
  const config = parseConfig("local", configTexts(readSettings("local")));
  const options = parseOptions(
    process.argv.slice(2),
    config.sources.map(({ name }) => name),
  );
  if (options === undefined) {
    console.log(help);
    return 0;
  }
  if (options.list) {
    list(config);
    return 0;
  }
  progress.step("Tools");
  const tools = await ensureTools({ log });
  progress.step("Local cloud");
  const services = await startServices({ tools, log });
  let surroundings: OrchestrationSurroundings | undefined;
  try {
    surroundings = config.orchestration && (await localFivetran(services, config.orchestration, databaseOf(config)));
    progress.step("pulumi up of the stack local, with the policy pack");
    const updated = await updateLocal(tools, services, surroundings);
    try {
      return await pipelines(config, options, services, { ...updated, surroundings });
    } finally {
      await updated.local.close();
    }
  } finally {
    await surroundings?.fivetran.stop();
    await services.stop();
  }
}

async function pipelines(
  config: StackConfig,
  options: RunOptions,
  services: Services,
  updated: Updated & { readonly surroundings: OrchestrationSurroundings | undefined },
): Promise<number> {
  const { outputs, update, surroundings } = updated;
  const clients = rootClients(services.aws.endpoint);
  const snowflakeEndpoint = services.snowflake.endpoint;
  const tables = config.snowflake ? await snowflakeTables(snowflakeEndpoint, config.snowflake) : [];
  const files = options.files.length > 0 ? await ownFiles(options) : await sampleFiles();
  progress.step(`Sending ${files.length} files`);
  await upload(clients, outputs, files, tables);
  const usesSamples = options.files.length === 0;
  const connectors = usesSamples ? config.connectors.length : 0;
  const settings = usesSamples ? config.orchestration : undefined;
  if (connectors > 0) progress.step(`Calling ${connectors} connectors as Fivetran does`);
  if (settings) progress.step("Running the orchestration: Fivetran's syncs, then dbt");
  progress.step("Waiting until the data is there");
  const timeoutSeconds = options.timeout;
  // Side by side, as in life: none of them needs what another one brings.
  const [arrival, syncs, orchestration] = await Promise.all([
    waitForArrival({ clients, snowflakeEndpoint, outputs, files, tables, timeoutSeconds, progress }),
    connectors > 0
      ? syncConnectors(config, outputs, { awsEndpoint: services.aws.endpoint, snowflakeEndpoint }, progress)
      : [],
    settings && outputs.orchestration && surroundings
      ? runOrchestration({
          ...{ services, clients, surroundings, timeoutSeconds, progress, settings },
          ...{ outputs: outputs.orchestration, database: databaseOf(config) },
        })
      : undefined,
  ]);
  progress.done();
  const quarantine = await readQuarantine(clients, outputs.landingBucketName);
  const report: RunReport = {
    files: [
      ...fileReports(files, tables, arrival, quarantine),
      ...connectorFiles(syncs),
      ...connectionFiles(orchestration),
    ],
    tables: [
      ...tableReports(outputs.tableName, arrival),
      ...connectorTables(syncs),
      ...connectionTableReports(orchestration),
    ],
    connectors: connectorReports(syncs),
    orchestration,
    iam: await judgeIam(services.aws.endpoint, clients, "data-pipelines-local-"),
    update,
  };
  console.log(`\n${formatReport(report)}\n`);
  if (options.report) {
    await writeFile(options.report, `${JSON.stringify(report, null, 2)}\n`);
    console.log(`Report: ${options.report}`);
  }
  const problems = [
    ...(arrival.isComplete ? [] : [`not everything arrived within ${options.timeout} s`]),
    // What one's own file uses of the grants says nothing about the grants.
    ...shortfalls(options.files.length > 0 ? { ...report, iam: { ...report.iam, unused: [] } } : report),
    ...(await modelProblems(services.aws.endpoint)),
  ];
  for (const problem of problems) console.error(`✘ ${problem}`);
  if (problems.length === 0) console.log("✔ Everything arrived.");
  if (options.keep) await keep(config, services, updated);
  return problems.length === 0 ? 0 : 1;
}

/** @throws Error when the stack has none */
function databaseOf({ snowflake }: StackConfig): string {
  if (snowflake === undefined)
    throw new Error("Pulumi.local.yaml has an orchestration, but no snowflake to bring rows to");
  return snowflake.database;
}

async function keep(config: StackConfig, services: Services, { outputs }: Updated): Promise<void> {
  const [source, bucket] = Object.entries(outputs.sourceBuckets).at(-1) ?? [];
  console.log(`
The local cloud stays up until Ctrl-C.
  AWS        ${services.aws.endpoint} (any client: region us-east-1, access key test, secret test)
  Snowflake  ${services.snowflake.endpoint} (connectors: protocol http, account fakesnow, any user and password)
Drop a file into the source ${source}:
  AWS_ENDPOINT_URL=${services.aws.endpoint} AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test \\
    aws s3 cp FILE s3://${bucket}/
Look at the table:
  AWS_ENDPOINT_URL=${services.aws.endpoint} AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test \\
    aws dynamodb scan --table-name ${outputs.tableName} --max-items 5`);
  if (outputs.orchestration) {
    console.log(`Run dbt alone; without the input, the whole orchestration:
  AWS_ENDPOINT_URL=${services.aws.endpoint} AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test \\
    aws stepfunctions start-execution --state-machine-arn ${outputs.orchestration.stateMachineArn} --input '{"include":[]}'`);
  }
  const connectors = deployedConnectors(config.connectors, outputs);
  const api = connectors.length > 0 ? await startSourceApi() : undefined;
  if (api) console.log(playHints(connectors, services.aws.endpoint, api.url));
  await new Promise((resolve) => process.once("SIGINT", resolve));
  await api?.stop();
}

async function ownFiles({ files }: RunOptions): Promise<SampleFile[]> {
  return Promise.all(
    files.map(async ({ source, path }) => ({
      source,
      target: "source" as const,
      name: basename(path),
      body: await readFile(path),
    })),
  );
}

function list({ sources, connectors, snowflake }: StackConfig): void {
  console.log("Sources of the local stack:");
  for (const { name, format = "auto", compression = "auto", keyFields = [] } of sources) {
    const key = keyFields.length > 0 ? `keyed by ${keyFields.join(", ")}` : "keyed by upload record";
    console.log(`  ${name.padEnd(24)} format ${format}, compression ${compression}, ${key}`);
  }
  console.log("Fivetran connectors:");
  for (const { name, entry, syncMethod = "direct" } of connectors) {
    console.log(`  ${name.padEnd(24)} ${entry}, sync method ${syncMethod}`);
  }
  console.log("Tables in Snowflake:");
  for (const { name, prefix, landingSource } of snowflake?.tables ?? []) {
    console.log(`  ${name.padEnd(24)} from ${prefix ?? `landing files of ${landingSource}`}`);
  }
  if (snowflake?.changesView) console.log(`  ${snowflake.changesView.padEnd(24)} newest state of the DynamoDB table`);
}

function log(line: string): void {
  console.log(`  ${line}`);
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    if (error instanceof UsageError) {
      console.error(`${error.message}\nSee npm run local -- --help`);
      process.exitCode = 2;
    } else {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    }
  },
);
