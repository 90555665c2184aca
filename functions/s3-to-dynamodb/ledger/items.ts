import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { UploadRecord } from "../shared/contract";
import { digits, uploadOrder, versionOf } from "../shared/upload";
import type { FileEntry, PartEntry } from "./types";

export type Item = Record<string, AttributeValue>;
export type Plain = Readonly<Record<string, string | number | undefined>>;

export function fileKey({ source, uploadId }: Pick<FileEntry, "source" | "uploadId">): Item {
  return key(source, uploadId);
}

export function partKey(of: Pick<FileEntry, "source" | "uploadId" | "attempt">, part: number): Item {
  return key(of.source, partPrefix(of) + digits(part));
}

export function partPrefix({ uploadId, attempt }: Pick<FileEntry, "uploadId" | "attempt">): string {
  return `${uploadId}#${attempt}#part#`;
}

export function watermarkKey(source: string): Item {
  return key(source, "watermark");
}

export function eventKey(source: string, event: string): Item {
  return key(source, `event#${event}`);
}

function key(source: string, sk: string): Item {
  return { pk: { S: source }, sk: { S: sk } };
}

/** Attribute values of plain strings and numbers; undefined members are left out. */
export function toItem(plain: Plain): Item {
  const item: Item = {};
  for (const [name, value] of Object.entries(plain)) {
    if (value !== undefined) item[name] = typeof value === "number" ? { N: String(value) } : { S: value };
  }
  return item;
}

function fromItem(item: Item): Record<string, string | number> {
  const plain: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(item)) {
    if (value.S !== undefined) plain[name] = value.S;
    else if (value.N !== undefined) plain[name] = Number(value.N);
  }
  return plain;
}

export function newFileEntry(upload: UploadRecord, now: string, attempt = 1): FileEntry {
  return {
    source: upload.source,
    uploadId: upload.uploadId,
    bucket: upload.bucket,
    objectKey: upload.key,
    version: versionOf(upload),
    etag: upload.etag,
    time: upload.time,
    size: upload.size,
    sequencer: upload.sequencer,
    order: uploadOrder(upload),
    attempt,
    status: "collecting",
    members: 0,
    parts: 0,
    read: 0,
    landed: 0,
    collectQuarantined: 0,
    loadedParts: 0,
    loaded: 0,
    loadQuarantined: 0,
    step: 0,
    published: 0,
    startedAt: now,
    progressAt: now,
  };
}

/** The upload that an entry stands for. */
export function uploadOf(entry: FileEntry): UploadRecord {
  const { source, uploadId, bucket, objectKey, version, etag, time, size, sequencer } = entry;
  const versionId = version === etag ? undefined : version;
  return { source, uploadId, bucket, key: objectKey, versionId, etag, time, size, sequencer };
}

export function fileItem(entry: FileEntry): Item {
  return { ...fileKey(entry), ...toItem({ ...entry, kind: "file" }) };
}

export function readFileItem(item: Item): FileEntry {
  const { pk: _pk, sk: _sk, kind: _kind, ...entry } = fromItem(item);
  // The ledger alone writes these items, always from a FileEntry.
  return entry as unknown as FileEntry;
}

export function readPartItem(item: Item): PartEntry {
  const { part, loaded, quarantined, finishedAt } = fromItem(item);
  return {
    part: Number(part),
    loaded: Number(loaded),
    quarantined: Number(quarantined),
    finishedAt: String(finishedAt),
  };
}
