/**
 * The one place that writes COPY statements, so that all of them are of one regular grammar. The text is exactly
 * this: single spaces, keywords in upper case, nothing optional.
 *
 * ```text
 * statement  = "COPY INTO " object ( positions | names ) " ON_ERROR = " ( "CONTINUE" | "SKIP_FILE" ) ;
 * positions  = " (" identifier { ", " identifier } ")"
 *              " FROM (SELECT " expression { ", " expression } " FROM @" object ")" format ;
 * names      = " FROM @" object format " MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE"
 *              " INCLUDE_METADATA = (" name " = " metadata { ", " name " = " metadata } ")" ;
 * format     = " FILE_FORMAT = (FORMAT_NAME = '" object "')" ;
 * object     = identifier "." identifier "." identifier ;           (database, schema, name)
 * identifier = '"' [A-Za-z_] { [A-Za-z0-9_$] } '"' ;                (never holds a quote)
 * name       = "_" [A-Z_] { [A-Z_] } ;
 * expression = field | field "::" type | "PARSE_JSON(" field ")"    (CSV: the field at that position, from 1)
 *            | "$1"                                                 (JSON, Parquet: the whole record)
 *            | '$1:"' member '"::' type                             (JSON, Parquet: one member; never holds a quote)
 *            | metadata | row ;
 * field      = "(CASE $" n { " WHEN " text " THEN NULL" } " ELSE $" n " END)" ;
 * row        = "CASE WHEN $" n+1 " IS NOT NULL THEN " mistake " WHEN $" n " IS NULL THEN " mistake
 *              " ELSE METADATA$FILE_ROW_NUMBER END" ;               (CSV of exactly n fields)
 * mistake    = "('record ' || METADATA$FILE_ROW_NUMBER::VARCHAR || ' has " ( "more" | "fewer" ) " than " n " fields')::NUMBER(38,0)" ;
 * metadata   = "METADATA$FILENAME" | "METADATA$FILE_ROW_NUMBER" | "METADATA$START_SCAN_TIME" ;
 * text       = "'" { any character, with ' and \ doubled } "'" ;
 * type       = [A-Z] { [A-Z_] } [ "(" digits [ "," digits ] ")" ] ; (VARCHAR, NUMBER(38,0), TIMESTAMP_LTZ, VARIANT …)
 * ```
 *
 * Expressions stand in the order of the columns and are as many as them. With a SELECT, Snowflake doesn't look at how
 * many fields a record has, and a file that is delimited otherwise would become one column and NULLs. So `row` makes an
 * error of it: a text that isn't a number and says what is wrong. It isn't a constant, which could be worked out, and so
 * fail, before any file is read. A field that isn't there is NULL, an empty one is '' (EMPTY_FIELD_AS_NULL is off),
 * which `field` makes NULL.
 *
 * @see https://docs.snowflake.com/en/user-guide/data-load-transform which functions a COPY may use
 */
import { type ObjectName, quoted, quotedObject } from "./names";

/** What becomes of a row or a file that doesn't fit: `CONTINUE` leaves the row out, `SKIP_FILE` the whole file. */
export const onErrorValues = ["CONTINUE", "SKIP_FILE"] as const;
export type OnError = (typeof onErrorValues)[number];

/** How a record's fields find their columns: by their order, or by the names in the file's header. */
export const matchValues = ["position", "name"] as const;
export type MatchBy = (typeof matchValues)[number];

export type CopyExpression =
  | { readonly kind: "position"; readonly position: number; readonly nullValues: readonly string[] }
  | { readonly kind: "record" }
  | { readonly kind: "field"; readonly field: string }
  | { readonly kind: "fileName" }
  | { readonly kind: "fileRow" }
  | { readonly kind: "scanTime" };

/** A column of a table and what it is loaded from. */
export interface LoadedColumn {
  readonly column: string;
  readonly type: string;
  readonly from: CopyExpression;
  /** A record without a value for it is an error. */
  readonly required: boolean;
}

/** Columns that every table has besides its own: which file and row a row came from, and when. */
const metadata: readonly LoadedColumn[] = [
  { column: "_FILE", type: "VARCHAR", from: { kind: "fileName" }, required: false },
  { column: "_FILE_ROW", type: "NUMBER(38,0)", from: { kind: "fileRow" }, required: false },
  { column: "_LOADED_AT", type: "TIMESTAMP_LTZ(9)", from: { kind: "scanTime" }, required: false },
];
export const metadataColumns: readonly string[] = metadata.map(({ column }) => column);

export function withMetadata(columns: readonly LoadedColumn[]): LoadedColumn[] {
  return [...columns, ...metadata];
}

/** Columns of a delimited file, by position. */
export function positionColumns(
  columns: readonly { readonly name: string; readonly type: string }[],
  nullValues: readonly string[],
): LoadedColumn[] {
  return columns.map(({ name, type }, i) => ({
    column: name,
    type,
    from: { kind: "position", position: i + 1, nullValues },
    required: false,
  }));
}

/** Columns of JSON and Parquet, by member; without any, the whole record in one. */
export function fieldColumns(
  columns: readonly { readonly name: string; readonly type: string; readonly field: string }[],
): LoadedColumn[] {
  if (columns.length === 0) return [{ column: "RECORD", type: "VARIANT", from: { kind: "record" }, required: false }];
  return columns.map(({ name, type, field }) => ({
    column: name,
    type,
    from: { kind: "field", field },
    required: false,
  }));
}

export interface CopyStatement {
  readonly table: ObjectName;
  readonly columns: readonly LoadedColumn[];
  readonly matchBy: MatchBy;
  /** CSV by position: each record must have this many fields. Undefined: any number. */
  readonly fields?: number | undefined;
  readonly stage: ObjectName;
  readonly format: ObjectName;
  readonly onError: OnError;
}

export function copyStatement(copy: CopyStatement): string {
  const from = `@${quotedObject(copy.stage)}`;
  const format = `FILE_FORMAT = (FORMAT_NAME = '${quotedObject(copy.format)}')`;
  const load =
    copy.matchBy === "name" ? `FROM ${from} ${format} ${byName(copy)}` : `${byPosition(copy, from)} ${format}`;
  return `COPY INTO ${quotedObject(copy.table)} ${load} ON_ERROR = ${copy.onError}`;
}

function byPosition({ columns, fields }: CopyStatement, from: string): string {
  const names = columns.map(({ column }) => quoted(column)).join(", ");
  const expressions = columns.map((column) => expressionText(column, fields)).join(", ");
  return `(${names}) FROM (SELECT ${expressions} FROM ${from})`;
}

/** The other columns are filled from the fields of the same name in the file's header. */
function byName({ columns }: CopyStatement): string {
  const added = columns.flatMap(({ column, from }) =>
    metadataColumns.includes(column) ? [`${column} = ${metadataText(from)}`] : [],
  );
  return `MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE INCLUDE_METADATA = (${added.join(", ")})`;
}

function expressionText({ type, from }: LoadedColumn, fields: number | undefined): string {
  switch (from.kind) {
    case "position":
      return cast(fieldText(from.position, from.nullValues), type);
    case "record":
      return "$1";
    case "field":
      return `$1:"${from.field}"::${type}`;
    case "fileRow":
      return fields === undefined ? metadataText(from) : rowText(fields);
    default:
      return metadataText(from);
  }
}

function metadataText({ kind }: CopyExpression): string {
  switch (kind) {
    case "fileName":
      return "METADATA$FILENAME";
    case "fileRow":
      return "METADATA$FILE_ROW_NUMBER";
    default:
      return "METADATA$START_SCAN_TIME";
  }
}

function fieldText(position: number, nullValues: readonly string[]): string {
  const nulls = ["", ...nullValues].map((text) => ` WHEN ${literal(text)} THEN NULL`);
  return `(CASE $${position}${nulls.join("")} ELSE $${position} END)`;
}

function cast(text: string, type: string): string {
  if (/^(VARIANT|OBJECT|ARRAY)$/.test(type)) return `PARSE_JSON(${text})`;
  return /^(VARCHAR|STRING|TEXT)$/.test(type) ? text : `${text}::${type}`;
}

function rowText(fields: number): string {
  const row = "METADATA$FILE_ROW_NUMBER";
  const mistake = (what: string): string =>
    `('record ' || ${row}::VARCHAR || ' has ${what} than ${fields} fields')::NUMBER(38,0)`;
  return `CASE WHEN $${fields + 1} IS NOT NULL THEN ${mistake("more")} WHEN $${fields} IS NULL THEN ${mistake("fewer")} ELSE ${row} END`;
}

export function literal(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}
