/** Sends files into their buckets and waits until the pipelines are done with them. */
import { paginateQuery } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import type { SampleFile } from "../samples/samples";
import { fetchJson, type RootClients } from "./clients";
import { countItems, countRows, fileKey, type PipeFile, pipeHistory } from "./counts";
import type { LocalOutputs } from "./outputs";
import type { Progress } from "./progress";

/** A Snowflake table or view of the local stack, and where its rows come from. */
export interface SnowflakeTable {
  /** `DATABASE.SCHEMA.NAME` */
  readonly name: string;
  readonly pipe?: string;
  readonly prefix?: string;
  readonly landingSource?: string;
  /** The view of the DynamoDB table's newest state. */
  readonly isView: boolean;
}

export interface Arrival {
  readonly items: ReadonlyMap<string, number>;
  /** Rows by name of table. */
  readonly rows: ReadonlyMap<string, number>;
  readonly history: ReadonlyMap<string, readonly PipeFile[]>;
  /** What the ledger says of each file: how many records were read. */
  readonly read: ReadonlyMap<string, number>;
  /** Seconds from the upload until the file was done. */
  readonly seconds: ReadonlyMap<string, number>;
  readonly isComplete: boolean;
}

export async function upload(
  { s3 }: RootClients,
  outputs: LocalOutputs,
  files: readonly SampleFile[],
  tables: readonly SnowflakeTable[],
): Promise<void> {
  for (const { source, target, name, body } of files) {
    if (target === "source") {
      await s3.send(new PutObjectCommand({ Bucket: outputs.sourceBuckets[source], Key: name, Body: body }));
    } else {
      const prefix = tables.find((table) => table.name.endsWith(`.${source}`))?.prefix;
      const Bucket = outputs.snowflake.files?.bucketName;
      if (prefix === undefined || Bucket === undefined)
        throw new Error(`the local stack has no table ${source} with files`);
      await s3.send(new PutObjectCommand({ Bucket, Key: prefix + name, Body: body }));
    }
  }
}

export interface WaitArgs {
  readonly clients: RootClients;
  readonly snowflakeEndpoint: string;
  readonly outputs: LocalOutputs;
  readonly files: readonly SampleFile[];
  readonly tables: readonly SnowflakeTable[];
  readonly timeoutSeconds: number;
  readonly progress: Progress;
}

/** Polls the stores until everything is there, or the time is over: then what is there by then. */
export async function waitForArrival(args: WaitArgs): Promise<Arrival> {
  const { files, tables, snowflakeEndpoint } = args;
  const start = Date.now();
  const seconds = new Map<string, number>();
  const all = files.length + tables.length;
  let items: Promise<Arrival["items"]> | undefined;
  for (;;) {
    const arrival = await look(args);
    const open = openOnes(args, arrival);
    const now = (Date.now() - start) / 1000;
    for (const key of [...files.map((f) => fileKey(f.source, f.name)), ...tables.map(({ name }) => name)]) {
      if (!seconds.has(key) && !open.includes(key)) seconds.set(key, now);
    }
    args.progress.waiting(
      "files and tables",
      `${all - open.length} of ${all} complete, ${number(sum(arrival.loaded.values()))} records in DynamoDB, ` +
        `${number(sum(arrival.rows.values()))} rows in Snowflake`,
    );
    const isOver = open.length === 0 || now > args.timeoutSeconds;
    // The scan takes a while: it begins as soon as nothing more is written.
    if (isOver || arrival.settled.size >= files.filter(({ target }) => target === "source").length) {
      items ??= countItems(args.clients, args.outputs.tableName);
      // It is awaited when the wait is over; until then a failure has nobody who hears of it.
      items.catch(() => undefined);
    }
    if (isOver && items) {
      const rows = new Map<string, number>();
      for (const { name } of tables) rows.set(name, await countRows(snowflakeEndpoint, name));
      return { ...arrival, rows, items: await items, seconds, isComplete: open.length === 0 };
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

type Look = Omit<Arrival, "seconds" | "isComplete" | "items"> & {
  /** By the ledger's word, to know when to count. */
  readonly loaded: ReadonlyMap<string, number>;
  readonly settled: ReadonlySet<string>;
};

async function look({ clients, outputs, snowflakeEndpoint, files, tables }: WaitArgs): Promise<Look> {
  const ledger = await readLedger(clients, outputs.ledgerTableName, sourcesOf(files));
  const settled = new Set([...ledger].filter(([, { isDone }]) => isDone).map(([key]) => key));
  const read = new Map([...ledger].map(([key, entry]) => [key, entry.read]));
  const loaded = new Map([...ledger].map(([key, entry]) => [key, entry.loaded]));
  const rows = new Map<string, number>();
  const history = new Map<string, readonly PipeFile[]>();
  for (const table of tables) {
    const { name, pipe } = table;
    const piped = pipe ? await pipeHistory(snowflakeEndpoint, pipe) : [];
    if (pipe) history.set(name, piped);
    const byPipe = sum(piped.map((file) => file.rows));
    // Counting takes the server's time from loading, so it begins when the pipe says that everything is in.
    const isLoading = pipe !== undefined && byPipe + errorsOf(piped) < expectedRows(table, files, loaded);
    rows.set(name, isLoading ? byPipe : await countRows(snowflakeEndpoint, name));
  }
  return { loaded, rows, history, read, settled };
}

/** What isn't complete yet: files by their key, tables by their name. */
function openOnes({ files, tables }: WaitArgs, { loaded, rows, history, settled }: Look): string[] {
  const open = keysOf(files).filter((key) => !settled.has(key));
  for (const table of tables) {
    const { name } = table;
    const staged = stagedOf(table, files).map((file) => fileKey(file.source, file.name));
    const arrived = (rows.get(name) ?? 0) + errorsOf(history.get(name) ?? []);
    const isWaiting = keysOf(feedingOf(table, files)).some((key) => !settled.has(key));
    if (isWaiting || arrived < expectedRows(table, files, loaded)) open.push(name, ...staged);
  }
  return open;
}

/** Rows that a table is to have, by what is in DynamoDB so far. */
function expectedRows(table: SnowflakeTable, files: readonly SampleFile[], loaded: ReadonlyMap<string, number>) {
  const fed = sum(keysOf(feedingOf(table, files)).map((key) => loaded.get(key) ?? 0));
  return fed + sum(stagedOf(table, files).map(({ records = 0 }) => records));
}

/** The files whose rows come to the table by DynamoDB or the landing bucket. */
function feedingOf({ landingSource, isView }: SnowflakeTable, files: readonly SampleFile[]): SampleFile[] {
  return files.filter(({ source, target }) => target === "source" && (isView || source === landingSource));
}

/** The files that are put to the table's stage. */
function stagedOf({ name }: SnowflakeTable, files: readonly SampleFile[]): SampleFile[] {
  return files.filter(({ source, target }) => target === "snowflake" && name.endsWith(`.${source}`));
}

function keysOf(files: readonly SampleFile[]): string[] {
  return files.filter(({ target }) => target === "source").map(({ source, name }) => fileKey(source, name));
}

function errorsOf(history: readonly PipeFile[]): number {
  return sum(history.map(({ errors }) => errors));
}

interface LedgerState {
  readonly isDone: boolean;
  readonly read: number;
  readonly loaded: number;
}

async function readLedger({ dynamoDb }: RootClients, TableName: string, sources: readonly string[]) {
  const found = new Map<string, LedgerState>();
  for (const source of sources) {
    const pages = paginateQuery(
      { client: dynamoDb },
      { TableName, KeyConditionExpression: "pk = :s", ExpressionAttributeValues: { ":s": { S: source } } },
    );
    for await (const { Items = [] } of pages) {
      for (const { objectKey, status, read, loaded } of Items) {
        if (!objectKey?.S) continue;
        const isDone = status?.S === "loaded" || status?.S === "quarantined";
        found.set(fileKey(source, objectKey.S), { isDone, read: Number(read?.N ?? 0), loaded: Number(loaded?.N ?? 0) });
      }
    }
  }
  return found;
}

function sourcesOf(files: readonly SampleFile[]): string[] {
  return [...new Set(files.filter(({ target }) => target === "source").map(({ source }) => source))];
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const each of numbers) total += each;
  return total;
}

/** Tables and views of the stack's configuration, with the pipes that load them. */
export async function snowflakeTables(
  snowflakeEndpoint: string,
  settings: {
    database: string;
    schema: string;
    tables: readonly { name: string; prefix?: string; landingSource?: string }[];
    changesView?: string;
  },
): Promise<SnowflakeTable[]> {
  const place = `${settings.database}.${settings.schema}`;
  const { pipes } = await fetchJson<{ pipes: { name: string; copyStatement: string }[] }>(
    `${snowflakeEndpoint}/_local/pipes`,
  );
  const pipeOf = (table: string): string | undefined =>
    pipes.find(({ copyStatement }) => copyStatement.includes(`"${settings.schema}"."${table}" (`))?.name;
  const tables = settings.tables.map(({ name, prefix, landingSource }) => ({
    name: `${place}.${name}`,
    pipe: pipeOf(name),
    prefix,
    landingSource,
    isView: false,
  }));
  return settings.changesView === undefined
    ? tables
    : [
        ...tables,
        { name: `${place}.${settings.changesView}`, pipe: pipeOf(`${settings.changesView}_CHANGES`), isView: true },
      ];
}
