import { fieldColumns, type LoadedColumn } from "./columns";
import { type ObjectName, quotedObject } from "./identifier";

/** Where the changes of a DynamoDB table are written. */
export function changesPrefix(name: string): string {
  return `changes/${name.toLowerCase()}/`;
}

/** Columns of a table of changes: the fields of the lines that the functions write (functions/snowflake-landing/changes). */
export const changesColumns: readonly LoadedColumn[] = fieldColumns(
  [
    ["OP", "VARCHAR", "op"],
    ["PK", "VARCHAR", "pk"],
    ["SK", "VARCHAR", "sk"],
    // Text, left-padded by the writer: the numbers have up to 40 digits, Snowflake's up to 38.
    ["SEQUENCE", "VARCHAR", "sequence"],
    ["AT", "TIMESTAMP_LTZ", "at"],
    ["ITEM", "VARIANT", "item"],
  ].map(([name = "", type = "", field = ""]) => ({ name, type, field })),
);

/**
 * The newest state: the last change of each item, unless it removed it. A line of a full load has sequence 0, so that
 * any change is newer than it.
 */
export function newestStateStatement(changes: ObjectName): string {
  return (
    'SELECT "PK", "SK", "ITEM", "SEQUENCE", "AT" AS "CHANGED_AT" ' +
    `FROM ${quotedObject(changes)} ` +
    'QUALIFY ROW_NUMBER() OVER (PARTITION BY "PK", "SK" ORDER BY "SEQUENCE" DESC, "AT" DESC) = 1 AND "OP" <> \'REMOVE\''
  );
}
