import type { CopyColumn, CopyExpression } from "./copyStatement";

/** A column of a table and what it is loaded from. */
export interface LoadedColumn extends CopyColumn {
  readonly type: string;
}

const metadata: readonly LoadedColumn[] = [
  { column: "_FILE", type: "VARCHAR", from: { kind: "fileName" } },
  { column: "_FILE_ROW", type: "NUMBER(38,0)", from: { kind: "fileRow" } },
  { column: "_LOADED_AT", type: "TIMESTAMP_LTZ(9)", from: { kind: "scanTime" } },
];

/** Columns that every table has besides its own: which file and row a row came from, and when. */
export const metadataColumns: readonly string[] = metadata.map(({ column }) => column);

export const recordColumn = "RECORD";

export function withMetadata(columns: readonly LoadedColumn[]): LoadedColumn[] {
  return [...columns, ...metadata];
}

/** Columns of a delimited file, by position. */
export function positionColumns(columns: readonly { readonly name: string; readonly type: string }[]): LoadedColumn[] {
  return columns.map(({ name, type }, i) => ({ column: name, type, from: { kind: "position", position: i + 1 } }));
}

/** Columns of JSON and Parquet, by field; without any, the whole record in one. */
export function fieldColumns(
  columns: readonly { readonly name: string; readonly type: string; readonly field: string }[],
): LoadedColumn[] {
  if (columns.length === 0) return [{ column: recordColumn, type: "VARIANT", from: { kind: "record" } }];
  return columns.map(({ name, type, field }) => {
    const from: CopyExpression = { kind: "field", field, type };
    return { column: name, type, from };
  });
}
