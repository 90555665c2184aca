import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import type { Log } from "../../shared/log";
import { ChangeFile } from "../changes/changeFile";
import { type Change, changeLine } from "../changes/changeLine";

export interface WriteChangesOptions {
  readonly s3: Pick<S3Client, "send">;
  readonly log: Log;
  readonly bucket: string;
  /** Ends with a slash. */
  readonly prefix: string;
  readonly keyAttributes: readonly string[];
}

/**
 * Writes a batch as one file `<prefix>dt=<day>/<first sequence>-<hash of the lines>.ndjson.gz`. The same records give
 * the same name and bytes, so a retry overwrites; other records, as when a failed batch is split, give another name,
 * because Snowpipe never loads a second file of a name. So rows may arrive twice but are never lost; the view of the
 * newest state counts each change once.
 */
export async function writeChanges(
  event: DynamoDBStreamEvent,
  { s3, log, bucket, prefix, keyAttributes }: WriteChangesOptions,
): Promise<DynamoDBBatchResponse> {
  const { lines, first, at, failed } = batchLines(event.Records, keyAttributes);
  if (first !== undefined && at !== undefined) {
    const file = new ChangeFile();
    for (const line of lines) await file.add(line);
    const { body, hash } = await file.finish();
    const key = `${prefix}dt=${at.slice(0, 10)}/${first}-${hash}.ndjson.gz`;
    await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: "application/x-ndjson+gzip" }),
    );
    log.info("Wrote changes", { key, records: lines.length, bytes: body.length });
  }
  if (failed === undefined) return { batchItemFailures: [] };
  log.error("A change can't be written; the stream is retried from here", { ...failed });
  return { batchItemFailures: [{ itemIdentifier: failed.sequence }] };
}

/** What became of a batch: the lines of the records up to the first that can't be written. */
interface BatchLines {
  readonly lines: readonly string[];
  /** Sequence number of the first record in the lines. */
  readonly first?: string;
  /** When the first record was made. */
  readonly at?: string;
  readonly failed?: { readonly sequence: string; readonly reason: string };
}

/** Stops at the first record that can't be written: Lambda resumes there, and in the end hands it over alone. */
function batchLines(records: readonly DynamoDBRecord[], keyAttributes: readonly string[]): BatchLines {
  const lines: string[] = [];
  let start: { first?: string; at?: string } = {};
  for (const record of records) {
    const sequence = record.dynamodb?.SequenceNumber ?? "";
    try {
      const change = changeOf(record);
      lines.push(changeLine(change, keyAttributes));
      if (lines.length === 1) start = { first: change.sequence, at: change.at };
    } catch (error) {
      return { lines, ...start, failed: { sequence, reason: error instanceof Error ? error.message : String(error) } };
    }
  }
  return { lines, ...start };
}

function changeOf({ eventName, dynamodb }: DynamoDBRecord): Change {
  if (eventName === undefined || dynamodb?.Keys === undefined || dynamodb.SequenceNumber === undefined) {
    throw new Error("a record without eventName, Keys or SequenceNumber; this function reads DynamoDB streams only");
  }
  if (dynamodb.ApproximateCreationDateTime === undefined) throw new Error("a record without its time");
  const change = {
    op: eventName,
    keys: dynamodb.Keys,
    sequence: dynamodb.SequenceNumber,
    at: new Date(dynamodb.ApproximateCreationDateTime * 1000).toISOString(),
  };
  if (eventName === "REMOVE") return change;
  if (dynamodb.NewImage === undefined) {
    throw new Error(
      `a ${eventName} without the new item; the stream's view type is ${dynamodb.StreamViewType}. Fix: set it to NEW_IMAGE`,
    );
  }
  return { ...change, item: dynamodb.NewImage };
}
