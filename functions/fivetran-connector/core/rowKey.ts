import { isObject } from "./defineConnector";
import { RowError } from "./errors";
import type { Row, TableSchema } from "./types";

/**
 * @param nameOf names the row at an index
 * @throws RowError naming table, row and column when a part of the primary key is missing
 */
export function checkKey(
  row: Row,
  index: number,
  table: string,
  { primaryKey }: TableSchema,
  nameOf: (index: number) => string,
): void {
  if (!isObject(row)) throw new RowError(`${nameOf(index)} is no object. Yield rows as objects of column and value.`);
  for (const column of primaryKey) {
    const value = row[column];
    const type = typeof value;
    if (type === "string" || type === "boolean" || (type === "number" && Number.isFinite(value))) continue;
    const problem = value === undefined ? "is missing" : value === null ? "is null" : `is of type ${type}`;
    throw new RowError(
      `${nameOf(index)} has no primary key: its column ${column} ${problem} (columns of the row: ${Object.keys(row).slice(0, 20).join(", ") || "none"}; key of ${table}: ${primaryKey.join(", ")}). Mend the row in pull(), or name other columns in schema.${table}.primaryKey.`,
    );
  }
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
