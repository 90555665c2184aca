import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import type { Deadline } from "../../../../functions/s3-to-dynamodb/load/deadline";
import type { LoadPorts } from "../../../../functions/s3-to-dynamodb/load/loadPart";
import { TableWriter } from "../../../../functions/s3-to-dynamodb/load/write/tableWriter";
import type {
  LoadMessage,
  PartCounts,
  QuarantinedRecord,
  SourceConfig,
  UploadRecord,
} from "../../../../functions/s3-to-dynamodb/shared/contract";

export const FOREVER: Deadline = { near: () => false, over: () => false };

export function sourceWith(changes: Partial<SourceConfig> = {}): SourceConfig {
  return {
    name: "orders",
    bucket: "source",
    prefix: "",
    suffix: "",
    format: "csv",
    compression: "auto",
    encoding: "utf-8",
    keyFields: ["id"],
    fields: [],
    onlyMapped: false,
    shards: 4,
    ...changes,
  };
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
  readonly parts = new Map<string, PartCounts>();
  readonly files = new Map<string, { loaded: number; quarantined: number }>();
  readonly landing = new Map<string, Buffer>();
  readonly quarantine = new Map<string, QuarantinedRecord[]>();
  readonly queue: LoadMessage[] = [];
  watermark = "";
  /** Told each request before it is served; answers how many of a batch's items are left unprocessed. */
  throttle: (size: number) => number = () => 0;

  constructor(private readonly source: SourceConfig = sourceWith()) {}

  message(upload: UploadRecord, part: number, lines: readonly string[]): LoadMessage {
    const landingKey = `landing/${upload.uploadId}/${part}`;
    this.landing.set(landingKey, gzipSync(`${lines.join("\n")}\n`));
    return { upload, part, landingKey, records: lines.length };
  }

  get quarantined(): QuarantinedRecord[] {
    return [...this.quarantine.values()].flat();
  }

  ports(): LoadPorts {
    const partKey = (uploadId: string, part: number) => `${uploadId}#${part}`;
    return {
      config: { sources: [this.source], limits: {} as never },
      log: { info: () => undefined, warn: () => undefined },
      ledger: {
        getPart: async (_source, uploadId, part) => {
          const counts = this.parts.get(partKey(uploadId, part));
          return counts && { ...counts, part, finishedAt: "" };
        },
        finishPart: async (_source, uploadId, part, counts) => {
          if (this.parts.has(partKey(uploadId, part))) return;
          this.parts.set(partKey(uploadId, part), counts);
          const file = this.files.get(uploadId) ?? { loaded: 0, quarantined: 0 };
          this.files.set(uploadId, {
            loaded: file.loaded + counts.loaded,
            quarantined: file.quarantined + counts.quarantined,
          });
        },
        completeFile: async () => undefined,
        raiseWatermark: async (_source, order) => {
          if (order < this.watermark) return false;
          this.watermark = order;
          return true;
        },
      },
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
      if (there !== undefined && (there._order?.S ?? "") > request.ExpressionAttributeValues[":o"].S) {
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
