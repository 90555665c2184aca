import { createHash } from "node:crypto";
import { isObject } from "./defineConnector";
import { PageError, RowError } from "./errors";
import { checkKeys, keyOf, keyText } from "./rowKey";
import { rowsBytes } from "./rowsBytes";
import { rowsText, ValueError } from "./rowsText";
import type { Page, Row, Schema, TableSchema } from "./types";

/** Rows of a page that go to the same place of the answer, checked. */
export interface Segment {
  readonly kind: "insert" | "delete";
  readonly table: string;
  readonly rows: readonly Row[];
  /** The rows as JSON, with commas between, where the answer is a file. */
  readonly text?: string;
  /** Bytes of the rows as JSON, each with a comma. */
  readonly bytes: number;
}

/**
 * Checks a page's rows and measures them, in the order in which they are handed over.
 * @param asText whether the rows are wanted as JSON texts
 * @throws PageError, RowError naming table and row
 */
export function segmentsOf(page: Page, schema: Schema, asText: boolean): Segment[] {
  if (!isObject(page)) throw new PageError("A page isn't an object. Yield {upserts, deletes, cursor}.");
  const segments: Segment[] = [];
  const kinds = { insert: page.upserts ?? {}, delete: page.deletes ?? {} } as const;
  for (const kind of ["insert", "delete"] as const) {
    for (const [table, rows] of Object.entries(kinds[kind])) {
      if (!Array.isArray(rows))
        throw new PageError(`A page's rows of the table ${table} aren't an array. Yield a list of rows.`);
      if (rows.length > 0) segments.push(segment(kind, table, rows as readonly Row[], tableOf(table, schema), asText));
    }
  }
  for (const table of page.softDelete ?? []) tableOf(table, schema);
  refuseContradictions(segments, schema);
  return segments;
}

function tableOf(table: string, schema: Schema): TableSchema {
  const found = Object.hasOwn(schema, table) ? schema[table] : undefined;
  if (found === undefined) {
    throw new PageError(
      `A page has the table ${table}, which schema doesn't have (it has ${Object.keys(schema).join(", ")}). Add it with its primary key.`,
    );
  }
  return found;
}

function segment(
  kind: Segment["kind"],
  table: string,
  given: readonly Row[],
  to: TableSchema,
  asText: boolean,
): Segment {
  const list = kind === "insert" ? "upserts" : "deletes";
  const nameOf = (index: number) => `Row ${index + 1} of the page's ${list} of table ${table}`;
  checkKeys(given, table, to, nameOf);
  const rows = kind === "delete" ? given.map((row) => keyOf(row, to)) : given;
  try {
    if (!asText) return { kind, table, rows, bytes: rowsBytes(rows) + 1 };
    const text = rowsText(rows);
    return { kind, table, rows, bytes: Buffer.byteLength(text) + 1, text };
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    const { row, column, problem } = error;
    throw new RowError(`${nameOf(row)}, key ${keyText(rows[row] as Row, to)}, column ${column}: ${problem}.`);
  }
}

/** Which of the two came last can't be told from an answer. */
function refuseContradictions(segments: readonly Segment[], schema: Schema): void {
  for (const { kind, table, rows } of segments) {
    if (kind !== "delete") continue;
    const upserts = segments.find((other) => other.kind === "insert" && other.table === table);
    if (upserts === undefined) continue;
    const to = tableOf(table, schema);
    const deleted = new Set(rows.map((row) => keyText(row, to)));
    for (const row of upserts.rows) {
      const key = keyText(row, to);
      if (!deleted.has(key)) continue;
      throw new PageError(
        `A page both upserts and deletes the row ${key} of table ${table}. Yield only what came last, or two pages.`,
      );
    }
  }
}

export function rowCount(segments: readonly Segment[]): number {
  return segments.reduce((sum, { rows }) => sum + rows.length, 0);
}

/** Tells one reading of a page's first rows from another. Undefined when the page has fewer. */
export function hashOfFirst(count: number, segments: readonly Segment[]): string | undefined {
  const hash = createHash("sha256");
  let left = count;
  for (const { kind, table, rows } of segments) {
    hash.update(JSON.stringify([kind, table]));
    for (let index = 0; index < rows.length && left > 0; index += 1, left -= 1) {
      hash.update(`\n${JSON.stringify(rows[index])}`);
    }
    if (left === 0) return hash.digest("base64url").slice(0, 22);
  }
  return undefined;
}
