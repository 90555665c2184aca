import type { ReadState } from "../../shared/text/cut";
import type { DeltaCounts } from "../shared/breaker";
import type { CleanFormat } from "../shared/config";
import type { Schema } from "../shared/schema";
import type { StoreKey } from "./store";

/**
 * What the registry knows of a table of a tenant. Partition key `TENANT#TABLE`.
 *
 * | sk | what it is |
 * |---|---|
 * | `head` | which version the target is at, and which one is on its way there |
 * | `version#<order>` | an export's version |
 * | `file#<order>#<name>` | a file of a version |
 *
 * Objects that are refused before they belong to a table's version stand under the partition key `#refused`.
 */
export interface TableRef {
  readonly tenant: string;
  readonly table: string;
}

/**
 * `receiving`: files have come. `importing`: an execution reads and compares. `approval`: the breaker waits for somebody.
 * `publishing`: operations are on their way to the target, which is between two versions. `imported`: the target is at
 * this version. `refused`: can't be imported as it is. `failed`: something else went wrong; `reason` says what.
 */
export type VersionStatus = "receiving" | "importing" | "approval" | "publishing" | "imported" | "refused" | "failed";

export interface VersionEntry extends TableRef {
  readonly version: string;
  readonly order: string;
  readonly status: VersionStatus;
  /** Why it was refused or has failed. */
  readonly reason?: string;
  /** When its last file came, Unix time in milliseconds. */
  readonly lastFileAt: number;
  /** Names of all its files, by its manifest. */
  readonly expected?: readonly string[];
  /** ISO 8601, as all times below. */
  readonly receivedAt: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  /** Imports that were begun. */
  readonly attempts: number;
  /** Of the import that has it: only that one may change it. */
  readonly execution?: string;
  readonly token?: number;
  /** Athena's tables that the import has made. */
  readonly tables?: readonly string[];
  /** Its parts were removed from the work bucket. */
  readonly removed?: boolean;
  /** What the import has found out so far. */
  readonly staged?: Staged;
  readonly delta?: Delta;
  readonly approval?: Approval;
  /** Operations that the stream has taken, and those that the targets have dealt with. */
  readonly published?: number;
  readonly applied?: number;
  readonly bytesScanned?: number;
  /** US dollars that Athena takes for them. */
  readonly scanCost?: number;
}

/** An export as it was read: parts that the query reads. */
export interface Staged {
  /** Where the parts lie in the work bucket; ends with `/`. */
  readonly prefix: string;
  readonly schema: Schema;
  readonly schemaHash: string;
  /** Differences from the version it is compared with, in words. */
  readonly changes: readonly string[];
  readonly badRecords: number;
  /** The parts are the export's own files, in this form. */
  readonly clean?: CleanFormat;
  /** Known once the keys were checked. */
  readonly rows?: number;
}

/** The difference from the version before, as files. */
export interface Delta {
  readonly id: string;
  /** The version it begins at; empty for the first import. */
  readonly from: string;
  /** Key in the work bucket of the list of its files' keys, a JSON array. */
  readonly list: string;
  readonly files: number;
  readonly counts: DeltaCounts;
}

export interface Approval {
  readonly reason: string;
  readonly requestedAt: string;
  /** Keys of rows that would be deleted, as JSON. */
  readonly examples: readonly string[];
  /** Answers the waiting import. */
  readonly taskToken: string;
  readonly approvedBy?: string;
}

export interface FileEntry {
  readonly file: string;
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
  readonly etag: string;
  readonly size: number;
  readonly sequencer: string;
  /** What reading it gave, and for which import. */
  readonly read?: FileRead;
}

/** How far reading a file is. */
export interface FileRead {
  /** Of the import that reads it. */
  readonly token: number;
  readonly done: boolean;
  /** Where reading goes on, in bytes of its text as UTF-8, and on which line. */
  readonly offset: number;
  readonly line: number;
  readonly state?: ReadState;
  readonly parts: number;
  readonly rows: number;
  readonly badRecords: number;
  /** Undefined: there is nothing in it so far. */
  readonly schema?: Schema;
}

export interface HeadEntry {
  /** What the target is at; empty before the first import. */
  readonly version: string;
  readonly order: string;
  /** Order of the version that is being published; the target is between the two. */
  readonly publishing?: string;
}

/** An object that was refused before it became part of a version. */
export interface RefusedEntry {
  readonly bucket: string;
  readonly key: string;
  readonly etag: string;
  readonly reason: string;
  readonly at: string;
}

/** Who works on a table. The item stays when nobody does: its token must never go back. */
export interface LockEntry {
  /** ARN of the execution that holds it; undefined: it is free. */
  readonly owner?: string;
  /** Until when, unless it is renewed; Unix time in milliseconds. */
  readonly leaseUntil?: number;
  /** Grows with every holder. */
  readonly token: number;
}

export const headKey = (pk: string): StoreKey => ({ pk, sk: "head" });
export const versionKey = (pk: string, order: string): StoreKey => ({ pk, sk: `version#${order}` });
export const filePrefix = (order: string): string => `file#${order}#`;
export const fileKey = (pk: string, order: string, file: string): StoreKey => ({ pk, sk: filePrefix(order) + file });
export const lockKey = (pk: string): StoreKey => ({ pk, sk: "lock" });
