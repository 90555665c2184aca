import { COLUMN_TYPES, parseColumnType } from "../../functions/export-delta-import/shared/columnType";
import type { SchemaPolicy, TableConfig } from "../../functions/export-delta-import/shared/config";
import { isName } from "../../functions/export-delta-import/shared/exportKey";
import { MAX_COLUMNS, RESERVED_COLUMNS } from "../../functions/export-delta-import/shared/schema";
import type { ArgumentCheck, ArgumentNames } from "../parts/arguments";
import type { ExportTableArgs } from "./args";

/** Stands for the tables that aren't listed. */
export const OTHERS = "*";

const encodings: readonly TableConfig["encoding"][] = ["utf-8", "utf-16le", "latin1"];
const policies: readonly SchemaPolicy[] = ["accept", "refuse"];

const known: ArgumentNames<ExportTableArgs> = {
  table: true,
  keyColumns: true,
  header: true,
  columns: true,
  delimiter: true,
  quote: true,
  encoding: true,
  nullText: true,
  maxDeletedShare: true,
  maxBadRecords: true,
  addedColumns: true,
  droppedColumns: true,
  changedTypes: true,
  renamedColumns: true,
  settleSeconds: true,
  cleanFiles: true,
};

/** Fills in a table's defaults. @throws ArgumentError for a mistake within it */
export function normalizeTable(check: ArgumentCheck, args: ExportTableArgs, path: string): TableConfig {
  check.knownKeys(path, args, known);
  if (typeof args.table !== "string" || (args.table !== OTHERS && !isName(args.table))) {
    check.fail(
      `${path}.table`,
      args.table,
      "Give the table's name as the exports' keys have it (letters, digits, _ . -), or \"*\" for all that aren't listed.",
    );
  }
  const { header = true, delimiter = ",", quote = '"', encoding = "utf-8", nullText = "" } = args;
  const { maxDeletedShare = 0.2, maxBadRecords = 0, settleSeconds = 0, cleanFiles = false } = args;
  const { addedColumns = "accept", droppedColumns = "refuse", changedTypes = "refuse", renamedColumns = [] } = args;
  const columns = (args.columns ?? []).map(({ name, type = "string" }) => ({ name, type }));
  checkText(check, path, { delimiter, quote, encoding, nullText });
  checkColumns(check, path, args);
  if (!(maxDeletedShare >= 0 && maxDeletedShare <= 1)) {
    check.fail(`${path}.maxDeletedShare`, maxDeletedShare, "Give a share from 0 to 1, for example 0.2.");
  }
  check.integer(`${path}.maxBadRecords`, maxBadRecords, 0, 1_000_000, "records");
  check.integer(`${path}.settleSeconds`, settleSeconds, 0, 86_400, "seconds");
  for (const [name, policy] of Object.entries({ addedColumns, droppedColumns, changedTypes })) {
    check.oneOf(`${path}.${name}`, policy, policies);
  }
  if (cleanFiles) checkClean(check, path, args);
  return {
    keyColumns: args.keyColumns,
    header,
    columns,
    delimiter,
    quote,
    nullText,
    maxDeletedShare,
    maxBadRecords,
    renamedColumns,
    settleSeconds,
    cleanFiles,
    encoding: encoding as TableConfig["encoding"],
    addedColumns: addedColumns as SchemaPolicy,
    droppedColumns: droppedColumns as SchemaPolicy,
    changedTypes: changedTypes as SchemaPolicy,
  };
}

function checkText(
  check: ArgumentCheck,
  path: string,
  { delimiter, quote, encoding, nullText }: Record<"delimiter" | "quote" | "encoding" | "nullText", string>,
): void {
  check.matches(
    `${path}.delimiter`,
    delimiter,
    /^[^\r\n\0]$/,
    'Give one character, for example ";" or "\\t"; a line end can\'t be one.',
  );
  check.matches(`${path}.quote`, quote, /^[^\r\n\0]?$/, "Give one character, or nothing where no field is quoted.");
  if (quote === delimiter) check.fail(`${path}.quote`, quote, "It is the delimiter; give each its own character.");
  check.oneOf(`${path}.encoding`, encoding, encodings);
  check.matches(`${path}.nullText`, nullText, /^[^\r\n\0]{0,100}$/, "Give at most 100 characters without line ends.");
}

function checkColumns(check: ArgumentCheck, path: string, args: ExportTableArgs): void {
  const { columns = [], keyColumns, header = true, renamedColumns = [] } = args;
  if (!Array.isArray(keyColumns) || keyColumns.length === 0) {
    check.fail(`${path}.keyColumns`, keyColumns, 'Name the columns that tell rows apart, for example ["id"].');
  }
  checkNames(check, `${path}.keyColumns`, keyColumns);
  if (columns.length > MAX_COLUMNS) {
    check.fail(`${path}.columns`, `${columns.length} columns`, `A table has ${MAX_COLUMNS} at most.`);
  }
  for (const [i, column] of columns.entries()) {
    check.knownKeys(`${path}.columns[${i}]`, column, { name: true, type: true });
    if (column.type !== undefined && parseColumnType(column.type) === undefined) {
      check.fail(`${path}.columns[${i}].type`, column.type, `Give one of ${COLUMN_TYPES}.`);
    }
  }
  const names = columns.map(({ name }) => name);
  checkNames(check, `${path}.columns`, names);
  const missing = header || names.length === 0 ? undefined : keyColumns.find((name) => !names.includes(name));
  if (missing !== undefined) {
    check.fail(`${path}.keyColumns`, missing, `It isn't among columns: ${names.slice(0, 20).join(", ")}.`);
  }
  for (const [i, rename] of renamedColumns.entries()) {
    check.knownKeys(`${path}.renamedColumns[${i}]`, rename, { from: true, to: true });
  }
  if (renamedColumns.length > 0 && !header) {
    check.fail(`${path}.renamedColumns`, renamedColumns, "Without a header columns have the names that are declared.");
  }
  for (const side of ["from", "to"] as const) {
    const all = renamedColumns.map((rename) => rename[side]);
    const twice = all.find((name, i) => all.indexOf(name) !== i);
    if (twice !== undefined) check.fail(`${path}.renamedColumns`, twice, `It is ${side} twice; rename a column once.`);
  }
}

function checkNames(check: ArgumentCheck, path: string, names: readonly string[]): void {
  for (const [i, name] of names.entries()) {
    if (typeof name !== "string" || name === "" || name.trim() !== name || name.includes("\0")) {
      check.fail(`${path}[${i}]`, name, "Give a name without blanks around it.");
    }
    if (names.indexOf(name) !== i) check.fail(`${path}[${i}]`, name, "It is named twice.");
    if (RESERVED_COLUMNS.includes(name)) {
      check.fail(`${path}[${i}]`, name, "The target has an attribute of its own that is called so; rename the column.");
    }
  }
}

/** What Athena's own reader can't do is refused here instead of being misread there. */
function checkClean(check: ArgumentCheck, path: string, args: ExportTableArgs): void {
  const { columns = [], encoding = "utf-8", quote, maxBadRecords = 0 } = args;
  const typed = columns.findIndex(({ type = "string" }) => type !== "string");
  const fail = (name: string, value: unknown, mend: string): never =>
    check.fail(`${path}.${name}`, value, `${mend} (cleanFiles: Athena reads the files as they are.)`);
  if (columns.length === 0) fail("columns", columns, "Declare all columns in their order.");
  if (typed >= 0) fail(`columns[${typed}].type`, columns[typed]?.type, "Declare the columns as text.");
  if (encoding !== "utf-8") fail("encoding", encoding, "Only utf-8 is read.");
  if (quote !== undefined && quote !== "") fail("quote", quote, "Quotes aren't known; leave it out.");
  if (maxBadRecords > 0) fail("maxBadRecords", maxBadRecords, "Bad records aren't found; leave it out.");
  if ((args.renamedColumns ?? []).length > 0) {
    fail("renamedColumns", args.renamedColumns, "Columns have the names that are declared; leave it out.");
  }
}
