import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import type { Checkpoint } from "../../../../functions/s3-to-dynamodb/collect/checkpoint";
import {
  type CollectPorts,
  ObjectGone,
  type ObjectName,
  type SourceObject,
} from "../../../../functions/s3-to-dynamodb/collect/ports";
import { readFileItem } from "../../../../functions/s3-to-dynamodb/ledger/items";
import { type FileEntry, Ledger } from "../../../../functions/s3-to-dynamodb/ledger/ledger";
import {
  type LoadMessage,
  type PipelineConfig,
  SOURCE_DEFAULTS,
  type SourceConfig,
} from "../../../../functions/s3-to-dynamodb/shared/contract";
import type { Deadline } from "../../../../functions/s3-to-dynamodb/shared/deadline";
import type { Attempt } from "../../../../functions/s3-to-dynamodb/shared/upload";
import { AT_ONCE, FakeDynamo } from "../fakeDynamo";

export const NEVER: Deadline = { near: () => false, over: () => false };
export const AFTER_EACH_PART: Deadline = { near: () => true, over: () => false };

export function source(given: Partial<SourceConfig> = {}): SourceConfig {
  return { ...SOURCE_DEFAULTS, name: "orders", bucket: "in", shards: 1, ...given };
}

export function config(
  sources: readonly SourceConfig[],
  limits: Partial<PipelineConfig["limits"]> = {},
): PipelineConfig {
  return {
    sources,
    limits: {
      maxUnpackedBytes: 2 ** 40,
      maxLandedBytes: 2 ** 40,
      maxUnpackRatio: 200,
      maxMembers: 100,
      maxRecordBytes: 1024 * 1024,
      partBytes: 32 * 1024 * 1024,
      ...limits,
    },
  };
}

interface Stored {
  readonly bytes: Buffer;
  readonly versionId?: string;
  readonly time: string;
}

/** The cloud around the collect function, in memory. */
export class FakeCloud {
  readonly objects = new Map<string, Stored>();
  readonly landing = new Map<string, Buffer>();
  readonly ledgerTable = new FakeDynamo();
  readonly ledger = new Ledger(this.ledgerTable.client(AT_ONCE), "ledger", { now: () => "2026-02-03T04:05:06.000Z" });
  readonly sent: LoadMessage[] = [];
  readonly continuations: Attempt[] = [];
  readonly logged: string[] = [];
  readonly reads: { readonly start: number; readonly end: number }[] = [];
  chunkBytes = 64 * 1024;
  private runs = 0;

  constructor(readonly config: PipelineConfig) {}

  put(key: string, bytes: Buffer | string, versionId?: string, time = "2026-01-02T03:04:05.000Z"): Buffer {
    const stored = Buffer.from(bytes as string);
    this.objects.set(key, { bytes: stored, versionId, time });
    return stored;
  }

  get ports(): CollectPorts {
    const log = (...message: unknown[]): void => {
      this.logged.push(message.map(String).join(" "));
    };
    return {
      config: this.config,
      log: { debug: log, info: log, warn: log, error: log },
      source: { open: async (name) => this.open(name) },
      sink: {
        put: async (key, body) => void this.landing.set(key, body),
        copy: async (from, to) => void this.landing.set(to, this.landing.get(from) as Buffer),
        discard: async (keys) => {
          for (const key of keys) this.landing.delete(key);
        },
      },
      sender: {
        // As a queue does it: text in between.
        sendLoad: async (messages) => void this.sent.push(...(JSON.parse(JSON.stringify(messages)) as LoadMessage[])),
        sendContinuation: async (of) => void this.continuations.push(of),
      },
      ledger: this.ledger,
      newRun: () => `run-${++this.runs}`,
    };
  }

  /** The only file of the ledger. */
  get file(): FileEntry {
    const [file, ...others] = this.files;
    if (file === undefined || others.length > 0)
      throw new Error(`The ledger has ${this.files.length} files, expected one.`);
    return file;
  }

  get files(): FileEntry[] {
    return this.ledgerTable.items.filter(({ kind }) => kind?.S === "file").map(readFileItem);
  }

  /** Alters where collecting goes on, as if it had come another way. */
  changeCheckpoint(changes: Partial<Checkpoint>): void {
    const item = this.ledgerTable.items.find(({ kind }) => kind?.S === "file");
    const checkpoint = { ...(JSON.parse(item?.checkpoint?.S ?? "") as Checkpoint), ...changes };
    this.ledgerTable.seed({ ...item, checkpoint: { S: JSON.stringify(checkpoint) } });
  }

  /** The landed lines, part by part in order. */
  lines(): Record<string, unknown>[] {
    return this.rawLines().map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  rawLines(): string[] {
    return this.keys("landing/").flatMap((key) => splitLines(gunzipSync(this.landing.get(key) as Buffer).toString()));
  }

  /** The landed lines without the upload's own fields. */
  records(): Record<string, unknown>[] {
    return this.lines().map((line) =>
      Object.fromEntries(Object.entries(line).filter(([name]) => !name.startsWith("_"))),
    );
  }

  quarantined(): { readonly record: number; readonly line?: number; readonly reason: string; readonly raw?: string }[] {
    return this.keys("quarantine/").flatMap((key) =>
      splitLines((this.landing.get(key) as Buffer).toString()).map((line) => JSON.parse(line)),
    );
  }

  keys(prefix: string): string[] {
    return [...this.landing.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  private open(name: ObjectName): SourceObject {
    const stored = this.objects.get(name.key);
    if (stored === undefined) throw new ObjectGone("deleted before it could be read");
    const { bytes, versionId, time } = stored;
    const { reads, chunkBytes } = this;
    return {
      etag: createHash("md5").update(bytes).digest("hex"),
      versionId,
      time,
      size: bytes.length,
      async *read(start = 0, end = bytes.length) {
        reads.push({ start, end });
        for (let at = start; at < end; at += chunkBytes) yield bytes.subarray(at, Math.min(end, at + chunkBytes));
      },
      close: () => {},
    };
  }
}

export function s3Event(key: string, more: object = {}, bucket = "in"): string {
  const encoded = encodeURIComponent(key).replaceAll("%20", "+").replaceAll("%2F", "/");
  const object = { key: encoded, size: 1, sequencer: "0A", ...more };
  return JSON.stringify({
    Records: [
      {
        eventSource: "aws:s3",
        eventName: "ObjectCreated:Put",
        eventTime: "2026-01-02T03:04:05.678Z",
        s3: { bucket: { name: bucket }, object },
      },
    ],
  });
}

function splitLines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
