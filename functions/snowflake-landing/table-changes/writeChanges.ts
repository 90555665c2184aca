import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from "aws-lambda";
import type { Log } from "../../shared/log";
import { ChangeFile } from "../changes/changeFile";
import { batchLines } from "./streamChanges";

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
