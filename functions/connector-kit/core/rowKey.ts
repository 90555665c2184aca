import { isObject } from "./defineConnector";
import { RowError } from "./errors";
import type { Row, TableSchema } from "./types";

/**
 * Every row has every part of its primary key.
 * @param nameOf names the row at an index
 * @throws RowError naming table, row and column
 */
export function checkKeys(
  rows: readonly Row[],
  table: string,
  { primaryKey }: TableSchema,
  nameOf: (index: number) => string,
): void {
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index];
    if (!isObject(row))
      throw new RowError(`${nameOf(index)} isn't an object. Yield rows as objects of column and value.`);
    for (let part = 0; part < primaryKey.length; part += 1) {
      const column = primaryKey[part] as string;
      if (!isKeyValue(row[column])) throw keyless(row, column, table, primaryKey, nameOf(index));
    }
  }
}

function isKeyValue(value: unknown): boolean {
  return typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}

function keyless(row: Row, column: string, table: string, primaryKey: readonly string[], name: string): RowError {
  const value = row[column];
  const problem = value === undefined ? "is missing" : value === null ? "is null" : `is of type ${typeof value}`;
  const columns = Object.keys(row).slice(0, 20).join(", ") || "none";
  return new RowError(
    `${name} has no primary key: its column ${column} ${problem} (columns of the row: ${columns}; key of ${table}: ${primaryKey.join(", ")}). Fix the row in pull(), or name other columns in schema.${table}.primaryKey.`,
  );
}

/** The key alone, as Fivetran wants it of a deleted row. */
export function keyOf(row: Row, { primaryKey }: TableSchema): Row {
  const key: Record<string, unknown> = {};
  for (const column of primaryKey) key[column] = row[column];
  return key;
}

/** The key as text: equal for the same row only. */
export function keyText(row: Row, { primaryKey }: TableSchema): string {
  return JSON.stringify(primaryKey.map((column) => row[column]));
}
