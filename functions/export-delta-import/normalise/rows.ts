import { joinKeyValues } from "../../s3-to-dynamodb/shared/itemKey";
import { FileRefused } from "../../shared/text/cut";
import type { FieldsCut } from "../../shared/text/fields";
import { type ColumnType, canonicalValue, parseColumnType } from "../shared/columnType";
import type { TableConfig } from "../shared/config";
import { partLine } from "../shared/part";
import type { Schema } from "../shared/schema";

/** A DynamoDB item holds 400 KB, names and what the applier adds included. */
export const MAX_ROW_BYTES = 350 * 1024;
/** A DynamoDB sort key has 1,024 bytes. */
const MAX_KEY_BYTES = 1_024;

/** A row as its part has it, or why there is none. */
export type RowLine = { readonly line: string; readonly bytes: number } | { readonly problem: string };

/** Brings the records of one export into the form that parts have. */
export class RowWriter {
  private readonly types: readonly ColumnType[];
  private readonly keys: readonly { readonly name: string; readonly place: number }[];

  constructor(
    private readonly table: TableConfig,
    private readonly schema: Schema,
  ) {
    this.types = schema.columns.map(({ name, type }) => {
      const parsed = parseColumnType(type);
      if (parsed === undefined) throw new FileRefused(`Column ${name} has the type ${type}, which isn't known.`);
      return parsed;
    });
    this.keys = schema.keyColumns.map((name) => ({
      name,
      place: schema.columns.findIndex((column) => column.name === name),
    }));
  }

  line({ fields = [], quotedFields, problem }: FieldsCut): RowLine {
    if (problem !== undefined) return { problem };
    if (fields.length !== this.types.length) {
      return {
        problem: `${fields.length} field${fields.length === 1 ? "" : "s"}, the export has ${this.types.length} columns`,
      };
    }
    const values: (string | undefined)[] = [];
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i] as string;
      if (field === this.table.nullText && quotedFields?.has(i) !== true) {
        values.push(undefined);
        continue;
      }
      const value = canonicalValue(this.types[i] as ColumnType, field);
      if ("problem" in value) return { problem: `column ${this.schema.columns[i]?.name}: ${value.problem}` };
      values.push(value.text);
    }
    const keyProblem = this.keyProblem(values);
    if (keyProblem !== undefined) return { problem: keyProblem };
    const line = partLine(values);
    const bytes = Buffer.byteLength(line);
    return bytes <= MAX_ROW_BYTES ? { line, bytes } : { problem: `${bytes} bytes; a row has at most ${MAX_ROW_BYTES}` };
  }

  private keyProblem(values: readonly (string | undefined)[]): string | undefined {
    const key: string[] = [];
    for (const { name, place } of this.keys) {
      const value = values[place];
      if (value === undefined || value === "") return `key column ${name} is ${value === "" ? "empty" : "NULL"}`;
      key.push(value);
    }
    const bytes = Buffer.byteLength(joinKeyValues(key));
    return bytes <= MAX_KEY_BYTES ? undefined : `the key has ${bytes} bytes; a key has at most ${MAX_KEY_BYTES}`;
  }
}
