/** Tables and views in Snowflake: files put to their stage, landing files of sources, and the table's changes. */
import { PutObjectCommand } from "@aws-sdk/client-s3";
import type { StackConfig } from "../../stacks/schema";
import { fetchJson } from "../processes/localFetch";
import type { SampleFile } from "../samples/samples";
import type { RootClients } from "./clients";
import { countRows, fileKey, type PipeFile, pipeHistory, type Quarantined, readQuarantine } from "./counts";
import { type Entries, type Ingested, isSettled } from "./ingested";
import type { Pipeline, Plan, Run } from "./pipeline";
import { number } from "./print";
import type { FileReport, Outcome } from "./report";
import { secondsSince, until } from "./waiting";

type SnowflakeSettings = NonNullable<StackConfig["snowflake"]>;

/** A table or view of the stack, and where its rows come from. */
export interface SnowflakeTable {
  /** `DATABASE.SCHEMA.NAME` */
  readonly name: string;
  readonly pipe?: string;
  readonly landingSource?: string;
  /** The view of the DynamoDB table's newest state. */
  readonly isView: boolean;
  /** The files that are put to its stage. */
  readonly staged: readonly SampleFile[];
  /** The files whose rows come to it by DynamoDB or the landing bucket. */
  readonly fed: readonly SampleFile[];
}

export function snowflake({ config, files, ingested }: Plan): Pipeline | undefined {
  const settings = config.snowflake;
  const staged = files.filter(({ target }) => target === "snowflake");
  if (settings === undefined) return undefined;
  return {
    name: "Snowflake",
    title: staged.length > 0 ? `Sending ${staged.length} file(s) to Snowflake's stage` : undefined,
    async send({ clients, outputs }) {
      for (const { source, name, body } of staged) {
        const { prefix } = settings.tables.find((table) => table.name === source) ?? {};
        const Bucket = outputs.snowflake.files?.bucketName;
        if (prefix === undefined || Bucket === undefined)
          throw new Error(`the stack has no table ${source} with files`);
        await clients.s3.send(new PutObjectCommand({ Bucket, Key: prefix + name, Body: body }));
      }
    },
    async wait(run) {
      const tables = await tablesOf(run, settings, staged, ingested.files);
      return settle(run, tables, ingested);
    },
  };
}

/** Tables and views of the configuration to which files lead, with the pipes that load them. */
async function tablesOf(
  { services }: Run,
  { database, schema, tables, changesView }: SnowflakeSettings,
  staged: readonly SampleFile[],
  sent: readonly SampleFile[],
): Promise<SnowflakeTable[]> {
  const { pipes } = await fetchJson<{ pipes: { name: string; copyStatement: string }[] }>(
    `${services.snowflake.endpoint}/_local/pipes`,
  );
  const pipeOf = (table: string): string | undefined =>
    pipes.find(({ copyStatement }) => copyStatement.includes(`"${schema}"."${table}" (`))?.name;
  const found: SnowflakeTable[] = tables.map(({ name, landingSource }) => ({
    name: `${database}.${schema}.${name}`,
    pipe: pipeOf(name),
    landingSource,
    isView: false,
    staged: staged.filter(({ source }) => source === name),
    fed: sent.filter(({ source }) => source === landingSource),
  }));
  if (changesView !== undefined) {
    const name = `${database}.${schema}.${changesView}`;
    found.push({ name, pipe: pipeOf(`${changesView}_CHANGES`), isView: true, staged: [], fed: sent });
  }
  return found.filter(({ staged, fed }) => staged.length + fed.length > 0);
}

interface Look {
  readonly rows: number;
  readonly history: readonly PipeFile[];
  /** Undefined: what feeds the table isn't settled. */
  readonly expected: number | undefined;
}

async function settle(run: Run, tables: readonly SnowflakeTable[], ingested: Ingested): Promise<Outcome> {
  const start = Date.now();
  const seconds = new Map<string, number>();
  const seen = new Map<string, Look>();
  const look = async (table: SnowflakeTable) => {
    const found = await lookAt(run, table, ingested);
    seen.set(table.name, found);
    if (found.expected !== undefined && found.rows + errorsOf(found.history) >= found.expected) {
      if (!seconds.has(table.name)) seconds.set(table.name, secondsSince(start));
    }
  };
  await until(run.timeoutSeconds, async () => {
    for (const table of tables) if (!seconds.has(table.name)) await look(table);
    const rows = [...seen.values()].reduce((sum, each) => sum + each.rows, 0);
    run.tell(`${seconds.size} of ${tables.length} tables complete, ${number(rows)} rows`);
    return seconds.size === tables.length;
  });
  // Counted at the end by the store itself: what came twice shows as too many.
  for (const table of tables) {
    const rows = await countRows(run.services.snowflake.endpoint, table.name);
    seen.set(table.name, { ...(seen.get(table.name) ?? { history: [], expected: undefined }), rows });
  }
  const reports = tables.map((table) => tableReport(table, seen.get(table.name), seconds.get(table.name)));
  const late = reports.filter((report) => report.seconds === null);
  return {
    files: reports,
    tables: tables.map(({ name }) => ({ name, rows: seen.get(name)?.rows ?? 0 })),
    lines: await untypedLines(run.clients, run, tables, ingested),
    problems: late.map(({ source }) => `Snowflake, ${source}: isn't complete within ${run.timeoutSeconds} s`),
  };
}

async function lookAt(run: Run, table: SnowflakeTable, ingested: Ingested): Promise<Look> {
  const { endpoint } = run.services.snowflake;
  const history = table.pipe ? await pipeHistory(endpoint, table.pipe) : [];
  const entries = await ingested.entries(run);
  const byPipe = history.reduce((sum, { rows }) => sum + rows, 0);
  const isFed = table.fed.every(({ source, name }) => isSettled(entries.get(fileKey(source, name))));
  const expected = isFed ? await expectedRows(run, table, ingested, entries) : undefined;
  // Counting takes the server's time from loading, so it begins when the pipe says that everything is in.
  const isLoading = table.pipe !== undefined && (expected === undefined || byPipe + errorsOf(history) < expected);
  return { history, expected, rows: isLoading ? byPipe : await countRows(endpoint, table.name) };
}

/** Of files that feed it: a view has what the table has, a table of landing files what landed. */
async function expectedRows(run: Run, table: SnowflakeTable, ingested: Ingested, entries: Entries): Promise<number> {
  const staged = table.staged.reduce((sum, { records = 0 }) => sum + records, 0);
  if (table.fed.length === 0) return staged;
  const counts: ReadonlyMap<string, number> = table.isView
    ? await ingested.items(run)
    : new Map([...entries].map(([key, { landed }]) => [key, landed]));
  return table.fed.reduce((sum, { source, name }) => sum + (counts.get(fileKey(source, name)) ?? 0), staged);
}

function tableReport(
  { name, isView, landingSource, staged }: SnowflakeTable,
  look: Look | undefined,
  seconds: number | undefined,
): FileReport {
  const history = look?.history ?? [];
  const files = staged.map((file) => file.name).join(", ");
  return {
    target: name,
    pipeline: isView ? "table changes" : "SnowflakeLanding",
    source: name.split(".").at(-1) ?? name,
    file: files || (isView ? "changes of the table" : `landing/${landingSource}/`),
    read: look?.expected ?? 0,
    loaded: look?.rows ?? 0,
    quarantined: errorsOf(history),
    reasons: history.flatMap(({ file, firstError }) =>
      firstError ? [{ record: 0, reason: `${file}: ${firstError}` }] : [],
    ),
    seconds: seconds ?? null,
  };
}

/** A table of landing files has what DynamoDB refused, too: the files land before fields get their types. */
async function untypedLines(
  clients: RootClients,
  { outputs }: Run,
  tables: readonly SnowflakeTable[],
  { files }: Ingested,
): Promise<string[]> {
  const landing = tables.filter(({ landingSource }) => landingSource !== undefined);
  if (landing.length === 0 || files.length === 0) return [];
  const quarantine = await readQuarantine(clients, outputs.landingBucketName);
  return landing.flatMap(({ name, fed }) => {
    const count = fed.reduce((sum, file) => sum + untyped(quarantine.get(fileKey(file.source, file.name)) ?? []), 0);
    if (count === 0) return [];
    return `${name} has ${number(count)} records that are in quarantine, not in DynamoDB: its rows are the landing files', before fields get their types`;
  });
}

function untyped(records: readonly Quarantined[]): number {
  return records.filter(({ stage }) => stage === "load").length;
}

function errorsOf(history: readonly PipeFile[]): number {
  return history.reduce((sum, { errors }) => sum + errors, 0);
}
