/**
 * The one place that writes COPY statements, so that all of them are of one regular grammar. The text is exactly
 * this: single spaces, keywords in upper case, nothing optional.
 *
 * ```text
 * statement  = "COPY INTO " object " (" identifier { ", " identifier } ")"
 *              " FROM (SELECT " expression { ", " expression } " FROM @" object ")"
 *              " FILE_FORMAT = (FORMAT_NAME = '" object "')"
 *              " ON_ERROR = " ( "CONTINUE" | "SKIP_FILE" ) ;
 * object     = identifier "." identifier "." identifier ;           (database, schema, name)
 * identifier = '"' [A-Za-z_] { [A-Za-z0-9_$] } '"' ;                      (never holds a quote)
 * expression = "$" position                                         (CSV: the column at that position, from 1)
 *            | "$1"                                                 (JSON, Parquet: the whole record)
 *            | '$1:"' field '"::' type                              (JSON, Parquet: one field; field never holds a quote)
 *            | "METADATA$FILENAME" | "METADATA$FILE_ROW_NUMBER" | "METADATA$START_SCAN_TIME" ;
 * type       = [A-Z] { [A-Z_] } [ "(" digits [ "," digits ] ")" ] ; (VARCHAR, NUMBER(38,0), TIMESTAMP_LTZ, VARIANT …)
 * ```
 *
 * Expressions stand in the order of the columns and are as many as them. Example:
 *
 * ```sql
 * COPY INTO "RAW"."SALES"."ORDERS" ("ID", "CITY", "_FILE") FROM (SELECT $1, $2, METADATA$FILENAME FROM @"RAW"."SALES"."ORDERS_STAGE") FILE_FORMAT = (FORMAT_NAME = '"RAW"."SALES"."ORDERS_FORMAT"') ON_ERROR = SKIP_FILE
 * ```
 */
import { type ObjectName, quoted, quotedObject } from "./identifier";

/** What becomes of a row or a file that doesn't fit: `CONTINUE` leaves the row out, `SKIP_FILE` the whole file. */
export const onErrorValues = ["CONTINUE", "SKIP_FILE"] as const;
export type OnError = (typeof onErrorValues)[number];

export type CopyExpression =
  | { readonly kind: "position"; readonly position: number }
  | { readonly kind: "record" }
  | { readonly kind: "field"; readonly field: string; readonly type: string }
  | { readonly kind: "fileName" }
  | { readonly kind: "fileRow" }
  | { readonly kind: "scanTime" };

export interface CopyColumn {
  readonly column: string;
  readonly from: CopyExpression;
}

export interface CopyStatement {
  readonly table: ObjectName;
  readonly columns: readonly CopyColumn[];
  readonly stage: ObjectName;
  readonly format: ObjectName;
  readonly onError: OnError;
}

export function copyStatement(copy: CopyStatement): string {
  const columns = copy.columns.map(({ column }) => quoted(column)).join(", ");
  const expressions = copy.columns.map(({ from }) => expressionText(from)).join(", ");
  return (
    `COPY INTO ${quotedObject(copy.table)} (${columns}) ` +
    `FROM (SELECT ${expressions} FROM @${quotedObject(copy.stage)}) ` +
    `FILE_FORMAT = (FORMAT_NAME = '${quotedObject(copy.format)}') ON_ERROR = ${copy.onError}`
  );
}

function expressionText(expression: CopyExpression): string {
  switch (expression.kind) {
    case "position":
      return `$${expression.position}`;
    case "record":
      return "$1";
    case "field":
      return `$1:"${expression.field}"::${expression.type}`;
    case "fileName":
      return "METADATA$FILENAME";
    case "fileRow":
      return "METADATA$FILE_ROW_NUMBER";
    case "scanTime":
      return "METADATA$START_SCAN_TIME";
  }
}
