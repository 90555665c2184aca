/** What successive exports differ in, reckoned by DuckDB's own CSV reader and set operations: nothing of the import's code. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { ImportSettings } from "../../stacks/schema";
import type { ExportFile } from "../samples/exports";

type TableSettings = ImportSettings["tables"][number];

export interface Reckoned {
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  readonly unchanged: number;
}

/** A row of an export: each value as text, numbers without needless zeros. */
export type ExpectedRow = Readonly<Record<string, string | null>>;

export interface Reckoning {
  /** By version, in their order: the difference from the one before. */
  readonly differences: readonly Reckoned[];
  /** Rows of the last version. */
  readonly rows: readonly ExpectedRow[];
}

const name = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** @param versions the files of each version of one table, in the versions' order */
export async function reckon(
  settings: TableSettings,
  versions: readonly (readonly ExportFile[])[],
): Promise<Reckoning> {
  const folder = mkdtempSync(join(tmpdir(), "reckoning-"));
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  try {
    const columns = new Set<string>();
    for (const [index, files] of versions.entries()) {
      for (const column of await readVersion(connection, folder, settings, index, files)) columns.add(column);
    }
    for (const index of versions.keys()) await complete(connection, index, [...columns]);
    const differences: Reckoned[] = [];
    for (const index of versions.keys()) differences.push(await difference(connection, settings, index, [...columns]));
    const last = await rowsOf(connection, `SELECT * FROM v${versions.length - 1}`);
    return { differences, rows: last as ExpectedRow[] };
  } finally {
    connection.closeSync();
    instance.closeSync();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function rowsOf(connection: DuckDBConnection, sql: string): Promise<Record<string, unknown>[]> {
  const reader = await connection.runAndReadAll(sql);
  return reader.getRowObjectsJson() as Record<string, unknown>[];
}

/** @returns the version's columns */
async function readVersion(
  connection: DuckDBConnection,
  folder: string,
  { delimiter = ",", quote = '"', header = true, nullText = "", columns = [] }: TableSettings,
  index: number,
  files: readonly ExportFile[],
): Promise<string[]> {
  const tables: string[] = [];
  for (const [i, { body }] of files.entries()) {
    const path = join(folder, `${index}-${i}.csv`);
    writeFileSync(path, gunzipSync(body));
    const names = header ? "" : `, names = [${columns.map((column) => literal(column.name)).join(", ")}]`;
    tables.push(
      `SELECT * FROM read_csv(${literal(path)}, all_varchar = true, header = ${header}, delim = ${literal(delimiter)}, ` +
        `quote = ${literal(quote)}, escape = ${literal(quote)}, nullstr = ${literal(nullText)}, allow_quoted_nulls = false${names})`,
    );
  }
  await connection.run(`CREATE TABLE raw${index} AS ${tables.join(" UNION ALL BY NAME ")}`);
  const types = new Map(columns.map(({ name: column, type = "string" }) => [column, type]));
  const found = (await rowsOf(connection, `DESCRIBE raw${index}`)).map((row) => String(row.column_name));
  const typed = found.map((column) => `${typedText(name(column), types.get(column) ?? "string")} AS ${name(column)}`);
  await connection.run(`CREATE TABLE read${index} AS SELECT ${typed.join(", ")} FROM raw${index}`);
  return found;
}

/** A value by DuckDB's own reading of its type, as text. */
function typedText(column: string, type: string): string {
  const sql = { integer: "DECIMAL(38,0)", double: "DOUBLE", boolean: "BOOLEAN", date: "DATE", timestamp: "TIMESTAMP" }[
    type
  ];
  if (type === "string") return column;
  return `CAST(CAST(trim(${column}) AS ${sql ?? type}) AS VARCHAR)`;
}

/** A column that a version hasn't is NULL in all its rows. */
async function complete(connection: DuckDBConnection, index: number, columns: readonly string[]): Promise<void> {
  const found = new Set((await rowsOf(connection, `DESCRIBE read${index}`)).map((row) => String(row.column_name)));
  const all = columns.map((column) => (found.has(column) ? name(column) : `CAST(NULL AS VARCHAR) AS ${name(column)}`));
  await connection.run(`CREATE TABLE v${index} AS SELECT ${all.join(", ")} FROM read${index}`);
}

async function difference(
  connection: DuckDBConnection,
  { keyColumns }: TableSettings,
  index: number,
  columns: readonly string[],
): Promise<Reckoned> {
  const count = async (sql: string): Promise<number> => {
    const [row] = await rowsOf(connection, `SELECT count(*) AS n FROM (${sql})`);
    return Number(row?.n);
  };
  const now = `v${index}`;
  if (index === 0) return { inserted: await count(`FROM ${now}`), updated: 0, deleted: 0, unchanged: 0 };
  const before = `v${index - 1}`;
  const keys = keyColumns.map(name).join(", ");
  const all = columns.map(name).join(", ");
  const unchanged = await count(`SELECT ${all} FROM ${now} INTERSECT SELECT ${all} FROM ${before}`);
  const both = await count(`SELECT ${keys} FROM ${now} INTERSECT SELECT ${keys} FROM ${before}`);
  return {
    inserted: await count(`SELECT ${keys} FROM ${now} EXCEPT SELECT ${keys} FROM ${before}`),
    deleted: await count(`SELECT ${keys} FROM ${before} EXCEPT SELECT ${keys} FROM ${now}`),
    updated: both - unchanged,
    unchanged,
  };
}
