import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DeltaCounts, deltaCounts } from "../../functions/export-delta-import/shared/breaker";
import type { TableConfig } from "../../functions/export-delta-import/shared/config";
import { compareSchemas, type Schema } from "../../functions/export-delta-import/shared/schema";
import {
  badKeysSql,
  countSql,
  deltaColumns,
  deltaSql,
  firstDeltaSql,
  keyCheckSql,
  type OperationName,
  qualified,
  quoteText,
  type TableName,
} from "../../functions/export-delta-import/shared/sql";
import { type ReadExport, readExport, UnreadableFile } from "./read";

type Values = Readonly<Record<string, string | null>>;

export interface Example {
  readonly key: Values;
  /** The other columns; none for a DELETE. */
  readonly row?: Values;
}

/** What an export would change. */
export interface Preview {
  /** The import would take it. */
  readonly accepted: boolean;
  readonly problems: readonly string[];
  /** Differences of the columns, in words. */
  readonly changes: readonly string[];
  /** Undefined where the keys aren't sound. */
  readonly counts?: DeltaCounts;
  readonly examples: Readonly<Record<OperationName, readonly Example[]>>;
}

const SHOWN = 10;
const none = { INSERT: [], UPDATE: [], DELETE: [] } as const;
const newer: TableName = { database: "main", table: "newer" };
const older: TableName = { database: "main", table: "older" };
const delta: TableName = { database: "main", table: "delta" };

/** Compares two exports as the import does. @throws UnreadableFile, ExportRefused */
export async function preview(
  files: { readonly newer: string; readonly older?: string },
  table: TableConfig,
): Promise<Preview> {
  const folder = mkdtempSync(join(tmpdir(), "delta-preview-"));
  const database = await openDuckDb();
  try {
    const read = await readExport(files.newer, join(folder, "newer"), table);
    const before = files.older === undefined ? undefined : await readExport(files.older, join(folder, "older"), table);
    const schema = read.schema ?? before?.schema;
    if (schema === undefined) throw new UnreadableFile(`${files.newer} has neither a record nor a header`);
    const compared = before?.schema && compareSchemas(table, schema, before.schema);
    await database.view(newer, schema, join(folder, "newer"));
    if (before?.schema) await database.view(older, before.schema, join(folder, "older"));
    const problems = [...badRecords(files.newer, read), ...(before ? badRecords(files.older ?? "", before) : [])];
    const keyProblems = await badKeys(database, newer, schema, files.newer);
    if (before?.schema) keyProblems.push(...(await badKeys(database, older, before.schema, files.older ?? "")));
    const changes = compared?.changes ?? [];
    if (keyProblems.length > 0) {
      return { accepted: false, problems: [...problems, ...keyProblems], changes, examples: none };
    }
    const select = compared === undefined ? firstDeltaSql(newer, schema) : deltaSql(newer, older, compared);
    await database.run(`CREATE TABLE ${qualified(delta)} AS ${select}`);
    const found = { INSERT: 0, UPDATE: 0, DELETE: 0 };
    for (const { op, n } of await database.rows(countSql(delta))) found[op as OperationName] = Number(n);
    return {
      accepted: problems.length === 0,
      problems,
      changes,
      counts: deltaCounts(found, read.rows, before?.rows ?? 0),
      examples: {
        INSERT: await examples(database, "INSERT", schema),
        UPDATE: await examples(database, "UPDATE", schema),
        DELETE: await examples(database, "DELETE", schema),
      },
    };
  } finally {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function badRecords(file: string, { badRecords: count, bad }: ReadExport): string[] {
  if (count === 0) return [];
  const shown = bad.map(({ line, problem }) => `line ${line}: ${problem}`).join("; ");
  return [`${file} has ${count} record${count === 1 ? "" : "s"} that can't be read: ${shown}`];
}

async function badKeys(database: Database, table: TableName, schema: Schema, file: string): Promise<string[]> {
  const [found = {}] = await database.rows(keyCheckSql(table, schema));
  if (Number(found.duplicate_keys) + Number(found.null_rows) === 0) return [];
  const worst = await database.rows(badKeysSql(table, schema));
  const shown = worst.map(
    ({ n, ...key }) =>
      `(${Object.values(key)
        .map((value) => JSON.stringify(value))
        .join(", ")}) in ${n} rows`,
  );
  return [`${file} has ${found.duplicate_keys} keys in more than one row, for example ${shown.join("; ")}`];
}

async function examples(database: Database, op: OperationName, schema: Schema): Promise<Example[]> {
  const { keys, columns } = deltaColumns(schema);
  const order = keys.map((_, i) => `"k${i + 1}"`).join(", ");
  const rows = await database.rows(
    `SELECT * FROM ${qualified(delta)} WHERE "op" = '${op}' ORDER BY ${order} LIMIT ${SHOWN}`,
  );
  const named = (row: Values, names: readonly string[], prefix: string): Values =>
    Object.fromEntries(names.map((name, i) => [name, row[`${prefix}${i + 1}`] ?? null]));
  return rows.map((row) => ({
    key: named(row, keys, "k"),
    row: op === "DELETE" ? undefined : named(row, columns, "c"),
  }));
}

interface Database {
  view(name: TableName, schema: Schema, file: string): Promise<void>;
  run(sql: string): Promise<void>;
  rows(sql: string): Promise<Record<string, string | null>[]>;
  close(): void;
}

/** @throws Error saying how to install it */
async function openDuckDb(): Promise<Database> {
  let duckdb: typeof import("@duckdb/node-api");
  try {
    duckdb = await import("@duckdb/node-api");
  } catch (cause) {
    throw new Error("delta-preview needs DuckDB. Fix: npm install @duckdb/node-api", { cause });
  }
  const instance = await duckdb.DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  return {
    async view(name, { columns }, file) {
      const types = columns.map((_, i) => `${quoteText(`c${i + 1}`)}: 'VARCHAR'`).join(", ");
      await connection.run(
        `CREATE VIEW ${qualified(name)} AS SELECT * FROM read_json(${quoteText(file)}, format = 'newline_delimited', columns = {${types}})`,
      );
    },
    async run(sql) {
      await connection.run(sql);
    },
    async rows(sql) {
      const reader = await connection.runAndReadAll(sql);
      return reader.getRowObjectsJson() as Record<string, string | null>[];
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
