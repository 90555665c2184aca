import type { ReaderRules } from "./cut";
import { FILE_START } from "./cut";
import { type DelimitedForm, DelimitedReader, type Place } from "./delimited";

/** One record of delimited text by its fields, or what is wrong with it. */
export interface FieldsCut {
  readonly fields?: readonly string[];
  /** Places of the fields that stood in quotes; undefined: none did. */
  readonly quotedFields?: ReadonlySet<number>;
  readonly problem?: string;
  /** A bad record as it was read, shortened. */
  readonly raw?: string;
  /** Line it begins on, 1-based. */
  readonly line: number;
}

/**
 * Delimited text by its fields, from its start: the first record is one like the others, and a field in quotes can be
 * told from one without.
 */
export class FieldsReader extends DelimitedReader<FieldsCut> {
  constructor(rules: ReaderRules, form: DelimitedForm) {
    super(FILE_START, rules, form);
  }

  protected override record(
    fields: readonly string[],
    quotedFields: ReadonlySet<number> | undefined,
    { line }: Place,
  ): FieldsCut {
    return { fields, quotedFields, line };
  }

  protected override badRecord(problem: string, { line }: Place, raw: string): FieldsCut {
    return { problem, raw, line };
  }
}
