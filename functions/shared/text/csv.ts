import { columnNames } from "./columns";
import { type Cut, RAW_BYTES, type ReadFrom, type RecordReader } from "./cut";
import { reservedName, reservedProblem } from "./jsonRecord";
import { type Line, LineCutter } from "./lines";
import { QuotedRecord } from "./quotedRecord";
import { FileRefused } from "./refused";

/** The header stands in each checkpoint, and an item of the ledger has at most 400 KB. */
const MAX_HEADER_BYTES = 128 * 1024;
const NEEDS_ESCAPE = /["\\\p{Cc}]/u;

/**
 * Delimited text with a header. Built on lines rather than on a general CSV parser, because a record has to be given up
 * without losing the next one: after a quote that nobody closes, reading goes on at the following line.
 */
export class CsvReader implements RecordReader {
  private readonly cutter: LineCutter;
  private readonly lineBreak: string;
  private offset: number;
  private line: number;
  private columns?: readonly string[];
  private prefixes: readonly string[] = [];
  private reserved?: string;
  /** Lines of a record whose quotes are open. */
  private open: Line[] = [];
  private openBytes = 0;
  private quoted?: QuotedRecord;

  constructor(
    from: ReadFrom,
    private readonly maxRecordBytes: number,
    private readonly delimiter: string,
    terminator: "\n" | "\r" = "\n",
  ) {
    this.cutter = new LineCutter(maxRecordBytes, terminator);
    this.lineBreak = terminator;
    this.offset = from.offset;
    this.line = from.line;
    if (from.header) this.useColumns(from.header);
  }

  get header(): readonly string[] | undefined {
    return this.columns;
  }

  push(chunk: Buffer): Cut[] {
    const cuts: Cut[] = [];
    for (const line of this.cutter.push(chunk)) this.take(line, cuts);
    return cuts;
  }

  end(): Cut[] {
    const cuts: Cut[] = [];
    for (const line of this.cutter.end()) this.take(line, cuts);
    while (this.open.length > 0) this.giveUp("before the end of the file", cuts);
    return cuts;
  }

  private take(line: Line, cuts: Cut[]): void {
    while (this.open.length > 0 && (line.problem !== undefined || this.openBytes + line.size > this.maxRecordBytes)) {
      this.giveUp(`within ${this.maxRecordBytes} bytes (limits.maxRecordBytes)`, cuts);
    }
    if (line.problem !== undefined) {
      this.finish([line], undefined, line.problem, cuts);
    } else if (this.quoted !== undefined) {
      const before = this.open[this.open.length - 1] as Line;
      this.quoted.feedBreak(before.carriageReturn ? "\r\n" : this.lineBreak);
      this.feed(line, this.quoted, cuts);
    } else if (line.text === "") {
      this.line++;
      this.offset += line.size;
    } else if (line.text.includes('"')) {
      this.feed(line, new QuotedRecord(this.delimiter), cuts);
    } else {
      this.finish([line], line.text.split(this.delimiter), undefined, cuts);
    }
  }

  private feed(line: Line, quoted: QuotedRecord, cuts: Cut[]): void {
    const complete = quoted.feed(line.text);
    this.open.push(line);
    this.openBytes += line.size;
    this.quoted = quoted;
    if (complete) this.finish(this.closeOpen(), quoted.fields, quoted.problem, cuts);
  }

  private closeOpen(): Line[] {
    const lines = this.open;
    this.open = [];
    this.openBytes = 0;
    this.quoted = undefined;
    return lines;
  }

  /** The first open line is a bad record; the lines after it are read anew. */
  private giveUp(where: string, cuts: Cut[]): void {
    const [first, ...rest] = this.closeOpen();
    this.finish([first as Line], undefined, `a quote opens that isn't closed ${where}`, cuts);
    for (const line of rest) this.take(line, cuts);
  }

  private finish(
    lines: readonly Line[],
    fields: readonly string[] | undefined,
    problem: string | undefined,
    cuts: Cut[],
  ): void {
    const line = this.line;
    this.line += lines.length;
    for (const { size } of lines) this.offset += size;
    if (this.columns === undefined) {
      this.readHeader(line, fields, problem);
      return;
    }
    const reason = problem ?? this.recordProblem(fields as readonly string[]);
    const place = { line, nextLine: this.line, end: this.offset };
    if (reason === undefined) cuts.push({ ...place, body: this.body(fields as readonly string[]) });
    else cuts.push({ ...place, problem: reason, raw: this.rawText(lines) });
  }

  private readHeader(line: number, fields: readonly string[] | undefined, problem: string | undefined): void {
    const reason = problem ?? (this.offset > MAX_HEADER_BYTES ? `longer than ${MAX_HEADER_BYTES} bytes` : undefined);
    if (reason !== undefined || fields === undefined) {
      throw new FileRefused(`The header can't be read (line ${line}): ${reason}.`);
    }
    this.useColumns(columnNames(fields));
  }

  private useColumns(columns: readonly string[]): void {
    this.columns = columns;
    this.prefixes = columns.map((name) => `,${JSON.stringify(name)}:`);
    this.reserved = reservedName((name) => columns.includes(name));
  }

  private recordProblem(fields: readonly string[]): string | undefined {
    const expected = this.prefixes.length;
    if (fields.length !== expected) {
      return `${fields.length} field${fields.length === 1 ? "" : "s"}, the header has ${expected}`;
    }
    return this.reserved === undefined ? undefined : reservedProblem(this.reserved);
  }

  private body(fields: readonly string[]): string {
    let body = "";
    for (let index = 0; index < fields.length; index++) {
      const value = fields[index] as string;
      body += this.prefixes[index] + (NEEDS_ESCAPE.test(value) ? JSON.stringify(value) : `"${value}"`);
    }
    return `${body}}`;
  }

  private rawText(lines: readonly Line[]): string {
    let text = "";
    for (const [index, line] of lines.entries()) {
      if (index > 0) text += (lines[index - 1] as Line).carriageReturn ? "\r\n" : this.lineBreak;
      text += line.text;
      if (text.length > RAW_BYTES) break;
    }
    return text.slice(0, RAW_BYTES);
  }
}
