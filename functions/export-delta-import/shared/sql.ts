import type { ColumnPair, Schema, SchemaComparison } from "./schema";

/*
 * Every statement here is one that Athena (Trino) and DuckDB read alike. Columns go by their numbers and tables by names
 * that are made here, so that no text of an export or of its key becomes part of a statement.
 */

/** A table by its database and name, each quoted where it is used. */
export interface TableName {
  readonly database: string;
  readonly table: string;
}

/** The operations, as the result's column `op` has them. */
export type OperationName = "INSERT" | "UPDATE" | "DELETE";

/** Key problems that are told with an example each. */
export const KEY_EXAMPLES = 10;

/** An identifier that is that name and nothing else, whatever is in it. */
export function quoteIdentifier(name: string): string {
  if (name === "" || name.includes("\0")) throw new Error(`${JSON.stringify(name)} can't be an identifier.`);
  return `"${name.replaceAll('"', '""')}"`;
}

/** A literal that is that text and nothing else, whatever is in it. */
export function quoteText(text: string): string {
  if (text.includes("\0")) throw new Error("A text with a NUL character can't be a literal.");
  return `'${text.replaceAll("'", "''")}'`;
}

export function qualified({ database, table }: TableName): string {
  return `${quoteIdentifier(database)}.${quoteIdentifier(table)}`;
}

/** The columns of the delta: `op`, the key as `k1`, `k2`, …, then every other column of the new export as `c1`, `c2`, …. */
export interface DeltaColumns {
  readonly keys: readonly string[];
  /** Names of the columns behind `c1`, `c2`, …. */
  readonly columns: readonly string[];
}

export function deltaColumns({ columns, keyColumns }: Schema): DeltaColumns {
  const others = columns.map(({ name }) => name).filter((name) => !keyColumns.includes(name));
  return { keys: keyColumns, columns: others };
}

/**
 * All that has to be done to make the old export the new one: each side is read once, and every row that differs comes
 * out once. A DELETE has its key only.
 */
export function deltaSql(
  newer: TableName,
  older: TableName,
  { keys, columns, keysRewritten }: SchemaComparison,
): string {
  const firstKey = keys[0] as SchemaComparison["keys"][number];
  const [n, o] = [(place: number) => `n."c${place}"`, (place: number) => `o."c${place}"`];
  const noNew = `${n(firstKey.newer)} IS NULL`;
  const noOld = `${o(firstKey.older)} IS NULL`;
  const selected = [
    `CASE WHEN ${noOld} THEN 'INSERT' WHEN ${noNew} THEN 'DELETE' ELSE 'UPDATE' END AS "op"`,
    ...keys.map((key, i) => `COALESCE(${n(key.newer)}, ${o(key.older)}) AS "k${i + 1}"`),
    ...columns
      .flatMap(({ newer: place }) => (place === undefined ? [] : [n(place)]))
      .map((column, i) => `${column} AS "c${i + 1}"`),
  ];
  const differs = keysRewritten ? ["TRUE"] : columns.map(difference);
  return [
    `SELECT ${selected.join(", ")}`,
    `FROM ${qualified(newer)} AS n FULL OUTER JOIN ${qualified(older)} AS o`,
    `ON ${keys.map((key) => `${n(key.newer)} = ${o(key.older)}`).join(" AND ")}`,
    `WHERE ${[noOld, noNew, ...differs].join(" OR ")}`,
  ].join("\n");
}

/** NULL is a value like others here: `<>` would find no change from or to it. */
function difference({ newer, older, rewritten }: ColumnPair): string {
  if (older === undefined) return `n."c${newer}" IS NOT NULL`;
  if (newer === undefined) return `o."c${older}" IS NOT NULL`;
  return rewritten
    ? `n."c${newer}" IS NOT NULL OR o."c${older}" IS NOT NULL`
    : `n."c${newer}" IS DISTINCT FROM o."c${older}"`;
}

/** The delta of a table's first export: every row is new. */
export function firstDeltaSql(newer: TableName, schema: Schema): string {
  const place = placesOf(schema);
  const { keys, columns } = deltaColumns(schema);
  const selected = [
    `'INSERT' AS "op"`,
    ...keys.map((name, i) => `${place(name)} AS "k${i + 1}"`),
    ...columns.map((name, i) => `${place(name)} AS "c${i + 1}"`),
  ];
  return `SELECT ${selected.join(", ")}\nFROM ${qualified(newer)}`;
}

/** One row: `rows`, `duplicate_keys` (keys that more than one row has), `null_rows` (rows without a complete key). */
export function keyCheckSql(table: TableName, schema: Schema): string {
  return [
    `SELECT COALESCE(SUM("n"), 0) AS "rows",`,
    `COALESCE(SUM(CASE WHEN "n" > 1 THEN 1 ELSE 0 END), 0) AS "duplicate_keys",`,
    `COALESCE(SUM(CASE WHEN ${incomplete(schema)} THEN "n" ELSE 0 END), 0) AS "null_rows"`,
    `FROM (${keyGroups(table, schema)}) AS g`,
  ].join("\n");
}

/** The key as `k1`, `k2`, … and the number `n` of rows that have it, for the worst of the keys that are wrong. */
export function badKeysSql(table: TableName, schema: Schema): string {
  const names = schema.keyColumns.map((_, i) => `"k${i + 1}"`).join(", ");
  return [
    `SELECT ${names}, "n" FROM (${keyGroups(table, schema)}) AS g`,
    `WHERE "n" > 1 OR ${incomplete(schema)}`,
    `ORDER BY "n" DESC, ${names} LIMIT ${KEY_EXAMPLES}`,
  ].join("\n");
}

function keyGroups(table: TableName, schema: Schema): string {
  const place = placesOf(schema);
  const keys = schema.keyColumns.map((name, i) => `${place(name)} AS "k${i + 1}"`);
  const groups = schema.keyColumns.map(place).join(", ");
  return `SELECT ${keys.join(", ")}, COUNT(*) AS "n" FROM ${qualified(table)} GROUP BY ${groups}`;
}

/** An empty text isn't a key either: DynamoDB doesn't take one. */
function incomplete({ keyColumns }: Schema): string {
  return keyColumns.map((_, i) => `"k${i + 1}" IS NULL OR "k${i + 1}" = ''`).join(" OR ");
}

function placesOf({ columns }: Schema): (name: string) => string {
  const places = new Map(columns.map(({ name }, i) => [name, `"c${i + 1}"`]));
  return (name) => places.get(name) as string;
}

/** How many operations of each kind a delta has: rows of `op` and `n`. */
export function countSql(delta: TableName): string {
  return `SELECT "op", COUNT(*) AS "n" FROM ${qualified(delta)} GROUP BY "op"`;
}

/** Examples of what would be deleted, as the key columns. */
export function deletedKeysSql(delta: TableName, { keyColumns }: Schema): string {
  const names = keyColumns.map((_, i) => `"k${i + 1}"`).join(", ");
  return `SELECT ${names} FROM ${qualified(delta)} WHERE "op" = 'DELETE' ORDER BY ${names} LIMIT ${KEY_EXAMPLES}`;
}

/** Athena's UNLOAD: the result as files, which one reader each can take. The place has to be empty. */
export function unloadSql(select: string, location: string): string {
  return `UNLOAD (${select})\nTO ${quoteText(location)}\nWITH (format = 'JSON', compression = 'GZIP')`;
}
