import { createHash } from "node:crypto";
import type { UploadRecord } from "../shared/contract";

/** Longest key that S3 takes, in bytes. */
const MAX_KEY_BYTES = 1024;

/**
 * Where a part lies in the landing bucket: `landing/<source>/<key>/<version or ETag>/part-00001.ndjson.gz`. The object's
 * key is percent-encoded except for its slashes; where that makes it too long, its SHA-256 stands instead.
 */
export function landingKey(upload: UploadRecord, part: number): string {
  const end = `${encode(upload.versionId ?? upload.etag)}/part-${digits(part)}.ndjson.gz`;
  const readable = `landing/${upload.source}/${upload.key.split("/").map(encode).join("/")}/${end}`;
  if (readable.length <= MAX_KEY_BYTES) return readable;
  return `landing/${upload.source}/sha256-${createHash("sha256").update(upload.key).digest("hex")}/${end}`;
}

/** Where the records that don't land are told: one object a checkpoint, or `file` for the file as a whole. */
export function quarantineKey(upload: UploadRecord, number: number | "file"): string {
  const name = number === "file" ? number : `collect-${digits(number)}`;
  return `quarantine/${upload.source}/${upload.uploadId}/${name}.ndjson`;
}

function digits(number: number): string {
  return String(number).padStart(5, "0");
}

// Only characters that S3 calls safe: others need care in URLs, listings and other services' settings. `.` and `..` as
// a whole segment are taken for folders by some clients.
function encode(segment: string): string {
  if (/^\.+$/.test(segment)) return segment.replaceAll(".", "%2E");
  return encodeURIComponent(segment).replace(/[~'()*!]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
