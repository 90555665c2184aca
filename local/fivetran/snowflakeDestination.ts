/** Fivetran's side of a sync: puts rows into Snowflake tables by primary key, in the local Snowflake. */
import { fetchJson, UnreachableError } from "../processes/localFetch";

export type Row = Readonly<Record<string, unknown>>;

/** Where the tables of one connection are: Fivetran makes a schema for each. */
export interface DestinationPlace {
  readonly database: string;
  readonly schema: string;
}

/** Rows of one statement, so that its text stays small. */
const batchRows = 1_000;

export class SnowflakeDestination {
  /** Columns that a table has by now, by table. */
  private readonly columns = new Map<string, Map<string, string>>();

  constructor(
    readonly endpoint: string,
    readonly place: DestinationPlace,
  ) {}

  /** Makes the schema; the database must be there. */
  async prepare(): Promise<void> {
    const { database, schema } = this.place;
    await this.sql(`CREATE SCHEMA IF NOT EXISTS ${quoted(database)}.${quoted(schema)}`, false);
  }

  /** The row of a key is replaced by the newer one. */
  async upsert(table: string, primaryKey: readonly string[], rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return;
    const isNew = !this.columns.has(table);
    await this.addColumns(table, rows);
    if (!isNew) await this.remove(table, primaryKey, rows);
    const columns = [...(this.columns.get(table) ?? [])];
    const names = columns.map(([column]) => nameOf(column)).join(", ");
    const values = columns.map(([column, type]) => `f.value:${quoted(column)}::${type}`).join(", ");
    for (const batch of batches(rows)) {
      const insert = `INSERT INTO ${this.name(table)} (${names}) SELECT ${values} FROM ${flattened(batch)}`;
      try {
        await this.sql(insert);
      } catch (error) {
        if (!(error instanceof UnreachableError)) throw error;
        // Whether it was done isn't known: without these rows it can be done again.
        await this.remove(table, primaryKey, batch);
        await this.sql(insert);
      }
    }
  }

  async remove(table: string, primaryKey: readonly string[], keys: readonly Row[]): Promise<void> {
    if (!this.columns.has(table)) return;
    const own = `(${primaryKey.map(nameOf).join(", ")})`;
    const gone = primaryKey.map((column) => `f.value:${quoted(column)}::VARCHAR`).join(", ");
    for (const batch of batches(keys)) {
      const only = batch.map((row) => Object.fromEntries(primaryKey.map((column) => [column, row[column]])));
      await this.sql(`DELETE FROM ${this.name(table)} WHERE ${own} IN (SELECT ${gone} FROM ${flattened(only)})`);
    }
  }

  async count(table: string): Promise<number> {
    if (!this.columns.has(table)) return 0;
    const [row] = await this.sql(`SELECT COUNT(*) AS N FROM ${this.name(table)}`);
    return Number(row?.N);
  }

  /** One column's values, as text, in order. */
  async values(table: string, column: string): Promise<string[]> {
    const name = nameOf(column);
    const rows = await this.sql(`SELECT ${name} AS V FROM ${this.name(table)} ORDER BY ${name}`);
    return rows.map(({ V }) => String(V));
  }

  /** `DATABASE.SCHEMA.TABLE` */
  nameOf(table: string): string {
    return `${this.place.database}.${this.place.schema}.${table.toUpperCase()}`;
  }

  private name(table: string): string {
    return this.nameOf(table).split(".").map(quoted).join(".");
  }

  /** A new column of the rows becomes one of the table, as Fivetran does; its type is that of its first value. */
  private async addColumns(table: string, rows: readonly Row[]): Promise<void> {
    const known = this.columns.get(table) ?? new Map<string, string>();
    const isNew = known.size === 0;
    const added = new Map<string, string>();
    for (const row of rows) {
      for (const [column, value] of Object.entries(row)) {
        if (value !== null && value !== undefined && !known.has(column) && !added.has(column)) {
          added.set(column, typeOf(value));
        }
      }
    }
    const defined = [...added].map(([column, type]) => `${nameOf(column)} ${type}`);
    if (isNew) await this.sql(`CREATE TABLE ${this.name(table)} (${defined.join(", ")})`);
    else for (const column of defined) await this.sql(`ALTER TABLE ${this.name(table)} ADD COLUMN ${column}`);
    this.columns.set(table, new Map([...known, ...added]));
  }

  private async sql(sql: string, inSchema = true): Promise<readonly Record<string, unknown>[]> {
    const body = inSchema ? { sql, ...this.place } : { sql };
    const answer = await fetchJson<{ rows: Record<string, unknown>[] }>(`${this.endpoint}/_local/sql`, {
      method: "POST",
      body,
      isRepeatable: /^(SELECT|DELETE|CREATE SCHEMA IF NOT EXISTS) /.test(sql),
    });
    return answer.rows;
  }
}

function typeOf(value: unknown): string {
  if (typeof value === "number") return "FLOAT";
  if (typeof value === "boolean") return "BOOLEAN";
  return typeof value === "string" ? "VARCHAR" : "VARIANT";
}

function flattened(rows: readonly Row[]): string {
  return `TABLE(FLATTEN(INPUT => PARSE_JSON(${literal(JSON.stringify(rows))}))) f`;
}

function literal(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

function nameOf(column: string): string {
  return quoted(column.toUpperCase());
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function* batches(rows: readonly Row[]): Generator<readonly Row[]> {
  for (let i = 0; i < rows.length; i += batchRows) yield rows.slice(i, i + batchRows);
}
