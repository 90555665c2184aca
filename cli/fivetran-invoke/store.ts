import type { CheckedAnswer, Row } from "./checkAnswer";

interface StoredRow {
  readonly row: Row;
  readonly deleted: boolean;
  /** Sync in which it came last. */
  readonly sync: number;
}

interface Table {
  readonly primaryKey: readonly string[];
  readonly rows: Map<string, StoredRow>;
  upserts: number;
  deletes: number;
}

export interface TableSummary {
  readonly table: string;
  /** Rows that are there. */
  readonly rows: number;
  /** Rows that are marked as deleted. */
  readonly deleted: number;
  /** Upserts and deletes that arrived, rows sent twice counted twice. */
  readonly upserts: number;
  readonly deletes: number;
}

/** What Fivetran would have in the destination: rows by primary key, deleted ones marked. */
export class LocalStore {
  private readonly byName = new Map<string, Table>();
  private sync = 0;

  beginSync(): void {
    this.sync += 1;
  }

  /** Upserts first, then deletes: an answer says nothing of the order, and a kit's never has a row in both. */
  apply({ insert, delete: deletes, schema }: CheckedAnswer): void {
    for (const [name, rows] of Object.entries(insert)) {
      const table = this.table(name, schema[name]?.primary_key ?? []);
      for (const row of rows) table.rows.set(keyOf(table, row), { row, deleted: false, sync: this.sync });
      table.upserts += rows.length;
    }
    for (const [name, rows] of Object.entries(deletes)) {
      const table = this.table(name, schema[name]?.primary_key ?? []);
      for (const key of rows) {
        const text = keyOf(table, key);
        const row = table.rows.get(text)?.row ?? key;
        table.rows.set(text, { row, deleted: true, sync: this.sync });
      }
      table.deletes += rows.length;
    }
  }

  /** At a sync's end: of tables that were sent whole, marks the rows that weren't in it. */
  softDelete(tables: Iterable<string>): void {
    for (const name of tables) {
      const table = this.byName.get(name);
      if (table === undefined) continue;
      for (const [key, stored] of table.rows) {
        if (stored.sync !== this.sync) table.rows.set(key, { ...stored, deleted: true });
      }
    }
  }

  /** The rows of a table that are there. */
  rows(table: string): Row[] {
    const stored = [...(this.byName.get(table)?.rows.values() ?? [])];
    return stored.filter(({ deleted }) => !deleted).map(({ row }) => row);
  }

  get tables(): string[] {
    return [...this.byName.keys()];
  }

  summary(): TableSummary[] {
    return [...this.byName].map(([table, { rows, upserts, deletes }]) => {
      const deleted = [...rows.values()].filter((row) => row.deleted).length;
      return { table, rows: rows.size - deleted, deleted, upserts, deletes };
    });
  }

  private table(name: string, primaryKey: readonly string[]): Table {
    let table = this.byName.get(name);
    if (table === undefined) {
      table = { primaryKey, rows: new Map(), upserts: 0, deletes: 0 };
      this.byName.set(name, table);
    }
    return table;
  }
}

/** Without a primary key each row is another one, as at Fivetran's. */
function keyOf({ primaryKey, rows }: Table, row: Row): string {
  return primaryKey.length === 0 ? `#${rows.size}` : JSON.stringify(primaryKey.map((column) => row[column]));
}
