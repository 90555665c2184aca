import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";

/** How a sample file is written. */
export interface SampleFormat {
  readonly delimiter: string;
  /** Empty: fields are never enclosed. */
  readonly quote: string;
  /** Snowflake's name of the encoding. */
  readonly encoding: string;
}

/** Snowflake's names of the encodings that a sample file can be read in, as Node's decoder calls them. */
const decoders: Readonly<Record<string, string>> = {
  UTF8: "utf-8",
  UTF16: "utf-16le",
  UTF16LE: "utf-16le",
  UTF16BE: "utf-16be",
  ISO88591: "iso-8859-1",
  WINDOWS1252: "windows-1252",
};

/**
 * The header of a delimited file, gzip or not.
 *
 * @throws Error saying what is wrong with the file
 */
export function readHeader(path: string, format: SampleFormat): string[] {
  const stored = readFileSync(path);
  const bytes = stored[0] === 0x1f && stored[1] === 0x8b ? gunzipSync(stored) : stored;
  const decoder = decoders[format.encoding];
  if (decoder === undefined) {
    throw new Error(`a file in ${format.encoding} can't be read here (can be: ${Object.keys(decoders).join(", ")})`);
  }
  // The decoder takes a byte order mark away.
  return parseHeader(new TextDecoder(decoder).decode(bytes), format);
}

/** @throws Error when there is no header */
export function parseHeader(text: string, { delimiter, quote }: SampleFormat): string[] {
  const rows: string[][] = parse(text, {
    delimiter,
    quote: quote === "" ? null : quote,
    to: 1,
    relax_column_count: true,
    skip_empty_lines: false,
  });
  const header = rows[0] ?? [];
  if (header.every((name) => name.trim() === "")) throw new Error("its first line is empty; it must be the header");
  return header;
}

/**
 * Column names for a header's fields: upper case; what isn't a letter, digit or `_` becomes `_`; a leading digit gets
 * `_` in front; an empty field becomes `COLUMN_<position>`; a name that is there already gets `_2`, `_3` …
 *
 * @param reserved names that are taken before the first field
 */
export function columnNames(header: readonly string[], reserved: readonly string[] = []): string[] {
  const wanted = header.map((field, i) => columnName(field, i + 1));
  const taken = new Set(reserved);
  // A name written out in the header keeps it: `A, A, A_2` becomes `A, A_3, A_2`.
  const written = new Set(wanted);
  return wanted.map((name) => {
    let unique = name;
    for (let n = 2; taken.has(unique) || (unique !== name && written.has(unique)); n++) {
      unique = `${name.slice(0, 255 - `_${n}`.length)}_${n}`;
    }
    taken.add(unique);
    return unique;
  });
}

function columnName(field: string, position: number): string {
  const name = field
    .trim()
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^A-Za-z0-9_]+/g, "_")
    .toUpperCase()
    .slice(0, 250);
  if (/^_*$/.test(name)) return `COLUMN_${position}`;
  return /^[0-9]/.test(name) ? `_${name}` : name;
}
