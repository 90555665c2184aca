// What JSON.stringify writes as it is, one byte each; everything else is measured by JSON.stringify itself.
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
const columns = new Map<string, number>();
const MOST_COLUMNS = 10_000;

/** A value that JSON has no way to write. */
export class ValueError extends Error {
  constructor(
    readonly column: string,
    readonly problem: string,
  ) {
    super(`${column}: ${problem}`);
  }
}

/**
 * Bytes of the row as JSON in UTF-8, without writing it: the Lambda runtime does that later.
 * @throws ValueError for what JSON would turn into null or can't write
 */
export function rowBytes(row: Readonly<Record<string, unknown>>): number {
  let bytes = 2;
  let members = 0;
  for (const column in row) {
    const size = valueBytes(row[column], column);
    if (size < 0) continue;
    bytes += columnBytes(column) + size;
    members += 1;
  }
  return members > 1 ? bytes + members - 1 : bytes;
}

/** The row as JSON. @throws ValueError as rowBytes does */
export function rowText(row: Readonly<Record<string, unknown>>): string {
  let text: string;
  try {
    text = JSON.stringify(row);
  } catch {
    // Finds the column; when none is at fault the row is, by a toJSON of its own.
    rowBytes(row);
    throw new ValueError("(row)", "it can't be written as JSON");
  }
  // Only what became null can have been a number that JSON doesn't have.
  if (text.includes("null")) rowBytes(row);
  return text;
}

/** Negative for a value that JSON leaves out. */
function valueBytes(value: unknown, column: string): number {
  switch (typeof value) {
    case "string":
      return PLAIN.test(value) ? value.length + 2 : Buffer.byteLength(JSON.stringify(value));
    case "number":
      if (!Number.isFinite(value)) throw new ValueError(column, `${value} is no JSON number; send null or a text`);
      return numberBytes(value);
    case "boolean":
      return value ? 4 : 5;
    case "bigint":
      throw new ValueError(column, "a bigint has no JSON form; send a text");
    default:
      return otherBytes(value, column);
  }
}

function numberBytes(value: number): number {
  if (Number.isInteger(value) && value >= 0 && value < 1e9) {
    if (value < 1e4) return value < 10 ? 1 : value < 100 ? 2 : value < 1000 ? 3 : 4;
    return value < 1e5 ? 5 : value < 1e6 ? 6 : value < 1e7 ? 7 : value < 1e8 ? 8 : 9;
  }
  // JSON writes -0 as 0, as String does.
  return String(value).length;
}

function otherBytes(value: unknown, column: string): number {
  if (value === null) return 4;
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw new ValueError(column, `it can't be written as JSON (${(cause as Error).message})`);
  }
  if (text === undefined) return -1;
  if (text.includes("null")) refuseNonFinite(value, column);
  return Buffer.byteLength(text);
}

function refuseNonFinite(value: unknown, column: string): void {
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new ValueError(column, `${value} in it is no JSON number; send null or a text`);
  } else if (typeof value === "object" && value !== null && !("toJSON" in value)) {
    for (const each of Object.values(value)) refuseNonFinite(each, column);
  }
}

/** The column's name with quotes and colon. Sources that make names up can't fill the memory. */
function columnBytes(column: string): number {
  let bytes = columns.get(column);
  if (bytes === undefined) {
    if (columns.size >= MOST_COLUMNS) columns.clear();
    bytes = Buffer.byteLength(JSON.stringify(column)) + 1;
    columns.set(column, bytes);
  }
  return bytes;
}
