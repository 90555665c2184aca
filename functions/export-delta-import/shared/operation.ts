import { createHash } from "node:crypto";
import type { OperationName } from "./sql";

export type Value = string | number | boolean | null;
export type Row = Readonly<Record<string, Value>>;

/**
 * One change of one row, as the stream has it. Numbers are written with all their digits: a reader that needs more
 * than 15 of them reads them as text.
 */
export interface Operation {
  /** The same for all operations of one delta. */
  readonly deltaId: string;
  readonly tenant: string;
  readonly table: string;
  readonly version: string;
  readonly op: OperationName;
  /** The key columns. */
  readonly key: Row;
  /** Every column, the key's too; null for a DELETE. */
  readonly row: Row | null;
  /** Unique within the delta. */
  readonly sequence: number;
}

/** What makes a delta: which table, from which version to which, and which run of the query. */
export interface DeltaIdentity {
  readonly tenant: string;
  readonly table: string;
  /** Empty for the first import. */
  readonly from: string;
  readonly to: string;
  /** Fencing token of the import that ran the query. */
  readonly token: number;
}

export function deltaId({ tenant, table, from, to, token }: DeltaIdentity): string {
  return createHash("sha256")
    .update(JSON.stringify([tenant, table, from, to, token]))
    .digest("hex")
    .slice(0, 32);
}

/** Files of a delta are numbered from 0, their lines too. */
export const LINES_PER_FILE = 2 ** 32;
/** A sequence stays a whole number that every JSON reader can hold. */
export const MAX_FILES = 2 ** 21;

export function sequenceOf(file: number, line: number): number {
  return file * LINES_PER_FILE + line;
}

/** A row's place in the stream: all operations of a key are in one shard, the keys of a table in all of them. */
export function partitionKey(tenant: string, table: string, keyValues: readonly string[]): string {
  return createHash("sha256")
    .update(JSON.stringify([tenant, table, ...keyValues]))
    .digest("hex")
    .slice(0, 32);
}
