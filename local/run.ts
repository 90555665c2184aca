/** `npm run local`: see `local/run/options.ts` for what it does and takes. */
import { readFile } from "node:fs/promises";
import { parseConfig } from "../stacks/config";
import type { StackConfig } from "../stacks/schema";
import { runMain } from "./processes/mainProcess";
import { Ingested } from "./run/ingested";
import { localRun } from "./run/localRun";
import { help, parseOptions, type RunOptions, UsageError } from "./run/options";
import { pipelines } from "./run/pipelines";
import { terminalProgress } from "./run/progress";
import { readSettings } from "./run/stack";
import { configTexts } from "./run/update";
import { type SampleFile, sampleFiles } from "./samples/samples";

async function main(): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\nSee npm run local -- --help`);
    return 2;
  }
}

async function run(): Promise<number> {
  const config = parseConfig("local", configTexts(readSettings("local")));
  const options = parseOptions(process.argv.slice(2), config);
  if (options === undefined) {
    console.log(help);
    return 0;
  }
  if (options.list) {
    list(config);
    return 0;
  }
  const isOwnFiles = options.files.length > 0 || options.exports !== undefined;
  const files = isOwnFiles ? await ownFiles(options) : await sampleFiles();
  const plan = {
    config,
    files,
    isOwnFiles,
    secrets: options.secrets,
    ingested: new Ingested(files),
    exportsFolder: options.exports,
  };
  const planned = pipelines.flatMap((pipelineOf) => pipelineOf(plan) ?? []);
  const passed = await localRun({ options, pipelines: planned, progress: terminalProgress() });
  return passed ? 0 : 1;
}

async function ownFiles({ files }: RunOptions): Promise<SampleFile[]> {
  return Promise.all(
    files.map(async ({ source, path, key }) => ({
      source,
      target: "source" as const,
      name: key,
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

runMain(main);
