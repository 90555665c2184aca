/** What follows from an upload alone: its identity, its place in the order, its keys in the landing bucket, and its lines. */
import { createHash } from "node:crypto";
import type { LandingMeta, QuarantinedRecord, UploadRecord } from "./contract";

/** The upload's names in a landing line, in their order. */
export const META = [
  "_source",
  "_bucket",
  "_key",
  "_version",
  "_time",
  "_upload",
  "_record",
] as const satisfies readonly (keyof LandingMeta)[];

/** The attributes that every item has of its own: no field of a record can become one of them. */
export const RESERVED: ReadonlySet<string> = new Set([...META, "_order", "pk", "sk"]);

/**
 * The record of an upload. Its id follows from source, bucket, key and version id; without versions from the ETag and
 * the second in which the object was written, so that the same bytes written again later are an upload of their own.
 */
export function uploadRecord(facts: Omit<UploadRecord, "uploadId">): UploadRecord {
  const version = facts.versionId ?? `${facts.etag}\n${secondOf(facts.time)}`;
  return { ...facts, uploadId: shortHash([facts.source, facts.bucket, facts.key, version]) };
}

/** S3 tells an object's time in whole seconds; other stores and events tell more, which isn't part of the identity. */
function secondOf(time: string): string {
  return time.slice(0, "2026-01-31T12:00:00".length);
}

/** First 32 hex digits of SHA-256 over the parts, joined by newlines. */
export function shortHash(parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 32);
}

/** Version id where the bucket keeps versions, else the ETag. */
export function versionOf({ versionId, etag }: Pick<UploadRecord, "versionId" | "etag">): string {
  return versionId ?? etag;
}

/** Digits of a sequencer when it is compared. */
export const SEQUENCER_DIGITS = 32;

/**
 * A sequencer as it is compared: hexadecimal of varying length, filled with zeros at the right.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function paddedSequencer(sequencer: string): string {
  return sequencer.toUpperCase().padEnd(SEQUENCER_DIGITS, "0");
}

/**
 * Where a part stands among all uploads of its source; compared as text. The object's time first, then the event's
 * sequencer, then what makes it unique.
 */
export function uploadOrder(upload: Pick<UploadRecord, "time" | "sequencer" | "uploadId">, part = 0): string {
  return `${upload.time}#${paddedSequencer(upload.sequencer)}#${upload.uploadId}#${digits(part)}`;
}

/** The members of every landing line of an upload, without the record's number. */
export function landingMeta(upload: UploadRecord): Omit<LandingMeta, "_record"> {
  return {
    _source: upload.source,
    _bucket: upload.bucket,
    _key: upload.key,
    _version: versionOf(upload),
    _time: upload.time,
    _upload: upload.uploadId,
  };
}

/** How every landing line of an upload begins; the record's number follows. */
export function linePrefix(upload: UploadRecord): string {
  return `${JSON.stringify(landingMeta(upload)).slice(0, -1)},"_record":`;
}

/** A record that isn't loaded, and why. */
export function quarantinedRecord(
  upload: UploadRecord,
  told: Pick<QuarantinedRecord, "record" | "line" | "reason" | "raw">,
): QuarantinedRecord {
  const { source, bucket, key } = upload;
  return { source, bucket, key, version: versionOf(upload), ...told };
}

/** An upload, and which attempt at it: 1, and one more each time that somebody replays it by force. */
export interface Attempt {
  readonly upload: UploadRecord;
  readonly attempt: number;
}

/** Longest key that S3 takes, in bytes. */
const MAX_KEY_BYTES = 1024;

/**
 * Where a part is in the landing bucket: `landing/<source>/<key>/<version>/part-00001.ndjson.gz`; `<version>` is the
 * version id, or `<ETag>-<time>` where the bucket keeps none. The object's key is percent-encoded except for its
 * slashes; where that makes it too long, its SHA-256 stands instead. Parts of a later attempt have keys of their own,
 * since Snowpipe never loads a key twice.
 */
export function landingKey({ upload, attempt }: Attempt, part: number): string {
  const version = upload.versionId ?? `${upload.etag}-${secondOf(upload.time).replace(/[-:]/g, "")}Z`;
  const end = `${encode(version)}/${folderOf(attempt)}${partName(part)}`;
  const readable = `landing/${upload.source}/${upload.key.split("/").map(encode).join("/")}/${end}`;
  if (readable.length <= MAX_KEY_BYTES) return readable;
  return `landing/${upload.source}/sha256-${createHash("sha256").update(upload.key).digest("hex")}/${end}`;
}

/** Where the records that aren't loaded are listed, and (`file`) why a whole file isn't. */
export function quarantineKey({ upload, attempt }: Attempt, name: string): string {
  return `quarantine/${upload.source}/${upload.uploadId}/${folderOf(attempt)}${name}.ndjson`;
}

/** Where an invocation puts what isn't to be seen before the whole file has landed. No two write the same key. */
export function stagingKey({ upload, attempt }: Attempt, run: string, name: string): string {
  return `staging/${upload.source}/${upload.uploadId}/${attempt}/${run}/${name}`;
}

export function partName(part: number): string {
  return `part-${digits(part)}.ndjson.gz`;
}

function folderOf(attempt: number): string {
  return attempt === 1 ? "" : `attempt-${attempt}/`;
}

/** Numbers in keys: they sort as text. */
export function digits(number: number): string {
  return String(number).padStart(5, "0");
}

// Only characters that S3 calls safe: others need care in URLs, listings and other services' settings. `.` and `..` as
// a whole segment are taken for folders by some clients.
function encode(segment: string): string {
  if (/^\.+$/.test(segment)) return segment.replaceAll(".", "%2E");
  return encodeURIComponent(segment).replace(/[~'()*!]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
