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
  /** The JSON array ends with it. */
  readonly last?: boolean;
}

/** Where reading begins: the file's start, or after a record. */
export interface ReadFrom {
  readonly offset: number;
  readonly line: number;
  /** Column names that were read before. */
  readonly header?: readonly string[];
  /** The JSON array had ended. */
  readonly last?: boolean;
}

export const FILE_START: ReadFrom = { offset: 0, line: 1 };

/** Cuts records from text that comes in chunks of any size; the records don't depend on where the chunks end. */
export interface RecordReader {
  push(chunk: Buffer): Cut[];
  /** @throws FileRefused where the text ends too early. */
  end(): Cut[];
  /** Column names, where the format has them and they were read. */
  readonly header?: readonly string[];
}

/** Bytes of a bad record that are kept. */
export const RAW_BYTES = 4096;

export function tooLong(maxBytes: number): string {
  return `longer than ${maxBytes} bytes; raise limits.maxRecordBytes, or split the record`;
}

export const NOT_UTF8 = "not valid UTF-8; declare the source's encoding (latin1, utf-16le), or mend the file";
