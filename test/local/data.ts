/** Puts files into sources and reads back, from the stores, what became of them. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type AttributeValue, paginateQuery } from "@aws-sdk/client-dynamodb";
import { paginateListObjectsV2 } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { readFileItem } from "../../functions/s3-to-dynamodb/ledger/items";
import { type FileEntry, Ledger } from "../../functions/s3-to-dynamodb/ledger/ledger";
import { LedgerTable } from "../../functions/s3-to-dynamodb/ledger/table";
import type { QuarantinedRecord } from "../../functions/s3-to-dynamodb/shared/contract";
import { cloud } from "./cloud";
import { type SourceName, sources } from "./stackUnderTest";

export type Item = Record<string, AttributeValue>;
/** An item's own fields: texts as they are, numbers as `#<digits>` so that none is rounded on the way here. */
export type Row = Record<string, unknown>;

export interface Upload {
  readonly source: SourceName;
  readonly bucket: string;
  readonly key: string;
  /** Version id, or ETag where the bucket keeps no versions. */
  readonly version: string;
  readonly etag: string;
  readonly uploadId: string;
}

/** What became of an upload. */
export interface Arrival {
  readonly upload: Upload;
  readonly entry: FileEntry;
  /** In the order of their records. */
  readonly items: readonly Item[];
  readonly rows: readonly Row[];
  readonly quarantined: readonly QuarantinedRecord[];
}

const patience = 60_000;

export function bucketOf(source: SourceName): string {
  const bucket = cloud().outputs.sourceBuckets[source];
  assert.ok(bucket, `the stack has no source ${source}`);
  return bucket;
}

export async function put(source: SourceName, key: string, body: string | Buffer): Promise<Upload> {
  const bucket = bucketOf(source);
  const { ETag, VersionId } = await cloud().s3.putObject({ Bucket: bucket, Key: key, Body: Buffer.from(body) });
  if (VersionId && VersionId !== "null") return uploadOf(source, bucket, key, ETag, VersionId);
  const { LastModified } = await cloud().s3.headObject({ Bucket: bucket, Key: key });
  return uploadOf(source, bucket, key, ETag, LastModified);
}

/** @param written the version's id, or when it was written where the bucket keeps no versions */
export function uploadOf(
  source: SourceName,
  bucket: string,
  key: string,
  quoted: string | undefined,
  written: string | Date | undefined,
): Upload {
  const etag = quoted?.replaceAll('"', "") ?? "";
  if (typeof written === "string") {
    return { source, bucket, key, etag, version: written, uploadId: uploadIdOf([source, bucket, key, written]) };
  }
  const second = written?.toISOString().slice(0, 19) ?? "";
  return { source, bucket, key, etag, version: etag, uploadId: uploadIdOf([source, bucket, key, etag, second]) };
}

/** As the contract has it: written anew here, not taken from the code under test. */
function uploadIdOf(identity: readonly string[]): string {
  return createHash("sha256").update(identity.join("\n")).digest("hex").slice(0, 32);
}

/** Puts a file and waits until it is loaded or quarantined. */
export async function deliver(source: SourceName, key: string, body: string | Buffer): Promise<Arrival> {
  return arrival(await put(source, key, body));
}

export async function arrival(upload: Upload): Promise<Arrival> {
  const entry = await settled(upload);
  const items = (await itemsOf(upload.source)).filter(({ _upload }) => _upload?.S === upload.uploadId);
  return { upload, entry, items, rows: items.map(fieldsOf), quarantined: await quarantineOf(upload) };
}

export function ledger(): Ledger {
  return new Ledger(cloud().dynamoDb, cloud().outputs.ledgerTableName);
}

/** Every upload of a source, as the ledger has it. */
export async function entriesOf(source: SourceName): Promise<FileEntry[]> {
  const entries: FileEntry[] = [];
  for await (const item of new LedgerTable(cloud().dynamoDb, cloud().outputs.ledgerTableName).query(source)) {
    if (item.kind?.S === "file") entries.push(readFileItem(item));
  }
  return entries;
}

/** Waits until the ledger has the upload as loaded or quarantined. */
export async function settled(upload: Upload): Promise<FileEntry> {
  let entry: FileEntry | undefined;
  await until(`${upload.key} of source ${upload.source} is loaded or quarantined`, async () => {
    entry = await ledger().getFile(upload.source, upload.uploadId);
    return entry?.status === "loaded" || entry?.status === "quarantined" ? true : JSON.stringify(entry)?.slice(0, 1500);
  });
  return entry as FileEntry;
}

/** @param condition gives true, or what it saw instead */
export async function until(what: string, condition: () => Promise<true | string | undefined>): Promise<void> {
  const end = Date.now() + patience;
  for (;;) {
    const seen = await condition();
    if (seen === true) return;
    if (Date.now() > end) throw new Error(`Not within ${patience / 1000} s: ${what}. Seen last: ${seen ?? "nothing"}`);
    await sleep(150);
  }
}

/** Every item of a source, read by its partition keys alone, in the order of uploads and records. */
export async function itemsOf(source: SourceName): Promise<Item[]> {
  const items: Item[] = [];
  const settings: { readonly name: string; readonly shards?: number } | undefined = sources.find(
    ({ name }) => name === source,
  );
  for (let shard = 0; shard < (settings?.shards ?? 8); shard++) {
    const pages = paginateQuery(
      { client: cloud().dynamoDb },
      {
        TableName: cloud().outputs.tableName,
        ConsistentRead: true,
        KeyConditionExpression: "pk = :pk",
        ExpressionAttributeValues: { ":pk": { S: `${source}#${String(shard).padStart(2, "0")}` } },
      },
    );
    for await (const { Items = [] } of pages) items.push(...Items);
  }
  return items.sort((a, b) => Number(a._record?.N) - Number(b._record?.N));
}

const own = ["pk", "sk", "_source", "_bucket", "_key", "_version", "_time", "_upload", "_record", "_order"];

export function fieldsOf(item: Item): Row {
  const fields = Object.entries(item).filter(([name]) => !own.includes(name));
  return Object.fromEntries(fields.map(([name, value]) => [name, plain(value)]));
}

function plain(value: AttributeValue): unknown {
  if (value.N !== undefined) return `#${value.N}`;
  if (value.L !== undefined) return value.L.map(plain);
  if (value.M !== undefined) return Object.fromEntries(Object.entries(value.M).map(([k, v]) => [k, plain(v)]));
  if (value.NULL) return null;
  return value.S ?? value.BOOL;
}

/** The quarantined records of an upload, in their order. */
export async function quarantineOf({ source, uploadId }: Upload): Promise<QuarantinedRecord[]> {
  const texts = await textsUnder(`quarantine/${source}/${uploadId}/`);
  const lines = texts.flatMap((text) => text.split("\n")).filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as QuarantinedRecord).sort((a, b) => a.record - b.record);
}

export async function landingKeys(prefix: string): Promise<string[]> {
  const keys: string[] = [];
  const Bucket = cloud().outputs.landingBucketName;
  for await (const { Contents = [] } of paginateListObjectsV2({ client: cloud().s3 }, { Bucket, Prefix: prefix })) {
    keys.push(...Contents.map(({ Key = "" }) => Key));
  }
  return keys;
}

async function textsUnder(prefix: string): Promise<string[]> {
  const texts: string[] = [];
  for (const Key of await landingKeys(prefix)) {
    const { Body } = await cloud().s3.getObject({ Bucket: cloud().outputs.landingBucketName, Key });
    texts.push((await Body?.transformToString()) ?? "");
  }
  return texts;
}

/** Messages of a queue that wait or are being dealt with. */
export async function messagesIn(QueueUrl: string): Promise<number> {
  const AttributeNames = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
  const { Attributes } = await cloud().sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] }),
  );
  return AttributeNames.reduce((sum, name) => sum + Number(Attributes?.[name]), 0);
}
