import { COLUMN_TYPES, parseColumnType } from "../../functions/export-delta-import/shared/columnType";
import type { TableConfig } from "../../functions/export-delta-import/shared/config";
import { parseFlags, switches, textFlags, UsageError } from "../shared/commandLine";

export const HELP = `Usage: npx pulumi-data-pipelines delta-preview --old FILE --new FILE --key a[,b] [options]

Tells what an import of ExportDeltaImport would do with an export: the same reader and the same SQL, on a DuckDB on this
machine. Nothing is written anywhere.

  --old FILE          the export before, CSV, gzipped or plain; left out, every row is new
  --new FILE          the export
  --key a[,b]         the columns that tell rows apart
  --delimiter C       one character between the fields. Default: ","
  --quote C           one character around fields; "" for none. Default: '"'
  --columns a,b[:T]   the columns in their order where the files have no header, each with a type if it isn't text:
                      ${COLUMN_TYPES}
  --types a:T,b:T     types of columns where the files have a header
  --encoding E        utf-8, utf-16le or latin1. Default: utf-8
  --null TEXT         a field that is exactly this, unquoted, is NULL. Default: an empty field
  --json              prints JSON

Needs the package @duckdb/node-api.
Ends with 0, with 1 when the import would refuse the export, with 2 when the arguments are wrong or a file can't be read.`;

export interface PreviewOptions {
  readonly older?: string;
  readonly newer: string;
  readonly table: TableConfig;
  readonly json: boolean;
}

const flags = {
  ...textFlags("old", "new", "key", "delimiter", "quote", "columns", "types", "encoding", "null"),
  ...switches("json", "help"),
};

/** Undefined: the help was asked for. @throws UsageError */
export function parseOptions(args: readonly string[]): PreviewOptions | undefined {
  const values = parseFlags(args, flags);
  if (values.help) return undefined;
  if (!values.new) throw new UsageError("--new is missing: give the export's file");
  if (!values.key) throw new UsageError("--key is missing: name the columns that tell rows apart, for example id");
  const { delimiter = ",", quote = '"', encoding = "utf-8" } = values;
  const oneCharacter = (flag: string, text: string): void => {
    if (!/^[^\r\n\0]$/.test(text)) throw new UsageError(`--${flag} ${JSON.stringify(text)}: give one character`);
  };
  oneCharacter("delimiter", delimiter);
  if (quote !== "") oneCharacter("quote", quote);
  if (encoding !== "utf-8" && encoding !== "utf-16le" && encoding !== "latin1") {
    throw new UsageError(`--encoding ${encoding}: give utf-8, utf-16le or latin1`);
  }
  if (values.columns && values.types)
    throw new UsageError("--types is for files with a header: put types into --columns");
  const columns = columnsOf("columns", values.columns).concat(columnsOf("types", values.types));
  return {
    older: values.old,
    newer: values.new,
    json: values.json ?? false,
    table: {
      keyColumns: values.key.split(","),
      header: values.columns === undefined,
      columns,
      delimiter,
      quote,
      encoding,
      nullText: values.null ?? "",
      // What the import would do is shown, and its policies are its own.
      maxDeletedShare: 1,
      maxBadRecords: 0,
      addedColumns: "accept",
      droppedColumns: "accept",
      changedTypes: "accept",
      renamedColumns: [],
      settleSeconds: 0,
      cleanFiles: false,
    },
  };
}

/** `a,b:decimal(12,2)`: the comma within a type divides nothing. */
function columnsOf(flag: string, text: string | undefined): { name: string; type: string }[] {
  if (text === undefined) return [];
  return text.split(/,(?![^(]*\))/).map((part) => {
    const [, name = "", type = "string"] = /^([^:]+)(?::(.+))?$/.exec(part) ?? [];
    if (name === "") throw new UsageError(`--${flag} ${text}: write names with commas between`);
    if (parseColumnType(type) === undefined) throw new UsageError(`--${flag} ${part}: give one of ${COLUMN_TYPES}`);
    return { name, type };
  });
}
