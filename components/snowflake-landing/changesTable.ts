import { fieldColumns, type LoadedColumn } from "./copyStatement";
import { type ObjectName, quotedObject } from "./names";

/** Where the changes of a DynamoDB table are written. */
export function changesPrefix(name: string): string {
  return `changes/${name.toLowerCase()}/`;
}

/** Without these a line isn't a change: a file of anything else is refused. */
const needed = ["OP", "PK", "SEQUENCE", "AT"];

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
).map((column) => ({ ...column, required: needed.includes(column.column) }));

/** Columns of the table that changes are merged into: the last change of each item, and when that was loaded. */
export const currentColumns = [...changesColumns, { column: "_LOADED_AT", type: "TIMESTAMP_LTZ(9)", required: true }];

const columns = '"OP", "PK", "SK", "SEQUENCE", "AT", "ITEM"';
/** A line of a full load has sequence 0, so that any change is newer than it. */
const newestFirst = 'ROW_NUMBER() OVER (PARTITION BY "PK", "SK" ORDER BY "SEQUENCE" DESC, "AT" DESC)';

/**
 * Changes that may not have been merged yet: loaded since the last merge, and for a day before that, because files that
 * are loaded side by side appear in another order than they were begun in.
 */
function unmerged(changes: ObjectName, current: ObjectName): string {
  const last = `SELECT COALESCE(DATEADD(DAY, -1, MAX("_LOADED_AT")), '1970-01-01'::TIMESTAMP_LTZ) FROM ${quotedObject(current)}`;
  return `${quotedObject(changes)} WHERE "_LOADED_AT" >= (${last})`;
}

/** The newest state: the last change of each item, unless it removed it. */
export function newestStateStatement(changes: ObjectName, current: ObjectName): string {
  return (
    'SELECT "PK", "SK", "ITEM", "SEQUENCE", "AT" AS "CHANGED_AT" ' +
    `FROM (SELECT ${columns} FROM ${quotedObject(current)} UNION ALL SELECT ${columns} FROM ${unmerged(changes, current)}) ` +
    `QUALIFY ${newestFirst} = 1 AND "OP" <> 'REMOVE'`
  );
}

/**
 * What the merging task runs: the last change of each item into the current table, then what is older than the days kept
 * goes: changes, which are merged, and removed items. These stay twice as long, and as long as a change of them is kept,
 * because a change that comes late would otherwise bring them back: by then its file has expired.
 *
 * @param sortKey whether the DynamoDB table has a sort key; without one SK is NULL everywhere
 */
export function mergeStatements(changes: ObjectName, current: ObjectName, sortKey: boolean, days: number): string[] {
  const on = `kept."PK" = change."PK"${sortKey ? ' AND kept."SK" = change."SK"' : ""}`;
  const changed = `SELECT 1 FROM ${quotedObject(changes)} AS change WHERE ${on}`;
  const newer =
    'change."SEQUENCE" > kept."SEQUENCE" OR (change."SEQUENCE" = kept."SEQUENCE" AND change."AT" > kept."AT")';
  const set = ["OP", "SEQUENCE", "AT", "ITEM", "_LOADED_AT"].map((name) => `"${name}" = change."${name}"`);
  const names = currentColumns.map(({ column }) => `"${column}"`);
  const values = names.map((name) => `change.${name}`);
  const before = (age: number): string => `DATEADD(DAY, -${age}, CURRENT_TIMESTAMP())`;
  return [
    `MERGE INTO ${quotedObject(current)} AS kept USING (SELECT ${columns}, "_LOADED_AT" FROM ${unmerged(changes, current)} ` +
      `QUALIFY ${newestFirst} = 1) AS change ON ${on} WHEN MATCHED AND (${newer}) THEN UPDATE SET ${set.join(", ")} ` +
      `WHEN NOT MATCHED THEN INSERT (${names.join(", ")}) VALUES (${values.join(", ")})`,
    `DELETE FROM ${quotedObject(changes)} WHERE "_LOADED_AT" < ${before(days)}`,
    `DELETE FROM ${quotedObject(current)} AS kept WHERE "OP" = 'REMOVE' AND "_LOADED_AT" < ${before(2 * days)} AND NOT EXISTS (${changed})`,
  ];
}
