import type { Row } from "./types";

/** A value that JSON has no way to write. */
export class ValueError extends Error {
  constructor(
    /** Number of the row in its list, from 0. */
    readonly row: number,
    readonly column: string,
    readonly problem: string,
  ) {
    super(`${column}: ${problem}`);
  }
}

/**
 * The rows as JSON, with commas between and no brackets. Whole lists at once, because that is what JSON.stringify is
 * fast at.
 * @throws ValueError for what JSON can't write, or would turn into null
 */
export function rowsText(rows: readonly Row[]): string {
  let text: string;
  try {
    text = JSON.stringify(rows);
  } catch (error) {
    rows.forEach(refuseUnwritable);
    throw error;
  }
  // Only what became null can have been a number that JSON doesn't have.
  if (text.includes("null")) rows.forEach(refuseUnwritable);
  return text.slice(1, -1);
}

/** Bytes of one row in an answer, with its comma. */
export function rowBytes(row: Row): number {
  return Buffer.byteLength(JSON.stringify(row)) + 1;
}

function refuseUnwritable(row: Row, index: number): void {
  for (const column in row) {
    const problem = problemOf(row[column], 0);
    if (problem !== undefined) throw new ValueError(index, column, problem);
  }
}

function problemOf(value: unknown, depth: number): string | undefined {
  if (typeof value === "number" && !Number.isFinite(value)) return `${value} isn't a JSON number; send null or a text`;
  if (typeof value === "bigint") return "a bigint has no JSON form; send a text";
  if (typeof value !== "object" || value === null || "toJSON" in value) return undefined;
  if (depth > MOST_DEPTH) return `it is nested more than ${MOST_DEPTH} deep, or in a circle; send a text`;
  for (const each of Object.values(value)) {
    const problem = problemOf(each, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

const MOST_DEPTH = 100;
