import { createHash } from "node:crypto";

/** The primary key of a record's item in the table. */
export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

/** `<source>#<shard, 2 digits>`: what to query, shard by shard, to read a source. */
export function partitionKey(source: string, shard: number): string {
  return `${source}#${String(shard).padStart(2, "0")}`;
}

/** The shard of a key: the first 4 bytes of its SHA-1, big-endian, modulo the number of shards. */
export function shardOf(key: string, shards: number): number {
  return shards === 1 ? 0 : createHash("sha1").update(key).digest().readUInt32BE(0) % shards;
}

/** Where the item with this key is in the table. */
export function itemKey(source: string, key: string, shards: number): ItemKey {
  return { pk: partitionKey(source, shardOf(key, shards)), sk: key };
}

/** The key of a keyed source: the values joined by `#`; `%` and `#` in a value become %25 and %23. */
export function joinKeyValues(values: readonly string[]): string {
  return values.map(escapeKeyValue).join("#");
}

/** The key of a record of a source without key fields. */
export function recordKey(uploadId: string, record: number): string {
  return `${uploadId}#${String(record).padStart(10, "0")}`;
}

function escapeKeyValue(value: string): string {
  return /[%#]/.test(value) ? value.replaceAll("%", "%25").replaceAll("#", "%23") : value;
}
