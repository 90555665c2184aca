import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { UploadRecord } from "../shared/contract";
import { uploadOrder } from "../shared/order";
import type { DetectedFormat, FileEntry, PartEntry } from "./types";

export type Item = Record<string, AttributeValue>;

export const WATERMARK = "watermark";

export function fileKey(source: string, uploadId: string): Item {
  return { pk: { S: source }, sk: { S: uploadId } };
}

export function partKey(source: string, uploadId: string, part: number): Item {
  return { pk: { S: source }, sk: { S: partPrefix(uploadId) + String(part).padStart(5, "0") } };
}

export function partPrefix(uploadId: string): string {
  return `${uploadId}#part#`;
}

/** Attribute values of plain strings and numbers; undefined members are left out. */
export function toItem(plain: Readonly<Record<string, string | number | undefined>>): Item {
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

export function newFileEntry(upload: UploadRecord, detected: DetectedFormat, now: string): FileEntry {
  return {
    source: upload.source,
    uploadId: upload.uploadId,
    bucket: upload.bucket,
    objectKey: upload.key,
    version: upload.versionId ?? upload.etag,
    etag: upload.etag,
    time: upload.time,
    size: upload.size,
    sequencer: upload.sequencer,
    order: uploadOrder(upload),
    status: "collecting",
    format: detected.format,
    compression: detected.compression,
    encoding: detected.encoding,
    members: 0,
    parts: 0,
    read: 0,
    landed: 0,
    collectQuarantined: 0,
    loadedParts: 0,
    loaded: 0,
    loadQuarantined: 0,
    startedAt: now,
  };
}

export function fileItem(entry: FileEntry): Item {
  return { ...fileKey(entry.source, entry.uploadId), ...toItem({ ...entry, kind: "file" }) };
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
