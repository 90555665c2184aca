import { DelimitedReader, type Place } from "./delimited";
import type { QuotedRecord } from "./quotedRecord";

/** One record of delimited text by its fields, or what is wrong with it. */
export interface FieldsCut extends Place {
  readonly fields?: readonly string[];
  /** Places of the fields that stood in quotes; undefined: none did. */
  readonly quotedFields?: ReadonlySet<number>;
  readonly problem?: string;
  /** A bad record as it was read, shortened. */
  readonly raw?: string;
}

/**
 * Delimited text by its fields: the first record is one like the others, of any number of fields, and a field in quotes
 * can be told from one without. Where quotes don't match, as many fields are expected as the first record has, or the
 * header that it goes on with.
 */
export class FieldsReader extends DelimitedReader<FieldsCut> {
  protected override record(fields: readonly string[], line: number, quoted: QuotedRecord | undefined): FieldsCut {
    const quotedFields = quoted && quoted.quotedFields.length > 0 ? new Set(quoted.quotedFields) : undefined;
    return { fields, quotedFields, ...this.place(line) };
  }

  protected override badRecord(problem: string, line: number, raw: string): FieldsCut {
    return { problem, raw, ...this.place(line) };
  }

  protected override problemOf(): string | undefined {
    return undefined;
  }
}
