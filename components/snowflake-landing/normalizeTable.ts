import type { ArgumentCheck, ArgumentNames } from "../parts/arguments";
import type { SnowflakeColumnArgs, SnowflakeTableArgs } from "./args";
import {
  fieldColumns,
  type LoadedColumn,
  type MatchBy,
  matchValues,
  metadataColumns,
  type OnError,
  onErrorValues,
  positionColumns,
  withMetadata,
} from "./copyStatement";
import { compressions, encodings, type FileFormatSpec, formats } from "./fileFormat";
import { columnNames, readHeader } from "./header";
import { identifier, identifierProblem, prefixProblem } from "./names";
import { logicalKey, type Schedule, type TablePlan, tableNames } from "./plan";

const knownTableArgs: ArgumentNames<SnowflakeTableArgs> = {
  name: true,
  prefix: true,
  format: true,
  compression: true,
  delimiter: true,
  header: true,
  matchBy: true,
  anyFieldCount: true,
  quote: true,
  encoding: true,
  nullValues: true,
  columns: true,
  sampleFile: true,
  requiredColumns: true,
  dropColumns: true,
  onError: true,
  schedule: true,
};
const csvOnly: readonly (keyof SnowflakeTableArgs)[] = [
  "delimiter",
  "header",
  "matchBy",
  "anyFieldCount",
  "quote",
  "encoding",
  "sampleFile",
];

/** @throws ArgumentError at the first mistake */
export function normalizeTable(check: ArgumentCheck, path: string, args: SnowflakeTableArgs): TablePlan {
  check.knownKeys(path, args, knownTableArgs);
  checkName(check, `${path}.name`, args.name, 240);
  const problem = typeof args.prefix === "string" ? prefixProblem(args.prefix) : "Give a prefix.";
  if (problem !== undefined) check.fail(`${path}.prefix`, args.prefix, problem);
  const { onError = "SKIP_FILE" } = args;
  check.oneOf(`${path}.onError`, onError, onErrorValues);
  const fileFormat = normalizeFormat(check, path, args);
  const table = identifier(args.name);
  const columns = withMetadata(required(check, path, args, normalizeColumns(check, path, args, fileFormat)));
  return {
    key: logicalKey(table),
    names: tableNames(table),
    prefix: args.prefix,
    fileFormat,
    columns,
    exactFields: fileFormat.format === "csv" && fileFormat.matchBy === "position" && args.anyFieldCount !== true,
    dropColumns: normalizeDropColumns(check, `${path}.dropColumns`, args.dropColumns ?? [], columns),
    onError: onError as OnError,
    schedule: args.schedule === undefined ? undefined : normalizeSchedule(check, `${path}.schedule`, args.schedule),
  };
}

function normalizeFormat(check: ArgumentCheck, path: string, args: SnowflakeTableArgs): FileFormatSpec {
  const { format = "csv", compression = "AUTO", delimiter = ",", quote = '"', encoding = "UTF8" } = args;
  const { header = true, matchBy = "position" } = args;
  check.oneOf(`${path}.format`, format, formats);
  const known = format as FileFormatSpec["format"];
  check.oneOf(`${path}.compression`, compression, compressions[known]);
  if (known !== "csv") {
    for (const key of csvOnly) {
      if (args[key] !== undefined)
        check.fail(`${path}.${key}`, args[key], `Only for csv; this table's format is ${known}.`);
    }
  }
  if (delimiter === "" || delimiter.length > 20) {
    check.fail(`${path}.delimiter`, delimiter, 'Give 1 to 20 characters, for example "|".');
  }
  check.oneOf(`${path}.quote`, quote, ['"', "'", ""]);
  if (quote !== "" && delimiter.includes(quote)) {
    check.fail(`${path}.delimiter`, delimiter, "It holds the quote; give another delimiter or another quote.");
  }
  check.oneOf(`${path}.encoding`, encoding, encodings);
  for (const [i, text] of (args.nullValues ?? []).entries()) {
    check.matches(`${path}.nullValues[${i}]`, text, /^(?!.*\$\$).+$/s, "Give a text that isn't empty and holds no $$.");
  }
  check.oneOf(`${path}.matchBy`, matchBy, matchValues);
  if (matchBy === "name") {
    if (!header) check.fail(`${path}.matchBy`, matchBy, "The names are in the header; leave out header: false.");
    if (args.anyFieldCount !== undefined) {
      check.fail(`${path}.anyFieldCount`, args.anyFieldCount, 'Only for matchBy "position"; leave it out.');
    }
  }
  return {
    format: known,
    compression,
    delimiter,
    header,
    quote,
    encoding,
    nullValues: args.nullValues ?? [],
    matchBy: matchBy as MatchBy,
  };
}

function normalizeColumns(
  check: ArgumentCheck,
  path: string,
  args: SnowflakeTableArgs,
  fileFormat: FileFormatSpec,
): LoadedColumn[] {
  if (args.columns?.length === 0) check.fail(`${path}.columns`, [], "Give at least one column, or leave it out.");
  const columns = (args.columns ?? []).map((column, i) => normalizeColumn(check, `${path}.columns[${i}]`, column));
  checkDistinct(check, path, columns);
  if (fileFormat.format !== "csv") return fieldColumns(columns);
  for (const [i, { field }] of (args.columns ?? []).entries()) {
    if (field !== undefined) {
      check.fail(`${path}.columns[${i}].field`, field, "CSV columns are found by their position; leave it out.");
    }
  }
  if (args.sampleFile === undefined) {
    if (columns.length === 0) {
      check.fail(`${path}.columns`, args.columns, "Give the columns, or a sampleFile whose header has them.");
    }
    return positionColumns(columns, fileFormat.nullValues);
  }
  if (columns.length > 0) {
    check.fail(`${path}.sampleFile`, args.sampleFile, "Give either columns or sampleFile, not both.");
  }
  return sampleColumns(check, `${path}.sampleFile`, args.sampleFile, fileFormat);
}

function required(
  check: ArgumentCheck,
  path: string,
  { requiredColumns = [], matchBy }: SnowflakeTableArgs,
  columns: readonly LoadedColumn[],
): LoadedColumn[] {
  const names = requiredColumns.map((name, i) => {
    checkName(check, `${path}.requiredColumns[${i}]`, name, 255);
    const column = identifier(name);
    if (columns.some((known) => known.column === column)) return column;
    const known = columns.map((each) => each.column).join(", ");
    return check.fail(`${path}.requiredColumns[${i}]`, name, `The table has no such column; it has ${known}.`);
  });
  if (matchBy === "name" && names.length === 0) {
    check.fail(
      `${path}.requiredColumns`,
      requiredColumns,
      "Matched by name, a file with a wholly different header would be loaded as rows of NULLs. Name at least one column that every record has.",
    );
  }
  return columns.map((column) => ({ ...column, required: names.includes(column.column) }));
}

/** A column that is named here and still declared would be kept: surely not what is meant. */
function normalizeDropColumns(
  check: ArgumentCheck,
  path: string,
  names: readonly string[],
  columns: readonly LoadedColumn[],
): string[] {
  return names.map((name, i) => {
    checkName(check, `${path}[${i}]`, name, 255);
    const column = identifier(name);
    if (columns.some((kept) => kept.column === column)) {
      check.fail(`${path}[${i}]`, name, "The table still has this column; remove it from columns or the sample file.");
    }
    return column;
  });
}

function sampleColumns(check: ArgumentCheck, path: string, file: string, format: FileFormatSpec): LoadedColumn[] {
  try {
    const header = readHeader(file, format);
    const names = columnNames(header, metadataColumns);
    const other = header.findIndex((field, i) => field.toUpperCase() !== names[i]);
    if (format.matchBy === "name" && other >= 0) {
      throw new Error(
        `its field ${JSON.stringify(header[other])} would become the column ${names[other]}, which Snowflake doesn't match by name; rename it in the files, or leave matchBy out`,
      );
    }
    return positionColumns(
      names.map((name) => ({ name, type: "VARCHAR" })),
      format.nullValues,
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return check.fail(path, file, `Can't read the header: ${reason}. Give the path of a file such as will be loaded.`);
  }
}

function normalizeColumn(check: ArgumentCheck, path: string, args: SnowflakeColumnArgs) {
  check.knownKeys(path, args, { name: true, type: true, field: true });
  checkName(check, `${path}.name`, args.name, 255);
  const type = (args.type ?? "VARCHAR").toUpperCase().replaceAll(" ", "");
  check.matches(
    `${path}.type`,
    type,
    /^[A-Z][A-Z_]*(\(\d+(,\d+)?\))?$/,
    "Give a Snowflake type such as VARCHAR, NUMBER(38,2), TIMESTAMP_LTZ or VARIANT.",
  );
  const field = args.field ?? args.name;
  // It stands between quotes in the COPY statement.
  const fix = "Give a field name without double quotes, backslashes and $$.";
  check.matches(`${path}.field`, field, /^(?!.*\$\$)[^"\\]+$/, fix);
  return { name: identifier(args.name), type, field };
}

function checkDistinct(check: ArgumentCheck, path: string, columns: readonly { readonly name: string }[]): void {
  const seen = new Set(metadataColumns);
  for (const [i, { name }] of columns.entries()) {
    if (metadataColumns.includes(name)) {
      check.fail(
        `${path}.columns[${i}].name`,
        name,
        `${metadataColumns.join(", ")} are added to every table; rename it.`,
      );
    }
    if (seen.has(name)) {
      check.fail(`${path}.columns[${i}].name`, name, "Two columns have this name (in either case); rename one.");
    }
    seen.add(name);
  }
}

function checkName(check: ArgumentCheck, path: string, name: string, max: number): void {
  const problem = typeof name === "string" ? identifierProblem(name) : "expected a name";
  if (problem !== undefined) check.fail(path, name, `${problem[0]?.toUpperCase()}${problem.slice(1)}.`);
  // What belongs to a table has its name and an ending.
  if (name.length > max) check.fail(path, name, `Give at most ${max} characters.`);
}

/** @throws ArgumentError when it is neither a number of minutes nor a cron expression */
export function normalizeSchedule(check: ArgumentCheck, path: string, schedule: string): Schedule {
  const minutes = /^(\d+) MINUTES?$/i.exec(schedule.trim());
  if (minutes !== null) {
    const count = Number(minutes[1]);
    check.integer(path, count, 1, 11_520, "minutes");
    return { minutes: count };
  }
  const cron = /^USING CRON (\S+ \S+ \S+ \S+ \S+ \S+)$/i.exec(schedule.trim().replace(/\s+/g, " "));
  if (cron?.[1] !== undefined) return { usingCron: cron[1] };
  return check.fail(
    path,
    schedule,
    'Give "<n> MINUTES" or "USING CRON <minute> <hour> <day> <month> <weekday> <time zone>", for example "USING CRON 0 2 * * * Europe/Berlin".',
  );
}
