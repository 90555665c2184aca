import { type DynamoDBClient, ScanCommand, type ScanCommandOutput } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { Log } from "../../shared/log";
import { ChangeFile } from "../changes/changeFile";
import { changeLine } from "../changes/changeLine";
import { fromWireKey, type SegmentRequest, toWireKey } from "./request";

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
