import type { AttributeValue as SdkValue } from "@aws-sdk/client-dynamodb";
import { type Attributes, base64 } from "../changes/attributeJson";

/** Most segments that one run may have; each is an invocation at the same time. */
export const maxSegments = 64;

/** What a person sends: `{}` or `{"segments": 8}`. */
export interface StartRequest {
  readonly segments: number;
}

/** What the function sends itself. */
export interface SegmentRequest {
  /** Names the run's files. */
  readonly run: string;
  readonly segment: number;
  readonly segments: number;
  /** Number of the next file of the segment, from 1. */
  readonly file: number;
  /** The key to resume the scan after; absent at the segment's start. Plain JSON: binary keys are `{"B": "<base64>"}`. */
  readonly startKey?: Attributes | undefined;
}

export type SnapshotRequest = { readonly start: StartRequest } | { readonly segment: SegmentRequest };

/** @throws Error saying what the event should be */
export function parseRequest(event: unknown): SnapshotRequest {
  if (typeof event !== "object" || event === null || Array.isArray(event)) {
    throw new Error(`The event is ${JSON.stringify(event)}; send {} or {"segments": 8}.`);
  }
  const { segments = 4, run, segment, file, startKey } = event as Partial<SegmentRequest>;
  const isCount = (n: unknown, min: number, max: number): n is number =>
    Number.isInteger(n) && (n as number) >= min && (n as number) <= max;
  if (!isCount(segments, 1, maxSegments)) {
    throw new Error(`segments is ${JSON.stringify(segments)}; send a whole number from 1 to ${maxSegments}.`);
  }
  if (run === undefined) return { start: { segments } };
  if (!isCount(segment, 0, segments - 1) || !isCount(file, 1, Number.MAX_SAFE_INTEGER) || typeof run !== "string") {
    throw new Error(`A continuation of the wrong form: ${JSON.stringify(event)}. Start a run with {} instead.`);
  }
  return { segment: { run, segment, segments, file, startKey } };
}

/** A scan's position as plain JSON, for the event that continues it. Keys are text, numbers or binary. */
export function toWireKey(key: Readonly<Record<string, SdkValue>>): Attributes {
  return Object.fromEntries(
    Object.entries(key).map(([name, value]) => {
      if (value.S !== undefined) return [name, { S: value.S }];
      if (value.N !== undefined) return [name, { N: value.N }];
      if (value.B !== undefined) return [name, { B: base64(value.B) }];
      throw new Error(`Key attribute ${JSON.stringify(name)} is neither S, N nor B`);
    }),
  );
}

/** @throws Error when a key attribute is neither S, N nor B */
export function fromWireKey(key: Attributes): Record<string, SdkValue> {
  return Object.fromEntries(
    Object.entries(key).map(([name, { S, N, B }]): [string, SdkValue] => {
      if (S !== undefined) return [name, { S }];
      if (N !== undefined) return [name, { N }];
      if (B !== undefined) return [name, { B: typeof B === "string" ? Buffer.from(B, "base64") : B }];
      throw new Error(`Key attribute ${JSON.stringify(name)} is neither S, N nor B`);
    }),
  );
}
