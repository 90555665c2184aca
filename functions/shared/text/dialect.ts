import { type FileFormat, FileRefused } from "./cut";

/** How a text's records are written, found out or declared. */
export interface Dialect {
  readonly kind: "delimited" | "ndjson" | "array" | "values";
  readonly delimiter?: string;
  readonly terminator: "\n" | "\r";
}

/** Bytes at the start of a text that detection looks at. */
export const SNIFF_BYTES = 64 * 1024;

const DELIMITERS = [",", "\t", "|", ";"] as const;
const BY_EXTENSION: Readonly<Record<string, FileFormat>> = {
  csv: "csv",
  tsv: "tsv",
  tab: "tsv",
  psv: "psv",
  ndjson: "ndjson",
  jsonl: "ndjson",
  json: "json",
};

/** What ledgers and reports call it. */
export function formatName({ kind, delimiter }: Dialect): string {
  if (kind === "ndjson") return "ndjson";
  if (kind !== "delimited") return "json";
  return delimiter === "\t" ? "tsv" : delimiter === "|" ? "psv" : "csv";
}

const DELIMITER_NAMES: Readonly<Record<string, string>> = { ",": "comma", "\t": "tab", "|": "pipe", ";": "semicolon" };

/** What ledgers and reports call the delimiter. */
export function delimiterName({ kind, delimiter = "," }: Dialect): string | undefined {
  return kind === "delimited" ? (DELIMITER_NAMES[delimiter] ?? delimiter) : undefined;
}

/**
 * @param head the text's first bytes, UTF-8.
 * @param whole true when that is all of it.
 * @throws FileRefused when it is no text, or none of the formats.
 */
export function detectDialect(declared: FileFormat, name: string, head: Buffer, whole: boolean): Dialect {
  const binary = head.indexOf(0);
  if (binary !== -1) {
    throw new FileRefused(
      `The file isn't text: byte ${binary} is NUL. If it is UTF-16 without a byte order mark, declare the encoding utf-16le.`,
    );
  }
  const text = head.toString();
  const terminator = text.includes("\r") && !text.includes("\n") ? "\r" : "\n";
  const format = declared === "auto" ? byName(name) : declared;
  const first = text.trimStart()[0];
  if (format === "ndjson") return { kind: "ndjson", terminator };
  if (format === "json" || (format === "auto" && (first === "{" || first === "["))) {
    if (first === "{" && looksLikeNdjson(text, terminator, whole)) return { kind: "ndjson", terminator };
    return { kind: first === "[" ? "array" : "values", terminator };
  }
  if (format === "auto" && first === "<") {
    throw new FileRefused("The file looks like XML or HTML. Convert it to CSV, NDJSON or JSON, or declare its format.");
  }
  const header = headerOf(text, terminator);
  // A name that ends in .csv says nothing about the delimiter.
  const byContent = declared === "auto" && format === "csv" ? "auto" : format;
  return { kind: "delimited", delimiter: findDelimiter(byContent, header), terminator };
}

function byName(name: string): FileFormat {
  const plain = name.toLowerCase().replace(/\.(gz|gzip)$/, "");
  return BY_EXTENSION[plain.slice(plain.lastIndexOf(".") + 1)] ?? "auto";
}

/** Objects on lines of their own: at least half of the lines that begin one also end it. */
function looksLikeNdjson(text: string, terminator: string, whole: boolean): boolean {
  const lines = text.split(terminator);
  if (!whole) lines.pop();
  const beginning = lines.map((line) => line.trim()).filter((line) => line.startsWith("{"));
  // One line longer than all that is looked at.
  if (beginning.length === 0) return !whole;
  return beginning.filter((line) => line.endsWith("}") && isJson(line)).length * 2 >= beginning.length;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The first line that isn't blank, without what stands in quotes. */
function headerOf(text: string, terminator: string): string {
  const unquoted = text.trimStart().replace(/"(?:[^"]|"")*"/g, "");
  const end = unquoted.indexOf(terminator);
  return end === -1 ? unquoted : unquoted.slice(0, end);
}

function findDelimiter(format: FileFormat, header: string): string {
  if (format === "tsv") return "\t";
  if (format === "psv") return "|";
  // Declared CSV: what many spreadsheets write in countries with a decimal comma counts as CSV too.
  const candidates = format === "csv" ? ([",", ";"] as const) : DELIMITERS;
  let best: string = ",";
  let most = 0;
  for (const candidate of candidates) {
    const count = header.split(candidate).length - 1;
    if (count > most) [best, most] = [candidate, count];
  }
  return format === "csv" && header.includes(",") ? "," : best;
}
