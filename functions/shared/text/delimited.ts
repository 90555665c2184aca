import { RAW_BYTES, type ReaderRules, type ReadFrom, type ReadState, tooLong } from "./cut";
import { type Line, LineCutter, type Lines, linesOf } from "./lines";
import { areRecords, blockOf, type FieldMarks, type LineBlock, OpenRecord } from "./openRecord";
import { QuotedRecord } from "./quotedRecord";

/** Where a record stands: see Cut. */
export interface Place {
  readonly line: number;
  readonly nextLine: number;
  readonly end: number;
  readonly state?: ReadState;
}

/** How delimited text is written. */
export interface DelimitedForm {
  readonly delimiter?: string;
  /** @default "\n" */
  readonly terminator?: "\n" | "\r";
  /** Empty: no field is quoted. @default '"' */
  readonly quote?: string;
}

/** Lines of a record that are held at once. */
const MAX_OPEN_LINES = 100_000;
const TORN = "a quote opens that isn't closed in the record; the lines after it are records by themselves";
const DOUBTFUL =
  "a field ends with a quote that it doesn't begin with, after a record whose quotes don't match: it may be the rest of that one";

/**
 * Cuts delimited text into records of fields. Built on lines rather than on a general CSV parser, because a record has
 * to be given up without losing the next ones: where quotes don't match, the lines that alone are records are read as
 * such. A line is looked at three times at most, so the time is linear whatever its quotes are.
 */
export abstract class DelimitedReader<T> {
  protected offset: number;
  protected line: number;
  /** Fields of a record, where they are known. */
  protected expected?: number;
  private readonly cutter: LineCutter;
  private readonly lineBreak: "\n" | "\r";
  private readonly marks: FieldMarks;
  /** What makes a line, or several of them, need a closer look. */
  private readonly special: { readonly line: RegExp; readonly lines: RegExp };
  private doubtful: boolean;
  private aloneUntil: number;
  private open?: OpenRecord;
  private cuts: T[] = [];

  constructor(
    from: ReadFrom,
    protected readonly rules: ReaderRules,
    { delimiter = ",", terminator = "\n", quote = '"' }: DelimitedForm,
  ) {
    this.cutter = new LineCutter(rules.maxRecordBytes, terminator);
    this.lineBreak = terminator;
    this.marks = { delimiter, quote };
    this.special = specials(delimiter, quote, terminator);
    this.offset = from.offset;
    this.line = from.line;
    this.doubtful = from.state?.doubtful ?? false;
    this.aloneUntil = from.state?.aloneUntil ?? 0;
    this.expected = from.header?.length;
  }

  push(chunk: Buffer): T[] {
    for (const lines of this.cutter.pushMany(chunk)) this.takeMany(lines);
    return this.takeCuts();
  }

  end(): T[] {
    for (const lines of this.cutter.endMany()) this.takeMany(lines);
    // The last line may open one again, by itself.
    while (this.open !== undefined)
      this.giveUp(this.open, "a quote opens that isn't closed before the end of the file");
    return this.takeCuts();
  }

  /**
   * A record's fields.
   * @param line that it begins on; `place` has the rest.
   * @param quoted undefined: none of them stands in quotes.
   * @param plain none of them has a character that JSON escapes.
   * @returns undefined for what isn't a record, such as a header.
   */
  protected abstract record(
    fields: readonly string[],
    line: number,
    quoted: QuotedRecord | undefined,
    plain: boolean,
  ): T | undefined;

  /** A record that can't be cut into fields, or has a problem by their number. */
  protected abstract badRecord(problem: string, line: number, raw: string): T;

  /** What is wrong with a record of so many fields. */
  protected abstract problemOf(count: number): string | undefined;

  /** A line that is passed over before the first record. */
  protected isPreamble(_line: string): boolean {
    return false;
  }

  /** Bytes that the first record may have. */
  protected get maxFirstBytes(): number {
    return this.rules.maxRecordBytes;
  }

  protected place(line: number): Place {
    return { line, nextLine: this.line, end: this.offset, state: this.state };
  }

  protected get state(): ReadState | undefined {
    const isAlone = this.offset < this.aloneUntil;
    if (!this.doubtful && !isAlone) return undefined;
    return { doubtful: this.doubtful, aloneUntil: isAlone ? this.aloneUntil : undefined };
  }

  private takeCuts(): T[] {
    const { cuts } = this;
    this.cuts = [];
    return cuts;
  }

  private takeMany(lines: Lines): void {
    const { text, bytes, ascii, problem } = lines;
    const allPlain = problem === undefined && !this.special.lines.test(text);
    if (!allPlain || this.open !== undefined || this.expected === undefined) {
      for (const line of linesOf(lines, this.lineBreak)) {
        const plain = line.problem === undefined && !this.special.line.test(line.text);
        if (plain && this.open === undefined && this.expected !== undefined) this.takePlain(line.text, line.size);
        else this.take(line);
      }
      return;
    }
    // As above, without an object for each line.
    const all = text.split(this.lineBreak);
    const last = all.length - 1;
    let left = bytes;
    for (let index = 0; index <= last; index++) {
      const line = all[index] as string;
      const size = index === last ? left : (ascii ? line.length : Buffer.byteLength(line)) + 1;
      left -= size;
      this.takePlain(this.lineBreak === "\n" && line.endsWith("\r") ? line.slice(0, -1) : line, size);
    }
  }

  private takePlain(text: string, size: number): void {
    const { line } = this;
    this.line++;
    this.offset += size;
    if (text === "") return;
    const fields = text.split(this.marks.delimiter);
    const problem = this.problemOf(fields.length);
    if (problem !== undefined) {
      this.cuts.push(this.badRecord(problem, line, text.slice(0, RAW_BYTES)));
      return;
    }
    this.doubtful = false;
    this.cuts.push(this.record(fields, line, undefined, true) as T);
  }

  private take(line: Line): void {
    // A line that takes the open record's place may open another.
    while (this.open !== undefined && !this.takesMore(this.open, line)) {
      if (line.truncated)
        this.giveUp(this.open, `a quote opens that isn't closed before a line that is ${line.problem}`);
      else this.giveUp(this.open, tooLong(this.rules.maxRecordBytes), true);
    }
    if (this.open !== undefined) this.feed(this.open, line);
    else if (line.text === "" || (this.expected === undefined && this.isPreamble(line.text))) {
      this.line++;
      this.offset += line.size;
    } else if (this.expected === undefined && line.size > this.maxFirstBytes) {
      this.finishBad(blockOf([line], this.lineBreak), `longer than ${this.maxFirstBytes} bytes`);
    } else if (line.truncated || this.marks.quote === "" || !line.text.includes(this.marks.quote)) {
      this.finish([line], line.text.split(this.marks.delimiter), line.problem);
    } else if (this.offset < this.aloneUntil) this.takeAlone(line);
    else this.feed(new OpenRecord(new QuotedRecord(this.marks.delimiter, this.marks.quote), this.lineBreak), line);
  }

  private takesMore({ lines, bytes }: OpenRecord, { size, truncated }: Line): boolean {
    // Of a line that is truncated the quotes aren't known.
    if (truncated) return false;
    return lines.length === 0 || (bytes + size <= this.rules.maxRecordBytes && lines.length < MAX_OPEN_LINES);
  }

  private feed(open: OpenRecord, line: Line): void {
    const complete = open.feed(line);
    const { quoted, lines, lost } = open;
    const expected = this.expected ?? Number.POSITIVE_INFINITY;
    if (quoted.problem !== undefined) this.giveUp(open, quoted.problem);
    else if (
      complete &&
      (lost !== undefined || (lines.length > 1 && quoted.count !== (this.expected ?? quoted.count)))
    ) {
      this.giveUp(open, this.problemOf(quoted.count) ?? "");
    } else if (complete) {
      this.open = undefined;
      this.finish(lines, quoted.fields, open.problem, quoted);
    } else if (quoted.count >= expected) this.giveUp(open, this.problemOf(quoted.count + 1) ?? TORN);
    else if (this.expected === undefined && open.bytes > this.maxFirstBytes) {
      this.giveUp(open, `longer than ${this.maxFirstBytes} bytes`);
    } else this.open = open;
  }

  private takeAlone(line: Line): void {
    const quoted = new QuotedRecord(this.marks.delimiter, this.marks.quote);
    const complete = quoted.feed(line.text);
    const quotes = complete
      ? quoted.problem
      : "a quote opens that isn't closed on its line, after others that don't match";
    if (quotes !== undefined) this.doubtful = true;
    this.finish([line], quoted.fields, line.problem ?? quotes, quoted);
  }

  /**
   * Ends a record whose quotes don't match. Where the lines after its first are records by themselves, it costs that line
   * only.
   * @param goOn otherwise go on looking for its end, without holding what was read.
   */
  private giveUp(open: OpenRecord, problem: string, goOn = false): void {
    const { lost, lines } = open;
    const rest = lost === undefined ? lines.slice(1) : lines;
    const { expected, lineBreak } = this;
    this.open = undefined;
    if (expected !== undefined && areRecords(rest, expected, this.marks)) {
      const last = rest[rest.length - 1] as Line;
      this.aloneUntil = this.offset + (lost?.bytes ?? 0) + open.bytes - last.size;
      this.doubtful = true;
      this.finishBad(lost ?? blockOf(lines.slice(0, 1), lineBreak), TORN);
      for (const line of rest) this.take(line);
    } else if (goOn && expected !== undefined) {
      open.problem ??= problem;
      open.lose();
      this.open = open;
    } else {
      this.doubtful = true;
      this.finishBad(blockOf(lines, lineBreak, lost), open.problem ?? problem);
    }
  }

  private finish(lines: readonly Line[], fields: readonly string[], given?: string, quoted?: QuotedRecord): void {
    const doubt = this.doubtful && quoted?.endsLikeQuoted ? DOUBTFUL : undefined;
    const problem = given ?? (this.expected === undefined ? undefined : this.problemOf(fields.length)) ?? doubt;
    if (fields.length === this.expected && given === undefined) this.doubtful = false;
    if (problem !== undefined) {
      this.finishBad(blockOf(lines, this.lineBreak), problem);
      return;
    }
    const { line } = this;
    this.line += lines.length;
    for (const { size } of lines) this.offset += size;
    const cut = this.record(fields, line, quoted, false);
    if (cut !== undefined) this.cuts.push(cut);
    this.expected ??= fields.length;
  }

  private finishBad({ count, bytes, raw }: LineBlock, problem: string): void {
    const { line } = this;
    this.line += count;
    this.offset += bytes;
    this.cuts.push(this.badRecord(problem, line, raw));
  }
}

/** What JSON would escape, and quotes: in one line, or in several with their ends between them. */
function specials(
  delimiter: string,
  quote: string,
  lineBreak: "\n" | "\r",
): { readonly line: RegExp; readonly lines: RegExp } {
  const codes = ['"', "\\", quote, ...Array.from({ length: 32 }, (_, code) => String.fromCharCode(code))]
    .filter((each) => each !== "" && each !== delimiter && each !== "\r" && each !== "\n")
    .map((each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
  return lineBreak === "\n"
    ? { line: new RegExp(`[${codes}\\r]`), lines: new RegExp(`[${codes}]|\\r(?!\\n|$)`) }
    : { line: new RegExp(`[${codes}\\n]`), lines: new RegExp(`[${codes}\\n]`) };
}
