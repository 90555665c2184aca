import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { partLine } from "../../../functions/export-delta-import/shared/part";
import {
  qualified,
  quoteIdentifier,
  quoteText,
  type TableName,
} from "../../../functions/export-delta-import/shared/sql";

interface Operator {
  readonly name: string;
  readonly children: readonly Operator[];
}

/** Values of a row by its columns' places; undefined is NULL. */
export type PartRow = readonly (string | undefined)[];

/** An embedded DuckDB that reads parts as Athena's tables over them do: every column text, NULL where it isn't there. */
export class Tables {
  private count = 0;

  private constructor(
    private readonly connection: DuckDBConnection,
    private readonly instance: DuckDBInstance,
    private readonly folder: string,
  ) {}

  static async open(): Promise<Tables> {
    const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
    const connection = await instance.connect();
    await connection.run("CREATE SCHEMA exports");
    return new Tables(connection, instance, mkdtempSync(join(tmpdir(), "delta-")));
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async add(columns: number, rows: readonly PartRow[]): Promise<TableName> {
    const name = { database: "exports", table: `v_${this.count++}` };
    const file = join(this.folder, `${name.table}.ndjson`);
    writeFileSync(file, rows.map(partLine).join(""));
    const types = Array.from({ length: columns }, (_, i) => `${quoteText(`c${i + 1}`)}: 'VARCHAR'`).join(", ");
    await this.connection.run(
      `CREATE VIEW ${qualified(name)} AS SELECT * FROM read_json(${quoteText(file)}, format = 'newline_delimited', columns = {${types}})`,
    );
    return name;
  }

  /** A table whose rows are reckoned when they are read, for sizes that nobody writes out. */
  async define(select: string): Promise<TableName> {
    const name = { database: "exports", table: `r_${this.count++}` };
    await this.connection.run(`CREATE VIEW ${qualified(name)} AS ${select}`);
    return name;
  }

  async drop(name: TableName): Promise<void> {
    await this.connection.run(`DROP VIEW ${qualified(name)}`);
    rmSync(join(this.folder, `${name.table}.ndjson`));
  }

  async query(sql: string): Promise<Record<string, unknown>[]> {
    const reader = await this.connection.runAndReadAll(sql);
    return reader.getRowObjectsJson() as Record<string, unknown>[];
  }

  /** Names of a statement's operators, as it would be run. */
  async operators(sql: string): Promise<string[]> {
    const [row] = await this.query(`EXPLAIN (FORMAT json) ${sql}`);
    const collect = ({ name, children }: Operator): string[] => [name, ...children.flatMap(collect)];
    return (JSON.parse(String(row?.explain_value)) as Operator[]).flatMap(collect);
  }

  /** A result as a table, as the unloaded delta is one. */
  async addResult(sql: string): Promise<TableName> {
    const name = { database: "exports", table: `d_${this.count++}` };
    await this.connection.run(`CREATE TABLE ${quoteIdentifier("exports")}.${quoteIdentifier(name.table)} AS ${sql}`);
    return name;
  }
}
