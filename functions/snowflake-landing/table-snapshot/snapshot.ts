/** One run reads the whole table: a start, then events for each segment until all of them are read. */
import {
  type DynamoDBClient,
  ScanCommand,
  type ScanCommandOutput,
  type AttributeValue as SdkValue,
} from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { Log } from "../../shared/log";
import { ChangeFile } from "../changes/changeFile";
import { type Attributes, base64, changeLine } from "../changes/changeLine";

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

export interface SnapshotOptions {
  readonly log: Log;
  /** Starts this function again, without waiting for it. */
  readonly invokeSelf: (request: SegmentRequest) => Promise<void>;
  readonly scan: (request: SegmentRequest) => Promise<SegmentResult>;
  /** The invocation's id, which a retry of the same event keeps. */
  readonly requestId: string;
}

/**
 * A start sends one event for each segment; a segment reads until its time is up, then sends itself the rest. The
 * files are written before the rest is sent, so that a failure in between reads pages twice but leaves none out.
 */
export async function snapshot(event: unknown, options: SnapshotOptions): Promise<Record<string, unknown>> {
  const request = parseRequest(event);
  if ("start" in request) {
    const { segments } = request.start;
    const run = options.requestId;
    for (let segment = 0; segment < segments; segment++) {
      await options.invokeSelf({ run, segment, segments, file: 1 });
    }
    options.log.info("Started a full load", { run, segments });
    return { run, segments };
  }
  const { items, files, next } = await options.scan(request.segment);
  if (next !== undefined) await options.invokeSelf(next);
  const { run, segment } = request.segment;
  const result = { run, segment, items, files, finished: next === undefined };
  options.log.info(next === undefined ? "Finished a segment" : "Continues in another invocation", result);
  return result;
}

export interface ScanOptions {
  readonly dynamoDb: Pick<DynamoDBClient, "send">;
  readonly s3: Pick<S3Client, "send">;
  readonly log: Log;
  readonly table: string;
  readonly bucket: string;
  /** Ends with a slash. */
  readonly prefix: string;
  readonly keyAttributes: readonly string[];
  /** Unpacked bytes after which a file is finished. */
  readonly fileBytes: number;
  /** True when too little time is left for another page and the file's upload. */
  readonly timeIsUp: () => boolean;
  readonly now: () => Date;
}

export interface SegmentResult {
  readonly items: number;
  readonly files: number;
  /** What to send to continue; absent when the segment is finished. */
  readonly next?: SegmentRequest;
}

/**
 * Writes a segment's items as lines of op LOAD until it is finished or the time is up. At least one page is read, so
 * that every invocation makes progress. A file's name has a hash of its lines, see table-changes.
 */
export async function scanSegment(request: SegmentRequest, options: ScanOptions): Promise<SegmentResult> {
  let { file: number, startKey } = request;
  let file = new ChangeFile();
  let items = 0;
  let files = 0;
  const flush = async (): Promise<void> => {
    if (file.lines === 0) return;
    await putFile(file, { ...request, file: number }, options);
    number += 1;
    files += 1;
    file = new ChangeFile();
  };
  do {
    const page: ScanCommandOutput = await options.dynamoDb.send(
      new ScanCommand({
        TableName: options.table,
        Segment: request.segment,
        TotalSegments: request.segments,
        ExclusiveStartKey: startKey && fromWireKey(startKey),
      }),
    );
    const at = options.now().toISOString();
    for (const item of page.Items ?? []) {
      await file.add(changeLine({ op: "LOAD", keys: item, sequence: "0", at, item }, options.keyAttributes));
    }
    items += page.Items?.length ?? 0;
    startKey = page.LastEvaluatedKey === undefined ? undefined : toWireKey(page.LastEvaluatedKey);
    if (file.bytes >= options.fileBytes) await flush();
  } while (startKey !== undefined && !options.timeIsUp());
  await flush();
  if (startKey === undefined) return { items, files };
  return { items, files, next: { ...request, file: number, startKey } };
}

async function putFile(file: ChangeFile, { run, segment, file: number }: SegmentRequest, options: ScanOptions) {
  const { lines } = file;
  const { body, hash } = await file.finish();
  const pad = (n: number, digits: number): string => String(n).padStart(digits, "0");
  const key = `${options.prefix}load=${run}/${pad(segment, 3)}-${pad(number, 5)}-${hash}.ndjson.gz`;
  await options.s3.send(
    new PutObjectCommand({ Bucket: options.bucket, Key: key, Body: body, ContentType: "application/x-ndjson+gzip" }),
  );
  options.log.info("Wrote items", { key, items: lines, bytes: body.length });
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
