import { type FileFormat, FileRefused } from "./cut";
import { DELIMITERS, type DelimiterFit, findDelimiter, fitOf, fitsWell } from "./delimiter";

/** How a text's records are written, found out or declared. */
export interface Dialect {
  readonly kind: "delimited" | "ndjson" | "array" | "values";
  readonly delimiter?: string;
  readonly terminator: "\n" | "\r";
  /** The header has one column only. */
  readonly oneColumn?: boolean;
}

/** What is declared of a text. What isn't is found out from its content. */
export interface DeclaredDialect {
  /** The file's name: its extension is a hint. @default none */
  readonly name?: string;
  /** @default "auto" */
  readonly format?: FileFormat;
  /** Of delimited text, one character. @default the one by which the first rows have equal numbers of fields */
  readonly delimiter?: string;
}

/** Bytes at the start of a text that detection looks at. */
export const SNIFF_BYTES = 64 * 1024;
/** The first line of a file that tells spreadsheets its delimiter. */
export const SEPARATOR_LINE = /^"?sep=(.)"?$/i;

const DELIMITER_NAMES: Readonly<Record<string, string>> = {
  ",": "comma",
  "\t": "tab",
  "|": "pipe",
  ";": "semicolon",
  ":": "colon",
  " ": "space",
  "\x1f": "U+001F",
  "\x01": "U+0001",
};
const FIXED: Readonly<Partial<Record<FileFormat, string>>> = { tsv: "\t", psv: "|" };
const BY_EXTENSION: ReadonlyMap<string, FileFormat> = new Map([
  ["csv", "csv"],
  ["tsv", "tsv"],
  ["tab", "tsv"],
  ["psv", "psv"],
  ["ndjson", "ndjson"],
  ["jsonl", "ndjson"],
  ["json", "json"],
]);

/** What ledgers and reports call it. */
export function formatName({ kind, delimiter }: Dialect): string {
  if (kind === "ndjson") return "ndjson";
  if (kind !== "delimited") return "json";
  return delimiter === "\t" ? "tsv" : delimiter === "|" ? "psv" : "csv";
}

/** What ledgers and reports call the delimiter; undefined for JSON. */
export function delimiterName({ kind, delimiter = ",", oneColumn }: Dialect): string | undefined {
  if (kind !== "delimited") return undefined;
  return oneColumn ? "none (one column)" : nameOf(delimiter);
}

function nameOf(delimiter: string): string {
  return DELIMITER_NAMES[delimiter] ?? delimiter;
}

/**
 * @param head the text's first bytes, UTF-8.
 * @param whole true when that is all of it.
 * @throws FileRefused when it isn't text, none of the formats, or not what it is declared as or named.
 */
export function detectDialect(head: Buffer, whole: boolean, declared: DeclaredDialect): Dialect {
  const binary = head.indexOf(0);
  if (binary !== -1) {
    throw new FileRefused(
      `The file isn't text: byte ${binary} is NUL. If it is UTF-16 without a byte order mark, declare the encoding utf-16le.`,
    );
  }
  const text = head.toString();
  const start = text.trimStart();
  refuseMarkup(start);
  const terminator = findTerminator(text);
  const lines = text.split(terminator).map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
  if (!whole && lines.length > 1) lines.pop();
  const { name = "", format = "auto", delimiter } = declared;
  const named = format === "auto" && delimiter === undefined ? byName(name) : "auto";
  const expected = named !== "auto" ? named : delimiter !== undefined && format === "auto" ? "csv" : format;
  const said = named === "auto" ? `declared as ${expected}` : `named ${extensionOf(name)}`;
  if (start === "" && expected === "auto") return { kind: "delimited", terminator };
  if (expected === "json" || expected === "ndjson") {
    if (start !== "") refuseOtherThanJson(start, lines, said, format);
    return { kind: expected === "ndjson" && start[0] !== "[" ? expected : jsonKind(start, lines, whole), terminator };
  }
  const fixed = delimiter ?? FIXED[format];
  if (expected === "auto" && isJson(start, lines)) return { kind: jsonKind(start, lines, whole), terminator };
  if (looksLikeJson(start)) {
    throw new FileRefused(
      `The file is ${said}, but it holds JSON. Fix: ${named === "auto" ? "declare the format json" : "name it .json"}, or send delimited text.`,
    );
  }
  return { kind: "delimited", ...delimited(lines, fixed, FIXED[named], expected === "auto"), terminator };
}

/** @param fixed as declared. @param suggested by the name. @param unnamed nothing says that it is delimited text. */
function delimited(
  lines: readonly string[],
  fixed: string | undefined,
  suggested: string | undefined,
  unnamed: boolean,
): Pick<Dialect, "delimiter" | "oneColumn"> {
  const first = lines.findIndex((line) => line !== "");
  const separator = SEPARATOR_LINE.exec(lines[first] ?? "")?.[1];
  if (separator !== undefined) {
    return { delimiter: separator, oneColumn: fitOf(lines.slice(first + 1), separator).columns === 1 };
  }
  const found = findDelimiter(lines, suggested);
  if (fixed !== undefined) {
    const fit = fitOf(lines, fixed);
    if (fit.columns === 1 && found !== undefined && fitsWell(found)) refuseDelimiter(fixed, found);
    return { delimiter: fixed, oneColumn: fit.columns === 1 };
  }
  if (unnamed && found !== undefined && found.rows > 1 && found.equal * 2 < found.rows) {
    throw new FileRefused(
      `The file is neither JSON nor delimited text: with ${nameOf(found.delimiter)}, which fits best, ${found.equal} of the first ${found.rows} rows have the header's ${found.columns} fields. ` +
        "Fix: if it is delimited, name it .csv, or declare its format and delimiter.",
    );
  }
  const delimiter = found?.delimiter ?? suggested ?? ",";
  return { delimiter, oneColumn: found === undefined && fitOf(lines, delimiter).columns === 1 };
}

function refuseDelimiter(declared: string, { delimiter, columns }: DelimiterFit): never {
  throw new FileRefused(
    `The delimiter is declared as ${nameOf(declared)}, which the header doesn't have, but ${nameOf(delimiter)} divides the rows into ${columns} equal fields. ` +
      `Fix: declare the delimiter ${JSON.stringify(delimiter)}, or none to have it found out.`,
  );
}

function extensionOf(name: string): string {
  const plain = name.toLowerCase().replace(/\.(gz|gzip)$/, "");
  return plain.slice(plain.lastIndexOf("."));
}

function byName(name: string): FileFormat {
  return BY_EXTENSION.get(extensionOf(name).slice(1)) ?? "auto";
}

/** An error of S3 or a page to sign in, stored under the name of the file that should have come. */
function refuseMarkup(start: string): void {
  if (start[0] !== "<") return;
  const tag = /^<([A-Za-z_][\w:.-]*)[^<>]*>/.exec(start);
  const after = tag === null ? "" : start.slice(tag[0].length).trimStart();
  const isElement =
    tag !== null && (tag[0].endsWith("/>") || after.startsWith("<") || start.includes(`</${tag[1] as string}`));
  if (isElement || /^<(\?xml|!doctype|!--|html|head|body)\b/i.test(start) || start.startsWith("<!--")) {
    const shown = start.slice(0, 80).replaceAll(/\s+/g, " ");
    throw new FileRefused(`The file is XML or HTML, not records: ${shown}… Fix: send CSV, NDJSON or JSON.`);
  }
}

/** A JSON text by its first characters, which delimited text can't have. */
function looksLikeJson(start: string): boolean {
  return /^(\{\s*["}]|\[\s*(\{\s*["}]|\[|\]))/.test(start);
}

/** Where nothing else is known: brackets say so, unless they divide into fields, as in `[id],[name]`. */
function isJson(start: string, lines: readonly string[]): boolean {
  if (start[0] === "{" || looksLikeJson(start)) return true;
  const fit = start[0] === "[" ? findDelimiter(lines, undefined) : undefined;
  return start[0] === "[" && !(fit !== undefined && fitsWell(fit));
}

function refuseOtherThanJson(start: string, lines: readonly string[], said: string, format: FileFormat): void {
  const shown = JSON.stringify(start.slice(0, 40));
  if (format === "ndjson" && /^\[\s*\{/.test(start)) {
    throw new FileRefused(
      `The file is ${said}, but it holds a JSON array: ${shown}… Fix: declare the format json or auto.`,
    );
  }
  if (start[0] === "{" || start[0] === "[" || lines.some((line) => line.trimStart().startsWith("{"))) return;
  throw new FileRefused(
    `The file is ${said}, but it doesn't hold JSON: ${shown}… Fix: send JSON, or name and declare it as what it is.`,
  );
}

function jsonKind(start: string, lines: readonly string[], whole: boolean): Dialect["kind"] {
  if (start[0] === "[") return "array";
  return looksLikeNdjson(lines, whole) ? "ndjson" : "values";
}

/** Objects on lines of their own: at least half of the lines that begin one also end it. */
function looksLikeNdjson(lines: readonly string[], whole: boolean): boolean {
  const beginning = lines.map((line) => line.trim()).filter((line) => line.startsWith("{"));
  const complete = whole || lines.length > 1;
  // One line longer than all that is looked at.
  if (!complete || beginning.length === 0) return !whole;
  return beginning.filter((line) => line.endsWith("}") && parses(line)).length * 2 >= beginning.length;
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** How most lines end, leaving out what stands in quotes. */
function findTerminator(text: string): "\n" | "\r" {
  if (!text.includes("\r")) return "\n";
  let feeds = 0;
  let returns = 0;
  let quoted = false;
  let before: string | undefined = "\n";
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (quoted) {
      if (character === '"') {
        if (text[at + 1] === '"') at++;
        else quoted = false;
      }
    } else if (character === '"') quoted = before === "\n" || before === "\r" || DELIMITERS.includes(before as string);
    else if (character === "\n") feeds++;
    else if (character === "\r" && text[at + 1] !== "\n") returns++;
    before = character;
  }
  if (feeds === 0 && returns === 0) return text.includes("\n") ? "\n" : "\r";
  return returns > feeds ? "\r" : "\n";
}
