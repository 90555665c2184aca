import type { ReadState } from "../../shared/text/cut";
import type { Dialect } from "../../shared/text/dialect";
import type { DetectedEncoding } from "../../shared/text/encoding";
import type { Compression } from "../../shared/text/unpack";
import type { StagedRun } from "../ledger/ledger";

/** Where collecting goes on: after a record, at the end of a part. */
export interface Checkpoint {
  /** Member of the archive, 0-based in its directory's order; 0 for other files. */
  readonly member: number;
  /** Unpacked bytes of the members before. */
  readonly unpackedBefore: number;
  /** Bytes into the member's text, as UTF-8. */
  readonly offset: number;
  readonly line: number;
  readonly header?: readonly string[];
  readonly state?: ReadState;
  readonly compression?: Compression;
  /** Undefined before the first member is opened. */
  readonly dialect?: Dialect;
  readonly encoding?: DetectedEncoding;
  /** Records read so far, good or bad. */
  readonly record: number;
  readonly landed: number;
  readonly quarantined: number;
  /** Bytes of the parts and quarantine objects so far, before packing. */
  readonly landedBytes: number;
  /** Lines of each part. */
  readonly parts: readonly number[];
  readonly quarantineFiles: number;
  /** The invocations that have staged parts and quarantine files, in order. */
  readonly staged: readonly StagedRun[];
  /** What was found so far, for the ledger. */
  readonly formats: readonly string[];
  readonly delimiters: readonly string[];
  readonly encodings: readonly string[];
  readonly members: number;
}

/** @throws Error when the ledger holds none of ours. */
export function parseCheckpoint(text: string | undefined): Checkpoint {
  if (text === undefined) return BEGINNING;
  const parsed = JSON.parse(text) as Partial<Checkpoint> | null;
  if (!Number.isInteger(parsed?.record) || !Number.isInteger(parsed?.offset) || !Array.isArray(parsed?.parts)) {
    throw new Error(`The ledger's checkpoint can't be read: ${text.slice(0, 200)}. Replay the object with --force.`);
  }
  return parsed as Checkpoint;
}

export const BEGINNING: Checkpoint = {
  member: 0,
  unpackedBefore: 0,
  offset: 0,
  line: 1,
  record: 0,
  landed: 0,
  quarantined: 0,
  landedBytes: 0,
  parts: [],
  quarantineFiles: 0,
  staged: [],
  formats: [],
  delimiters: [],
  encodings: [],
  members: 0,
};
