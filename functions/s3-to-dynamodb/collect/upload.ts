import { createHash } from "node:crypto";
import type { UploadRecord } from "../shared/contract";

/** The record of an upload; its id follows from source, bucket, key and version alone. */
export function uploadRecord(facts: Omit<UploadRecord, "uploadId">): UploadRecord {
  const identity = [facts.source, facts.bucket, facts.key, facts.versionId ?? facts.etag].join("\n");
  return { ...facts, uploadId: createHash("sha256").update(identity).digest("hex").slice(0, 32) };
}
