import { RAW_BYTES, type ReaderRules, type ReadFrom } from "./cut";
import { type Line, LineCutter } from "./lines";
import { QuotedRecord } from "./quotedRecord";

/** Where a record stands: see Cut. */
export interface Place {
  readonly line: number;
  readonly nextLine: number;
  readonly end: number;
}

/** How delimited text is written. */
export interface DelimitedForm {
  readonly delimiter: string;
  /** @default "\n" */
  readonly terminator?: "\n" | "\r";
  /** Empty: no field is quoted. @default '"' */
  readonly quote?: string;
}

/**
 * Cuts delimited text into records of fields. Built on lines rather than on a general CSV parser, because a record has
 * to be given up without losing the next one: after a quote that nobody closes, reading goes on at the following line.
 */
export abstract class DelimitedReader<T> {
  protected offset: number;
  private readonly cutter: LineCutter;
  private readonly lineBreak: string;
  private readonly delimiter: string;
  private readonly quote: string;
  private line: number;
  /** Lines of a record whose quotes are open. */
  private open: Line[] = [];
  private openBytes = 0;
  private quoted?: QuotedRecord;

  constructor(
    from: ReadFrom,
    protected readonly rules: ReaderRules,
    { delimiter, terminator = "\n", quote = '"' }: DelimitedForm,
  ) {
    this.cutter = new LineCutter(rules.maxRecordBytes, terminator);
    this.lineBreak = terminator;
    this.delimiter = delimiter;
    this.quote = quote;
    this.offset = from.offset;
    this.line = from.line;
  }

  push(chunk: Buffer): T[] {
    const cuts: T[] = [];
    for (const line of this.cutter.push(chunk)) this.take(line, cuts);
    return cuts;
  }

  end(): T[] {
    const cuts: T[] = [];
    for (const line of this.cutter.end()) this.take(line, cuts);
    while (this.open.length > 0) this.giveUp("before the end of the file", cuts);
    return cuts;
  }

  /**
   * A record's fields, the places of those that stood in quotes (undefined: none did), and where it stands.
   * @param lines see rawText
   * @returns undefined for what isn't a record, such as a header
   */
  protected abstract record(
    fields: readonly string[],
    quotedFields: ReadonlySet<number> | undefined,
    place: Place,
    lines: readonly Line[],
  ): T | undefined;

  /** A record that can't be cut into fields. */
  protected abstract badRecord(problem: string, place: Place, raw: string): T;

  private take(line: Line, cuts: T[]): void {
    while (
      this.open.length > 0 &&
      (line.problem !== undefined || this.openBytes + line.size > this.rules.maxRecordBytes)
    ) {
      this.giveUp(`within ${this.rules.maxRecordBytes} bytes (limits.maxRecordBytes)`, cuts);
    }
    if (line.problem !== undefined) {
      this.finish([line], undefined, undefined, line.problem, cuts);
    } else if (this.quoted !== undefined) {
      const before = this.open[this.open.length - 1] as Line;
      this.quoted.feedBreak(before.carriageReturn ? "\r\n" : this.lineBreak);
      this.feed(line, this.quoted, cuts);
    } else if (line.text === "") {
      this.line++;
      this.offset += line.size;
    } else if (this.quote !== "" && line.text.includes(this.quote)) {
      this.feed(line, new QuotedRecord(this.delimiter, this.quote), cuts);
    } else {
      this.finish([line], line.text.split(this.delimiter), undefined, undefined, cuts);
    }
  }

  private feed(line: Line, quoted: QuotedRecord, cuts: T[]): void {
    const complete = quoted.feed(line.text);
    this.open.push(line);
    this.openBytes += line.size;
    this.quoted = quoted;
    if (complete) this.finish(this.closeOpen(), quoted.fields, quoted.quotedFields, quoted.problem, cuts);
  }

  private closeOpen(): Line[] {
    const lines = this.open;
    this.open = [];
    this.openBytes = 0;
    this.quoted = undefined;
    return lines;
  }

  /** The first open line is a bad record; the lines after it are read anew. */
  private giveUp(where: string, cuts: T[]): void {
    const [first, ...rest] = this.closeOpen();
    this.finish([first as Line], undefined, undefined, `a quote opens that isn't closed ${where}`, cuts);
    for (const line of rest) this.take(line, cuts);
  }

  private finish(
    lines: readonly Line[],
    fields: readonly string[] | undefined,
    quotedFields: ReadonlySet<number> | undefined,
    problem: string | undefined,
    cuts: T[],
  ): void {
    const line = this.line;
    this.line += lines.length;
    for (const { size } of lines) this.offset += size;
    const place = { line, nextLine: this.line, end: this.offset };
    const cut =
      problem === undefined && fields !== undefined
        ? this.record(fields, quotedFields, place, lines)
        : this.badRecord(problem ?? "", place, this.rawText(lines));
    if (cut !== undefined) cuts.push(cut);
  }

  /** A record as it was read, shortened. */
  protected rawText(lines: readonly Line[]): string {
    let text = "";
    for (const [index, line] of lines.entries()) {
      if (index > 0) text += (lines[index - 1] as Line).carriageReturn ? "\r\n" : this.lineBreak;
      text += line.text;
      if (text.length > RAW_BYTES) break;
    }
    return text.slice(0, RAW_BYTES);
  }
}
