import { type Cut, FILE_START, type ReaderRules, type ReadFrom } from "../../../../functions/shared/text/cut";
import type { Dialect } from "../../../../functions/shared/text/dialect";
import { createReader, openRecords, type TextOptions } from "../../../../functions/shared/text/text";

export const RULES: ReaderRules = { maxRecordBytes: 1_000_000 };
export const CSV: Dialect = { kind: "delimited", delimiter: ",", terminator: "\n" };
export const NDJSON: Dialect = { kind: "ndjson", terminator: "\n" };
export const ARRAY: Dialect = { kind: "array", terminator: "\n" };
export const VALUES: Dialect = { kind: "values", terminator: "\n" };

export async function* chunksOf(bytes: Buffer, size = 64 * 1024): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** The cuts of a text that comes in chunks of these sizes, over and over, and the header that was read. */
export function cutsOf(
  dialect: Dialect,
  bytes: Buffer,
  chunks: readonly number[] = [bytes.length + 1],
  from: ReadFrom = FILE_START,
  rules = RULES,
): { readonly cuts: Cut[]; readonly header?: readonly string[] } {
  const reader = createReader(dialect, from, rules);
  const cuts: Cut[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const end = at + (chunks[turn % chunks.length] as number);
    cuts.push(...reader.push(bytes.subarray(at, end)));
    at = end;
  }
  cuts.push(...reader.end());
  return { cuts, header: reader.header };
}

/** What a file comes to: its records as values, a bad one as its reason. */
export interface FileRead {
  readonly format: string;
  readonly delimiter?: string;
  readonly encoding: string;
  readonly columns?: readonly string[];
  readonly records: unknown[];
  readonly good: unknown[];
  readonly problems: string[];
}

/** Reads a file as its users do, everything about it found out unless declared. @throws FileRefused */
export async function readFile(
  content: string | Buffer,
  options: TextOptions = {},
  rules: ReaderRules = RULES,
): Promise<FileRead> {
  const file = await openRecords(chunksOf(Buffer.from(content as string)), options, rules);
  const records: unknown[] = [];
  const good: unknown[] = [];
  const problems: string[] = [];
  for await (const batch of file.records()) {
    for (const { json, problem = "" } of batch) {
      const value: unknown = json === undefined ? problem : JSON.parse(json);
      records.push(value);
      if (json === undefined) problems.push(problem);
      else good.push(value);
    }
  }
  const { format, delimiter, encoding, columns } = file;
  return { format, delimiter, encoding, columns, records, good, problems };
}
