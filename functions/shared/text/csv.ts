import { checkHeader, columnNames, MAX_HEADER_BYTES } from "./columns";
import { type Cut, FileRefused, type ReaderRules, type ReadFrom, type RecordReader, reservedProblem } from "./cut";
import { DelimitedReader } from "./delimited";
import { type Dialect, SEPARATOR_LINE } from "./dialect";
import type { QuotedRecord } from "./quotedRecord";

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that JSON has to escape
const NEEDS_ESCAPE = /["\\\u0000-\u001f]/;

/** Delimited text with a header, each record as JSON. */
export class CsvReader extends DelimitedReader<Cut> implements RecordReader {
  private columns?: readonly string[];
  /** What stands before each field's text. */
  private prefixes: readonly string[] = [];
  private reserved?: string;

  constructor(from: ReadFrom, rules: ReaderRules, dialect: Dialect) {
    super(from, rules, dialect);
    if (from.header) this.useColumns(from.header);
  }

  get header(): readonly string[] | undefined {
    return this.columns;
  }

  protected override get maxFirstBytes(): number {
    return MAX_HEADER_BYTES;
  }

  protected override isPreamble(line: string): boolean {
    return SEPARATOR_LINE.test(line);
  }

  protected override record(
    fields: readonly string[],
    line: number,
    _quoted: QuotedRecord | undefined,
    plain: boolean,
  ): Cut | undefined {
    const { prefixes } = this;
    if (this.columns === undefined) {
      const columns = columnNames(fields);
      checkHeader(columns, this.rules.required ?? []);
      this.useColumns(columns);
      return undefined;
    }
    let body = "";
    for (let index = 0; index < fields.length; index++) {
      const value = fields[index] as string;
      body += prefixes[index] as string;
      body += plain || !NEEDS_ESCAPE.test(value) ? value : JSON.stringify(value).slice(1, -1);
    }
    return { body: `${body}"}`, line, nextLine: this.line, end: this.offset, state: this.state };
  }

  protected override badRecord(problem: string, line: number, raw: string): Cut {
    if (this.columns === undefined) throw new FileRefused(`The header can't be read (line ${line}): ${problem}.`);
    return { problem, raw, ...this.place(line) };
  }

  protected override problemOf(count: number): string | undefined {
    const expected = this.prefixes.length;
    if (count !== expected) return `${count} field${count === 1 ? "" : "s"}, the header has ${expected}`;
    return this.reserved === undefined ? undefined : reservedProblem(this.reserved);
  }

  private useColumns(columns: readonly string[]): void {
    this.columns = columns;
    this.prefixes = columns.map((name, index) => `${index === 0 ? "" : '"'},${JSON.stringify(name)}:"`);
    this.reserved = this.rules.reserved?.find((name) => columns.includes(name));
  }
}
