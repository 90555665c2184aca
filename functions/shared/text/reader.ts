import { CsvReader } from "./csv";
import type { ReadFrom, RecordReader } from "./cut";
import { JsonElementReader } from "./jsonElements";
import { NdjsonReader } from "./ndjson";
import type { Dialect } from "./sniff";

/** The reader for a dialect, from a file's start or from where another reader left off. */
export function createReader(dialect: Dialect, from: ReadFrom, maxRecordBytes: number): RecordReader {
  const { kind, delimiter = ",", terminator } = dialect;
  if (kind === "delimited") return new CsvReader(from, maxRecordBytes, delimiter, terminator);
  if (kind === "ndjson") return new NdjsonReader(from, maxRecordBytes, terminator);
  return new JsonElementReader(from, maxRecordBytes, kind);
}
