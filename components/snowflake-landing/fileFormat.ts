import type { FileFormatArgs } from "@pulumi/snowflake";

/** How a table's files are written; complete. */
export interface FileFormatSpec {
  readonly format: "csv" | "json" | "parquet";
  readonly compression: string;
  readonly delimiter: string;
  readonly header: boolean;
  readonly quote: string;
  readonly encoding: string;
  readonly nullValues: readonly string[];
}

export const formats = ["csv", "json", "parquet"] as const;
const textCompressions = ["AUTO", "GZIP", "BZ2", "BROTLI", "ZSTD", "DEFLATE", "RAW_DEFLATE", "NONE"];
export const compressions: Readonly<Record<FileFormatSpec["format"], readonly string[]>> = {
  csv: textCompressions,
  json: textCompressions,
  parquet: ["AUTO", "LZO", "SNAPPY", "NONE"],
};

/** https://docs.snowflake.com/en/sql-reference/sql/create-file-format, ENCODING */
export const encodings: readonly string[] = [
  ...["UTF8", "UTF16", "UTF16LE", "UTF16BE", "UTF32", "UTF32LE", "UTF32BE", "ISO88591", "ISO88592", "ISO88595"],
  ...["ISO88596", "ISO88597", "ISO88598", "ISO88599", "ISO885915", "WINDOWS949", "WINDOWS1250", "WINDOWS1251"],
  ...["WINDOWS1252", "WINDOWS1253", "WINDOWS1254", "WINDOWS1255", "WINDOWS1256", "BIG5", "EUCJP", "EUCKR"],
  ...["GB18030", "IBM420", "IBM424", "IBM949", "KOI8R", "SHIFTJIS"],
];

/** Inputs of the FileFormat resource besides its names. */
export type FileFormatInputs = Omit<FileFormatArgs, "database" | "schema" | "name">;

/**
 * Every option that decides is written out: the provider passes on what it isn't given as false or empty, which isn't
 * always Snowflake's own default.
 */
export function fileFormatInputs(spec: FileFormatSpec): FileFormatInputs {
  const nulls = spec.nullValues.length === 0 ? {} : { nullIfs: [...spec.nullValues] };
  switch (spec.format) {
    case "csv":
      return {
        formatType: "CSV",
        compression: spec.compression,
        fieldDelimiter: spec.delimiter,
        skipHeader: spec.header ? 1 : 0,
        fieldOptionallyEnclosedBy: spec.quote === "" ? "NONE" : spec.quote,
        encoding: spec.encoding,
        // A backslash in the data is a backslash.
        escape: "NONE",
        escapeUnenclosedField: "NONE",
        emptyFieldAsNull: true,
        skipByteOrderMark: true,
        skipBlankLines: true,
        trimSpace: false,
        ...nulls,
      };
    case "json":
      return {
        formatType: "JSON",
        compression: spec.compression,
        // One row for each element of an array; nothing changes for NDJSON.
        stripOuterArray: true,
        skipByteOrderMark: true,
        ...nulls,
      };
    case "parquet":
      return { formatType: "PARQUET", compression: spec.compression, binaryAsText: true, ...nulls };
  }
}
