import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { fileItem, newFileEntry, readFileItem } from "../../../../functions/s3-to-dynamodb/ledger/items";
import { Ledger } from "../../../../functions/s3-to-dynamodb/ledger/ledger";
import type { LoadPorts } from "../../../../functions/s3-to-dynamodb/load/loadPart";
import { TableWriter } from "../../../../functions/s3-to-dynamodb/load/write/tableWriter";
import {
  type LoadMessage,
  type QuarantinedRecord,
  SOURCE_DEFAULTS,
  type SourceConfig,
  type UploadRecord,
} from "../../../../functions/s3-to-dynamodb/shared/contract";
import type { Deadline } from "../../../../functions/s3-to-dynamodb/shared/deadline";
import type { Hold } from "../../../../functions/s3-to-dynamodb/shared/lease";
import { meets, type Item as StoredItem } from "../expressions";
import { AT_ONCE, FakeDynamo } from "../fakeDynamo";

export const FOREVER: Deadline = { near: () => false, over: () => false };
/** A queue that nobody else reads. */
export const HOLD: Hold = (_record, deadline, work) => work(deadline);

export function sourceWith(changes: Partial<SourceConfig> = {}): SourceConfig {
  const own = { name: "orders", bucket: "source", keyFields: ["id"] };
  return { ...SOURCE_DEFAULTS, format: "csv", shards: 4, ...own, ...changes };
}

export function uploadAt(time: string, uploadId = "a".repeat(32)): UploadRecord {
  return { source: "orders", bucket: "source", key: "a b.csv", etag: "e1", time, size: 1, sequencer: "01", uploadId };
}

export function lineOf(upload: UploadRecord, record: number, fields: Readonly<Record<string, unknown>>): string {
  const { source, bucket, key, etag, time, uploadId } = upload;
  const meta = { _source: source, _bucket: bucket, _key: key, _version: etag, _time: time, _upload: uploadId };
  return JSON.stringify({ ...meta, _record: record, ...fields });
}

type Item = Record<string, { S?: string; N?: string }>;

/** A table, a ledger, a bucket and a queue, as far as loading goes. */
export class World {
  readonly items = new Map<string, Item>();
  readonly ledgerTable = new FakeDynamo();
  readonly landing = new Map<string, Buffer>();
  readonly quarantine = new Map<string, QuarantinedRecord[]>();
  readonly queue: LoadMessage[] = [];
  /** Told each request before it is served; answers how many of a batch's items are left unprocessed. */
  throttle: (size: number) => number = () => 0;

  constructor(private readonly source: SourceConfig = sourceWith()) {}

  message(upload: UploadRecord, part: number, lines: readonly string[]): LoadMessage {
    const landingKey = `landing/${upload.uploadId}/${part}`;
    this.landing.set(landingKey, gzipSync(`${lines.join("\n")}\n`));
    if (!this.files.has(upload.uploadId)) {
      this.ledgerTable.seed(fileItem({ ...newFileEntry(upload, upload.time), status: "landed", parts: 99 }));
    }
    return { upload, attempt: 1, part, landingKey, records: lines.length };
  }

  /** Counts by upload id. */
  get files(): Map<string, { loaded: number; quarantined: number }> {
    const entries = this.ledgerTable.items.filter(({ kind }) => kind?.S === "file").map(readFileItem);
    return new Map(
      entries.map(({ uploadId, loaded, loadQuarantined }) => [uploadId, { loaded, quarantined: loadQuarantined }]),
    );
  }

  /** Numbers of the parts that are entered as loaded. */
  get parts(): number[] {
    return this.ledgerTable.items.flatMap(({ kind, part }) => (kind?.S === "part" ? [Number(part?.N)] : []));
  }

  get watermark(): string | undefined {
    return this.ledgerTable.items.find(({ kind }) => kind?.S === "watermark")?.order?.S;
  }

  get quarantined(): QuarantinedRecord[] {
    return [...this.quarantine.values()].flat();
  }

  ports(): LoadPorts {
    return {
      config: { sources: [this.source], limits: {} as never },
      log: { info: () => undefined, warn: () => undefined },
      ledger: new Ledger(this.ledgerTable.client(AT_ONCE), "ledger"),
      table: new TableWriter({ send: (operation, body) => this.serve(operation, body) }, "items"),
      openPart: async (key) => Readable.from([this.landing.get(key) as Buffer]),
      saveQuarantine: async (key, body) => {
        const lines = body.trimEnd().split("\n");
        this.quarantine.set(
          key,
          lines.map((line) => JSON.parse(line) as QuarantinedRecord),
        );
      },
      sendContinuation: async (message) => {
        this.queue.push(JSON.parse(JSON.stringify(message)) as LoadMessage);
      },
      backoff: () => Promise.resolve(),
    };
  }

  private async serve(operation: string, body: string) {
    await new Promise((resolve) => setImmediate(resolve));
    const request = JSON.parse(body);
    if (operation === "PutItem") {
      if (this.throttle(1) > 0) throw named("ThrottlingException");
      const there = this.items.get(request.Item.sk.S);
      if (!meets(there as StoredItem | undefined, request.ConditionExpression, request)) {
        throw named("ConditionalCheckFailedException");
      }
      this.items.set(request.Item.sk.S, request.Item);
      return {};
    }
    const puts: { PutRequest: { Item: Item } }[] = request.RequestItems.items;
    const keys = puts.map((put) => put.PutRequest.Item.sk?.S as string);
    if (puts.length > 25 || new Set(keys).size < keys.length) throw named("ValidationException", "duplicates");
    if (keys.some((key) => key.startsWith("refused")) && puts.length >= 1) {
      throw named("ValidationException", "One or more parameter values were invalid");
    }
    const left = Math.min(this.throttle(puts.length), puts.length);
    if (left === puts.length) throw named("ProvisionedThroughputExceededException");
    for (const put of puts.slice(left)) this.items.set(put.PutRequest.Item.sk?.S as string, put.PutRequest.Item);
    return { UnprocessedItems: left > 0 ? { items: puts.slice(0, left) } : {} } as never;
  }
}

function named(name: string, message = name): Error {
  return Object.assign(new Error(message), { name });
}
