import { RAW_BYTES } from "./cut";
import type { Line } from "./lines";
import { QuotedRecord } from "./quotedRecord";

/** Some lines in a row, or what is left to know of them. */
export interface LineBlock {
  readonly count: number;
  readonly bytes: number;
  /** Their beginning, as they were read. */
  readonly raw: string;
}

/** A record that its quotes have made of several lines so far. */
export class OpenRecord {
  /** Its lines, or those after the ones that are lost. */
  lines: Line[] = [];
  /** Their bytes. */
  bytes = 0;
  /** Lines that were too many to be held: the record is bad, only its end is still of interest. */
  lost?: LineBlock;
  /** What is wrong with one of its lines. */
  problem?: string;
  private carriageReturn?: boolean;

  constructor(
    readonly quoted: QuotedRecord,
    private readonly lineBreak: string,
  ) {}

  /** @returns true when the record is complete with this line, or can't be completed. */
  feed(line: Line): boolean {
    if (this.carriageReturn !== undefined) this.quoted.feedBreak(this.carriageReturn ? "\r\n" : this.lineBreak);
    this.carriageReturn = line.carriageReturn;
    this.problem ??= line.problem;
    this.lines.push(line);
    this.bytes += line.size;
    return this.quoted.feed(line.text);
  }

  /** Lets go of the lines that are held. */
  lose(): void {
    this.lost = blockOf(this.lines, this.lineBreak, this.lost);
    this.lines = [];
    this.bytes = 0;
    this.quoted.forget();
  }
}

/** @param before lines before them. */
export function blockOf(lines: readonly Line[], lineBreak: string, before?: LineBlock): LineBlock {
  let raw = before?.raw ?? "";
  let bytes = before?.bytes ?? 0;
  for (const [index, line] of lines.entries()) {
    bytes += line.size;
    if (raw.length >= RAW_BYTES) continue;
    if (index > 0) raw += lines[index - 1]?.carriageReturn ? "\r\n" : lineBreak;
    else if (before !== undefined) raw += lineBreak;
    raw += line.text.slice(0, RAW_BYTES);
  }
  return { count: (before?.count ?? 0) + lines.length, bytes, raw: raw.slice(0, RAW_BYTES) };
}

/** How fields are told apart. */
export interface FieldMarks {
  readonly delimiter: string;
  /** Empty: no field is quoted. */
  readonly quote: string;
}

/**
 * Whether lines that an open quote went over are rather records of their own: most of them have, each by itself, the
 * expected number of fields. With one or two fields that may be chance, so nearly all of them have to.
 */
export function areRecords(lines: readonly Line[], fields: number, marks: FieldMarks): boolean {
  let all = 0;
  let good = 0;
  for (const [index, line] of lines.entries()) {
    if (line.text === "") continue;
    all++;
    if (standsAlone(line, fields, marks, index === lines.length - 1)) good++;
  }
  return good > 0 && (fields > 2 ? good * 2 > all : good * 10 >= all * 9);
}

/** @param mayOpen it may go on in the next line. */
function standsAlone(
  { text, problem }: Line,
  fields: number,
  { delimiter, quote }: FieldMarks,
  mayOpen: boolean,
): boolean {
  if (problem !== undefined) return false;
  if (!text.includes(quote)) {
    let count = 1;
    for (let at = text.indexOf(delimiter); at !== -1; at = text.indexOf(delimiter, at + 1)) count++;
    return count === fields;
  }
  const record = new QuotedRecord(delimiter, quote);
  record.forget();
  const complete = record.feed(text);
  if (record.problem !== undefined) return false;
  if (!complete) return mayOpen && record.count < fields;
  return record.count === fields && !record.endsLikeQuoted;
}
