import { CsvReader } from "./csv";
import { type Cut, FILE_START, type FileEncoding, type ReaderRules, type ReadFrom, type RecordReader } from "./cut";
import { type DeclaredDialect, type Dialect, delimiterName, detectDialect, formatName, SNIFF_BYTES } from "./dialect";
import { type DetectedEncoding, detectEncoding, toUtf8 } from "./encoding";
import { JsonElementReader } from "./jsonElements";
import { NdjsonReader } from "./ndjson";
import { peek } from "./unpack";

const MARK_BYTES = 512;

/** What is declared of a text. What isn't is found out from its content. */
export interface TextOptions extends DeclaredDialect {
  /** @default "utf-8" */
  readonly encoding?: FileEncoding;
}

/** What is known of a text: how it is written, and all of it as UTF-8 without a byte order mark. */
export interface OpenText {
  readonly dialect: Dialect;
  readonly encoding: DetectedEncoding;
  readonly utf8: AsyncGenerator<Buffer>;
}

/** Finds out how a text is written. @throws FileRefused when it isn't text, none of the formats, or not as declared. */
export async function openText(chunks: AsyncIterable<Buffer>, options: TextOptions): Promise<OpenText> {
  const raw = await peek(chunks, MARK_BYTES);
  const encoding = detectEncoding(raw.head, options.encoding ?? "utf-8");
  const text = await peek(toUtf8(raw.chunks, encoding), SNIFF_BYTES);
  return { dialect: detectDialect(text.head, text.whole, options), encoding, utf8: text.chunks };
}

/** The reader for a dialect, from a text's start or from where another reader left off. */
export function createReader(dialect: Dialect, from: ReadFrom, rules: ReaderRules): RecordReader {
  const { kind, terminator } = dialect;
  if (kind === "delimited") return new CsvReader(from, rules, dialect);
  if (kind === "ndjson") return new NdjsonReader(from, rules, terminator);
  return new JsonElementReader(from, rules, kind);
}

/** A record of a file, good (`json`) or bad (`problem`). */
export interface TextRecord {
  /** 1-based, over good and bad ones. */
  readonly number: number;
  /** Line that it begins on, 1-based. */
  readonly line: number;
  /** The record as a JSON object: of delimited text every value is a string, of JSON the text stays as it was written. */
  readonly json?: string;
  /** Why it is bad. */
  readonly problem?: string;
  /** A bad record as it was read, at most 4 KB of it. */
  readonly raw?: string;
}

export interface TextFile {
  /** As ledgers and reports call it: `csv`, `tsv`, `psv`, `ndjson` or `json`. */
  readonly format: string;
  /** `comma`, `tab`, …; undefined for JSON. */
  readonly delimiter?: string;
  readonly encoding: string;
  /** The header's names, known once the first batch was taken (or all were: a header may be all there is). */
  readonly columns: readonly string[] | undefined;
  /** The records in batches as they come, to be taken once. @throws FileRefused when the rest can't be read. */
  records(): AsyncGenerator<TextRecord[]>;
}

/**
 * Opens a text of records: delimited with a header, JSON lines, or a JSON array, in any encoding that `TextOptions` has.
 * Memory stays bounded by `maxRecordBytes`, whatever the text's size; a bad record costs itself. Packed files go
 * through `openPacked` (unpack.ts) first.
 *
 * ```ts
 * const file = await openRecords(chunks, { name: "export.csv" }, { maxRecordBytes: 4 * 1024 * 1024 });
 * for await (const batch of file.records()) {
 *   for (const { number, json, problem } of batch) …
 * }
 * ```
 * @throws FileRefused when it isn't text, none of the formats, or not as declared.
 */
export async function openRecords(
  chunks: AsyncIterable<Buffer>,
  options: TextOptions,
  rules: ReaderRules,
): Promise<TextFile> {
  const { dialect, encoding, utf8 } = await openText(chunks, options);
  const reader = createReader(dialect, FILE_START, rules);
  let number = 0;
  const take = ({ body, line, problem, raw }: Cut): TextRecord => {
    number++;
    return body === undefined
      ? { number, line, problem, raw }
      : { number, line, json: body === "}" ? "{}" : `{${body.slice(1)}` };
  };
  return {
    format: formatName(dialect),
    delimiter: delimiterName(dialect),
    encoding: encoding.encoding,
    get columns() {
      return reader.header;
    },
    async *records() {
      for await (const chunk of utf8) {
        const batch = reader.push(chunk).map(take);
        if (batch.length > 0) yield batch;
      }
      yield reader.end().map(take);
    },
  };
}
