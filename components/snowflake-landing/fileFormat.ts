import type { FileFormatArgs } from "@pulumi/snowflake";
import type { MatchBy } from "./copyStatement";

/** How a table's files are written; complete. */
export interface FileFormatSpec {
  readonly format: "csv" | "json" | "parquet";
  readonly compression: string;
  readonly delimiter: string;
  readonly header: boolean;
  readonly quote: string;
  readonly encoding: string;
  readonly nullValues: readonly string[];
  readonly matchBy: MatchBy;
}

export const formats = ["csv", "json", "parquet"] as const;
const textCompressions = ["AUTO", "GZIP", "BZ2", "BROTLI", "ZSTD", "DEFLATE", "RAW_DEFLATE", "NONE"];
export const compressions: Readonly<Record<FileFormatSpec["format"], readonly string[]>> = {
  csv: textCompressions,
  json: textCompressions,
  parquet: ["AUTO", "LZO", "SNAPPY", "NONE"],
};

/** https://docs.snowflake.com/en/sql-reference/sql/create-file-format, ENCODING */
export const encodings: readonly string[] = (
  "UTF8 UTF16 UTF16LE UTF16BE UTF32 UTF32LE UTF32BE ISO88591 ISO88592 ISO88595 ISO88596 ISO88597 ISO88598 ISO88599 " +
  "ISO885915 WINDOWS949 WINDOWS1250 WINDOWS1251 WINDOWS1252 WINDOWS1253 WINDOWS1254 WINDOWS1255 WINDOWS1256 BIG5 " +
  "EUCJP EUCKR GB18030 IBM420 IBM424 IBM949 KOI8R SHIFTJIS"
).split(" ");

/** Inputs of the FileFormat resource besides its names. */
export type FileFormatInputs = Omit<FileFormatArgs, "database" | "schema" | "name">;

/** The provider leaves an empty list out, and Snowflake then takes `\\N` for NULL. A text that no data holds. */
const neverNull = "<no text stands for NULL>";

/**
 * Every option that decides is written out: the provider passes on what it isn't given as false or empty, which isn't
 * always Snowflake's own default.
 *
 * CSV by position: what is NULL, the COPY statement says, and each field arrives as it is. By name, the format does.
 */
export function fileFormatInputs(spec: FileFormatSpec): FileFormatInputs {
  const byName = spec.matchBy === "name";
  const inStatement = spec.format === "csv" && !byName;
  const nullIfs = inStatement || spec.nullValues.length === 0 ? [neverNull] : [...spec.nullValues];
  switch (spec.format) {
    case "csv":
      return {
        formatType: "CSV",
        compression: spec.compression,
        fieldDelimiter: spec.delimiter,
        parseHeader: byName,
        skipHeader: spec.header && !byName ? 1 : 0,
        fieldOptionallyEnclosedBy: spec.quote === "" ? "NONE" : spec.quote,
        encoding: spec.encoding,
        // A backslash in the data is a backslash.
        escape: "NONE",
        escapeUnenclosedField: "NONE",
        emptyFieldAsNull: byName,
        // By name the metadata columns, which no file has, would count as missing.
        errorOnColumnCountMismatch: false,
        skipByteOrderMark: true,
        skipBlankLines: true,
        trimSpace: false,
        nullIfs,
      };
    case "json":
      return {
        formatType: "JSON",
        compression: spec.compression,
        // One row for each element of an array; nothing changes for NDJSON.
        stripOuterArray: true,
        skipByteOrderMark: true,
        nullIfs,
      };
    case "parquet":
      return { formatType: "PARQUET", compression: spec.compression, binaryAsText: true, nullIfs };
  }
}
