import { columnNames } from "./columns";
import { type Cut, FileRefused, type ReaderRules, type ReadFrom, type RecordReader, reservedProblem } from "./cut";
import { DelimitedReader, type Place } from "./delimited";
import type { Line } from "./lines";

/** The header stands in each checkpoint, and an item of the ledger has at most 400 KB. */
const MAX_HEADER_BYTES = 128 * 1024;
const NEEDS_ESCAPE = /["\\\p{Cc}]/u;

/** Delimited text with a header, each record as JSON. */
export class CsvReader extends DelimitedReader<Cut> implements RecordReader {
  private columns?: readonly string[];
  private prefixes: readonly string[] = [];
  private reserved?: string;

  constructor(from: ReadFrom, rules: ReaderRules, delimiter: string, terminator: "\n" | "\r" = "\n") {
    super(from, rules, { delimiter, terminator });
    if (from.header) this.useColumns(from.header);
  }

  get header(): readonly string[] | undefined {
    return this.columns;
  }

  protected override record(
    fields: readonly string[],
    _quotedFields: ReadonlySet<number> | undefined,
    place: Place,
    lines: readonly Line[],
  ): Cut | undefined {
    if (this.columns === undefined) {
      if (this.offset > MAX_HEADER_BYTES) throw headerRefused(place, `longer than ${MAX_HEADER_BYTES} bytes`);
      this.useColumns(columnNames(fields));
      return undefined;
    }
    const problem = this.recordProblem(fields);
    return problem === undefined
      ? { ...place, body: this.body(fields) }
      : { ...place, problem, raw: this.rawText(lines) };
  }

  protected override badRecord(problem: string, place: Place, raw: string): Cut {
    if (this.columns === undefined) throw headerRefused(place, problem);
    return { ...place, problem, raw };
  }

  private useColumns(columns: readonly string[]): void {
    this.columns = columns;
    this.prefixes = columns.map((name) => `,${JSON.stringify(name)}:`);
    this.reserved = this.rules.reserved?.find((name) => columns.includes(name));
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
}

function headerRefused({ line }: Place, reason: string): FileRefused {
  return new FileRefused(`The header can't be read (line ${line}): ${reason}.`);
}
