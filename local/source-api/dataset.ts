import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";

export type TableName = "airports" | "flights";

/** A row as the API gives it: the last change to it, numbered through the table. */
export interface ChangedRow {
  readonly id: string;
  readonly change: number;
  readonly deleted?: true;
  readonly [column: string]: unknown;
}

const data = join(__dirname, "../../node_modules/vega-datasets/data");

/** Real tables that change from day to day, always in the same way. */
export class Dataset {
  private readonly tables: Record<TableName, Table>;

  /** @param rows at most so many of each table */
  constructor(rows = Number.POSITIVE_INFINITY) {
    this.tables = { airports: new Table(airports().slice(0, rows)), flights: new Table(flights().slice(0, rows)) };
  }

  /** A day in the source: of each table a part is changed, a few rows go, one comes back. */
  advance(days = 1): void {
    for (let day = 0; day < days; day += 1) for (const table of Object.values(this.tables)) table.advance();
  }

  /** Changes after a number, oldest first. A row that changed again is there once, at its last change. */
  changes(table: TableName, after: number, limit: number): ChangedRow[] {
    return this.tables[table].changes(after, limit);
  }

  /** The rows that are there now, as the API gives them. */
  rows(table: TableName): ChangedRow[] {
    return this.tables[table].changes(0, Number.POSITIVE_INFINITY).filter(({ deleted }) => !deleted);
  }
}

interface SourceRow {
  readonly id: string;
  readonly [column: string]: unknown;
}

/** Keeps its rows in the order of their last change, as a Map does when an entry is put in again. */
class Table {
  private readonly rows = new Map<string, ChangedRow>();
  private readonly ids: readonly string[];
  private change = 0;
  private day = 0;

  constructor(rows: readonly SourceRow[]) {
    for (const row of rows) this.put(row);
    this.ids = rows.map(({ id }) => id);
  }

  advance(): void {
    this.day += 1;
    this.ids.forEach((id, index) => {
      const row = this.rows.get(id);
      if (row === undefined) return;
      const turn = (index * 7 + this.day * 13) % 100;
      if (row.deleted) {
        // Comes back as it was but for the day.
        if (turn === 50) this.put({ ...row, deleted: undefined, revised: this.day });
      } else if (turn === 0) this.put({ id, deleted: true });
      else if (turn < 8) this.put({ ...row, revised: this.day });
    });
  }

  changes(after: number, limit: number): ChangedRow[] {
    const found: ChangedRow[] = [];
    for (const row of this.rows.values()) {
      if (row.change <= after) continue;
      if (found.length >= limit) break;
      found.push(row);
    }
    return found;
  }

  private put(row: SourceRow): void {
    this.change += 1;
    this.rows.delete(row.id);
    this.rows.set(row.id, { ...row, change: this.change } as ChangedRow);
  }
}

function airports(): SourceRow[] {
  const rows: Record<string, string>[] = parse(readFileSync(join(data, "airports.csv")), { columns: true });
  return rows.map(({ iata = "", latitude, longitude, ...rest }) => ({
    id: iata,
    ...rest,
    latitude: Number(latitude),
    longitude: Number(longitude),
  }));
}

function flights(): SourceRow[] {
  const rows = JSON.parse(readFileSync(join(data, "flights-5k.json"), "utf8")) as Record<string, unknown>[];
  return rows.map((row, index) => ({ id: `F${String(index + 1).padStart(5, "0")}`, ...row }));
}
