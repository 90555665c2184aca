/** How a text's records are written. `auto`: the content says so, with the name as a hint. */
export type FileFormat = "auto" | "csv" | "tsv" | "psv" | "ndjson" | "json";
/** How a file is packed. `auto` looks at the first bytes. */
export type FileCompression = "auto" | "none" | "gzip" | "zip";
/** How a text is encoded where it has no byte order mark, which always wins; `latin1` means Windows-1252, as on the web. */
export type FileEncoding = "utf-8" | "utf-16le" | "windows-1252" | "latin1";

/** One record cut from a file's text, good or bad. */
export interface Cut {
  /** Its fields as JSON, to stand after other fields: `,"a":1}`, or `}` without any. Undefined: the record is bad. */
  readonly body?: string;
  /** Why it is bad. */
  readonly problem?: string;
  /** A bad record as it was read, shortened. */
  readonly raw?: string;
  /** Line it begins on, 1-based. */
  readonly line: number;
  /** Line that reading goes on at after it. */
  readonly nextLine: number;
  /** Offset in the UTF-8 text that reading goes on at after it, in bytes. */
  readonly end: number;
  /** What has to be known to read on after it. */
  readonly state?: ReadState;
}

/** What has to be known to read on after a record; undefined where nothing is to be known, as nearly always. */
export interface ReadState {
  /** The JSON array has ended. */
  readonly ended?: boolean;
  /** The record's quotes don't match: the next line may be a record or the rest of this one. */
  readonly doubtful?: boolean;
  /** Up to this offset each line stands alone, because a record's quotes went over them. */
  readonly aloneUntil?: number;
}

/** Where reading begins: the text's start, or after a record. */
export interface ReadFrom {
  readonly offset: number;
  readonly line: number;
  /** Column names that were read before. */
  readonly header?: readonly string[];
  readonly state?: ReadState;
}

export const FILE_START: ReadFrom = { offset: 0, line: 1 };

/** Bounds of a reader, and what it asks of a record. */
export interface ReaderRules {
  /** Bytes of one record; a longer one is bad. */
  readonly maxRecordBytes: number;
  /** Names that no record may have, because the reader's user adds fields with these names. @default none */
  readonly reserved?: readonly string[];
  /** Columns that a header must have, else the file is refused. @default none */
  readonly required?: readonly string[];
}

/** Cuts records from text that comes in chunks of any size; the records don't depend on where the chunks end. */
export interface RecordReader {
  push(chunk: Buffer): Cut[];
  /** @throws FileRefused where the text ends too early. */
  end(): Cut[];
  /** Column names, where the format has them and they were read. */
  readonly header?: readonly string[];
}

/** The whole file can't be taken, and trying again won't change that. The message says why and what to do. */
export class FileRefused extends Error {
  override readonly name = "FileRefused";
}

/** Bytes of a bad record that are kept. */
export const RAW_BYTES = 4096;

export function tooLong(maxBytes: number): string {
  return `longer than ${maxBytes} bytes; raise limits.maxRecordBytes, or split the record`;
}

export const NOT_UTF8 = "not valid UTF-8; declare the source's encoding (windows-1252, utf-16le), or fix the file";

export function reservedProblem(name: string): string {
  return `has a field ${name}, a name that the pipeline's own fields have; rename it in the source`;
}
