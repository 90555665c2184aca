import type { PartCounts } from "../shared/contract";

/**
 * What has become of an upload: being collected; read whole, and its parts on their way to the landing prefix and the
 * table; all parts in the table; or the whole file quarantined.
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
  /** From 1; one more each time that the upload is replayed by force. */
  readonly attempt: number;
  readonly status: FileStatus;
  /** Why the file is quarantined. */
  readonly reason?: string;
  /** Parts in the table. */
  readonly loadedParts: number;
  readonly loaded: number;
  readonly loadQuarantined: number;
  readonly startedAt: string;
  /** When something was last heard of it. */
  readonly progressAt: string;
  readonly finishedAt?: string;
  /** Where collecting goes on, JSON; the collect function alone reads it. */
  readonly checkpoint?: string;
  /** Checkpoints and outcomes that were saved. */
  readonly step: number;
  /** The invocation that saved the last. */
  readonly run?: string;
  /** Lines of each part, separated by commas, once it has landed: what is announced. */
  readonly partRecords?: string;
  /** The invocations that staged its objects, JSON of {@link StagedRun}s, once it has landed: what is published. */
  readonly staged?: string;
  /** Staged objects that are published. */
  readonly published: number;
}

/** What one invocation has staged of a file. */
export interface StagedRun {
  readonly run: string;
  readonly parts: number;
  /** Objects with quarantined records. */
  readonly quarantined: number;
}

/** An entry as an invocation of collect has read it: what it writes is taken only while nobody else has gone on with it. */
export interface Hold extends Pick<FileEntry, "source" | "uploadId" | "attempt" | "step"> {
  /** Names the invocation. */
  readonly run: string;
}

/** Another invocation has gone on with the upload, or somebody has replayed it by force. */
export class Overtaken extends Error {
  override readonly name = "Overtaken";

  /** @param entry as it is now; undefined: it is gone */
  constructor(readonly entry: FileEntry | undefined) {
    super(`Another invocation has gone on with the upload; its entry is ${entry?.status ?? "gone"} now.`);
  }
}

/** A part that is in the table. */
export interface PartEntry extends PartCounts {
  readonly part: number;
  readonly finishedAt: string;
}
