import type { PartCounts, UploadRecord } from "../shared/contract";

/**
 * What has become of an upload: being collected; all parts in the landing bucket; all parts in the table; or the whole
 * file quarantined.
 */
export type FileStatus = "collecting" | "landed" | "loaded" | "quarantined";

/** How far collecting has come. Counts are of the whole object so far. */
export interface CollectProgress {
  /** Parts finished. */
  readonly parts: number;
  readonly read: number;
  readonly landed: number;
  readonly collectQuarantined: number;
  /** Members of the zip opened so far; 1 for a plain or gzip file. */
  readonly members: number;
  /** Lines of each part, separated by commas, so that a part can be announced again. */
  readonly partRecords?: string;
}

/** What was detected, or declared; several, joined by commas, where a zip's members differ. */
export interface DetectedFormat {
  /** `csv`, `tsv`, `psv`, `ndjson` or `json`. */
  readonly format?: string;
  /** `comma`, `tab`, `pipe`, `semicolon`, else the character itself. */
  readonly delimiter?: string;
  readonly compression?: string;
  readonly encoding?: string;
}

/**
 * The ledger's entry of one upload. Always: read = landed + collectQuarantined. With status `loaded`:
 * landed = loaded + loadQuarantined.
 */
export interface FileEntry extends CollectProgress, DetectedFormat {
  readonly source: string;
  readonly uploadId: string;
  readonly bucket: string;
  readonly objectKey: string;
  /** Version id, else ETag. */
  readonly version: string;
  readonly etag: string;
  readonly time: string;
  readonly size: number;
  readonly sequencer: string;
  readonly order: string;
  readonly status: FileStatus;
  /** Why the file is quarantined. */
  readonly reason?: string;
  /** Parts in the table. */
  readonly loadedParts: number;
  readonly loaded: number;
  readonly loadQuarantined: number;
  readonly startedAt: string;
  readonly finishedAt?: string;
  /** Where collecting goes on, JSON; the collect function alone reads it. */
  readonly checkpoint?: string;
}

/** A part that is in the table. */
export interface PartEntry extends PartCounts {
  readonly part: number;
  readonly finishedAt: string;
}

/** The upload that an entry stands for. */
export function uploadOf(entry: FileEntry): UploadRecord {
  return {
    source: entry.source,
    bucket: entry.bucket,
    key: entry.objectKey,
    versionId: entry.version === entry.etag ? undefined : entry.version,
    etag: entry.etag,
    time: entry.time,
    size: entry.size,
    sequencer: entry.sequencer,
    uploadId: entry.uploadId,
  };
}
