/** Two exports of a table, of which the second has 5 % of the rows updated, 2.5 % gone and 2.5 % new. */

import type { TableConfig } from "../../functions/export-delta-import/shared/config";
import { exportSchema } from "../../functions/export-delta-import/shared/schema";

export const names = ["id", "name", "city", "amount", "street", "created", "status", "note"] as const;

export const table: TableConfig = {
  keyColumns: ["id"],
  header: true,
  columns: [],
  delimiter: ",",
  quote: '"',
  encoding: "utf-8",
  nullText: "",
  maxDeletedShare: 1,
  maxBadRecords: 0,
  addedColumns: "accept",
  droppedColumns: "accept",
  changedTypes: "accept",
  renamedColumns: [],
  settleSeconds: 0,
  cleanFiles: false,
};
export const schema = exportSchema(table, names);

/** Their rows as DuckDB makes them, columns called `columns`. */
export function exportRows(rows: number, which: "older" | "newer", columns: readonly string[]): string {
  const moved = which === "newer" ? rows / 40 : 0;
  const name = which === "newer" ? "(CASE WHEN i % 20 = 0 THEN i + 1 ELSE i END)" : "i";
  const values = [
    "'k' || i",
    `'name ' || ${name}`,
    "CASE WHEN i % 7 = 0 THEN NULL ELSE 'city ' || (i % 1000) END",
    "CAST(i * 3 AS VARCHAR)",
    "'street ' || (i % 5000)",
    "'2026-01-01T00:00:' || (i % 60)",
    "'status ' || (i % 5)",
    "'note of row ' || i",
  ];
  const selected = values.map((value, place) => `${value} AS "${columns[place]}"`).join(", ");
  return `SELECT ${selected} FROM range(${moved}, ${rows + moved}) AS t(i)`;
}

/** Milliseconds of processor time that this process has taken. */
export function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
