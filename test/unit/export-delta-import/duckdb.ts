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

  async drop(name: TableName): Promise<void> {
    await this.connection.run(`DROP VIEW ${qualified(name)}`);
    rmSync(join(this.folder, `${name.table}.ndjson`));
  }

  async query(sql: string): Promise<Record<string, unknown>[]> {
    const reader = await this.connection.runAndReadAll(sql);
    return reader.getRowObjectsJson() as Record<string, unknown>[];
  }

  /** A result as a table, as the unloaded delta is one. */
  async addResult(sql: string): Promise<TableName> {
    const name = { database: "exports", table: `d_${this.count++}` };
    await this.connection.run(`CREATE TABLE ${quoteIdentifier("exports")}.${quoteIdentifier(name.table)} AS ${sql}`);
    return name;
  }
}
