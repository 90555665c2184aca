/**
 * The shapes that the functions, the components and the queues between them agree on.
 * Nothing here imports AWS or Pulumi.
 */
import type { FileCompression, FileEncoding, FileFormat } from "../../shared/text/cut";
import { DEFAULT_SHARDS } from "../items";

export type { FileCompression, FileEncoding, FileFormat };

/** The DynamoDB type that a mapped field becomes; `json` parses the text. */
export type FieldType = "string" | "number" | "boolean" | "json";

/** One field of a record and what becomes of it. */
export interface FieldMapping {
  readonly from: string;
  readonly to: string;
  readonly type: FieldType;
}

/** A source as the functions see it: complete, every default filled in by the component. */
export interface SourceConfig {
  readonly name: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly suffix: string;
  readonly format: FileFormat;
  /** Of delimited text; undefined: found out. */
  readonly delimiter?: string;
  readonly compression: FileCompression;
  readonly encoding: FileEncoding;
  /** Fields that make an item's key; empty: each record is keyed by its upload record. */
  readonly keyFields: readonly string[];
  /** Mapped fields; every other field passes through as it is unless `onlyMapped`. */
  readonly fields: readonly FieldMapping[];
  readonly onlyMapped: boolean;
  /** Number of partition keys that the source's items are spread over. */
  readonly shards: number;
}

/**
 * What an option is when a source doesn't say; undefined: absent. The component fills sources in from this table, and
 * the functions refuse a config.json that lacks one of the others.
 */
export const SOURCE_DEFAULTS: Readonly<{
  [Option in Exclude<keyof SourceConfig, "name" | "bucket">]: SourceConfig[Option];
}> = {
  prefix: "",
  suffix: "",
  format: "auto",
  delimiter: undefined,
  compression: "auto",
  encoding: "utf-8",
  keyFields: [],
  fields: [],
  onlyMapped: false,
  shards: DEFAULT_SHARDS,
};

/** Bounds that keep one file from taking the pipeline down. */
export interface Limits {
  /** Bytes after unpacking, per source object. */
  readonly maxUnpackedBytes: number;
  /** Bytes of the landing parts and quarantine objects that an object becomes, before packing. */
  readonly maxLandedBytes: number;
  /** Unpacked bytes per packed byte, looked at after the first 10 MB. */
  readonly maxUnpackRatio: number;
  /** Members of one zip. */
  readonly maxMembers: number;
  /** Bytes of one record; a longer one is quarantined. */
  readonly maxRecordBytes: number;
  /** Uncompressed bytes of one landing part. */
  readonly partBytes: number;
}

/** `config.json` beside the handlers: made by the component at deployment, so code and configuration change together. */
export interface PipelineConfig {
  readonly sources: readonly SourceConfig[];
  readonly limits: Limits;
}

/** Which upload of which object a record came from. */
export interface UploadRecord {
  readonly source: string;
  readonly bucket: string;
  readonly key: string;
  /** Version id where the bucket keeps versions. */
  readonly versionId?: string;
  /** ETag without quotes. */
  readonly etag: string;
  /** When the object was written, ISO 8601 with milliseconds, UTC (the object's LastModified). */
  readonly time: string;
  /** Bytes of the object as stored. */
  readonly size: number;
  /** The event's sequencer (hexadecimal), which orders two writes of one key within a second; empty on replay. */
  readonly sequencer: string;
  /** First 32 hex digits of SHA-256 over source, bucket, key and version id (else ETag and second), joined by newlines. */
  readonly uploadId: string;
}

/** One line of a landing part: the upload record first, then the fields of the source's record. */
export interface LandingMeta {
  readonly _source: string;
  readonly _bucket: string;
  readonly _key: string;
  /** Version id, else ETag. */
  readonly _version: string;
  readonly _time: string;
  readonly _upload: string;
  /** 1-based, counted over the whole object (all members of a zip). */
  readonly _record: number;
}

/** Message of the load queue (FIFO): one landing part, ready to be written to the table. */
export interface LoadMessage {
  readonly upload: UploadRecord;
  /** The attempt at the upload that the part is of, from 1. */
  readonly attempt: number;
  /** 1-based. */
  readonly part: number;
  /** Key in the landing bucket: `landing/<source>/…/part-00001.ndjson.gz`. */
  readonly landingKey: string;
  /** Lines in the part. */
  readonly records: number;
  /** Lines of the part that earlier invocations have already dealt with. @default 0 */
  readonly skip?: number;
  /** Counts of those earlier invocations. */
  readonly soFar?: PartCounts;
}

export interface PartCounts {
  readonly loaded: number;
  readonly quarantined: number;
}

/** One quarantined record: a line of `quarantine/<source>/<uploadId>/<collect|load>-<part>.ndjson` in the landing bucket. */
export interface QuarantinedRecord {
  readonly source: string;
  readonly bucket: string;
  readonly key: string;
  readonly version: string;
  /** 1-based record number; 0: the whole file. */
  readonly record: number;
  /** 1-based line where it is known. */
  readonly line?: number;
  /** Why, in words that say what to fix. */
  readonly reason: string;
  /** The record as it was read, shortened to 4 KB. */
  readonly raw?: string;
}

/** Parts that a file may land in: the lines of each stand in its entry of the ledger, an item of at most 400 KB. */
export const MAX_PARTS = 10_000;
