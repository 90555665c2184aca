import type { CleanFormat } from "./config";
import type { DeltaColumns } from "./sql";

/** What Glue's CreateTable takes as `TableInput`, as far as it is used here. */
export interface GlueTable {
  readonly Name: string;
  readonly TableType: "EXTERNAL_TABLE";
  readonly Parameters: Readonly<Record<string, string>>;
  readonly StorageDescriptor: {
    readonly Columns: readonly { readonly Name: string; readonly Type: "string" }[];
    readonly Location: string;
    readonly InputFormat: string;
    readonly OutputFormat: string;
    readonly SerdeInfo: {
      readonly SerializationLibrary: string;
      readonly Parameters: Readonly<Record<string, string>>;
    };
  };
}

const JSON_SERDE = { library: "org.openx.data.jsonserde.JsonSerDe", parameters: {}, table: {} };

/** The parts of an export that our own reader wrote: a line that isn't JSON fails the query instead of being NULLs. */
export function partsTable(name: string, columns: number, location: string): GlueTable {
  return table(name, numbered("c", columns), location, JSON_SERDE);
}

/** An export's own files. Neither quotes nor line breaks in fields are known to this reader: the source promises it. */
export function cleanFilesTable(name: string, columns: number, location: string, format: CleanFormat): GlueTable {
  return table(name, numbered("c", columns), location, {
    library: "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
    parameters: {
      "field.delim": format.delimiter,
      "serialization.format": format.delimiter,
      "serialization.null.format": format.nullText,
    },
    table: format.header ? { "skip.header.line.count": "1" } : {},
  });
}

/** The operations of a delta, as UNLOAD wrote them. */
export function deltaTable(name: string, { keys, columns }: DeltaColumns, location: string): GlueTable {
  return table(name, ["op", ...numbered("k", keys.length), ...numbered("c", columns.length)], location, JSON_SERDE);
}

function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${i + 1}`);
}

function table(
  Name: string,
  columns: readonly string[],
  Location: string,
  serde: {
    readonly library: string;
    readonly parameters: Readonly<Record<string, string>>;
    readonly table: Readonly<Record<string, string>>;
  },
): GlueTable {
  return {
    Name,
    TableType: "EXTERNAL_TABLE",
    Parameters: { EXTERNAL: "TRUE", ...serde.table },
    StorageDescriptor: {
      Columns: columns.map((name) => ({ Name: name, Type: "string" })),
      Location,
      InputFormat: "org.apache.hadoop.mapred.TextInputFormat",
      OutputFormat: "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
      SerdeInfo: { SerializationLibrary: serde.library, Parameters: serde.parameters },
    },
  };
}
