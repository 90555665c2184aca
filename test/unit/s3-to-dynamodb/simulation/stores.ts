import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { ObjectGone, type ObjectName, type SourceObject } from "../../../../functions/s3-to-dynamodb/collect/ports";
import type { Actor } from "./scheduling";

/** One writing of an object. */
export interface Written {
  readonly key: string;
  readonly bytes: Buffer;
  readonly etag: string;
  readonly versionId?: string;
  readonly time: Date;
  readonly sequencer: string;
  gone: boolean;
}

/** A source bucket, with versions or without. */
export class SourceBucket {
  readonly written: Written[] = [];

  constructor(private readonly versioned: boolean) {}

  put(key: string, text: string, time: Date): Written {
    const bytes = Buffer.from(text);
    const etag = createHash("md5").update(bytes).digest("hex");
    const number = this.written.length + 1;
    if (!this.versioned) for (const older of this.written) older.gone ||= older.key === key;
    const versionId = this.versioned ? `v${number}` : undefined;
    const sequencer = `00${number.toString(16).toUpperCase()}`;
    const written = { key, bytes, etag, versionId, time, sequencer, gone: false };
    this.written.push(written);
    return written;
  }

  list(): Written[] {
    return this.written.filter(({ gone }) => !gone).sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  }

  async open(name: ObjectName, actor: Actor): Promise<SourceObject> {
    const find = (): Written => {
      const found = this.written.findLast(
        ({ key, versionId, gone }) => !gone && key === name.key && (!name.versionId || versionId === name.versionId),
      );
      if (found === undefined) throw new ObjectGone("deleted before it could be read");
      return found;
    };
    const opened = await actor.call(`open ${name.key}`, find);
    const { bytes, etag, versionId, time } = opened;
    return {
      etag,
      versionId,
      time: time.toISOString(),
      size: bytes.length,
      async *read(start = 0, end = bytes.length) {
        if (start > 0) {
          await actor.call(`read on ${name.key}`, () => {
            if (find() !== opened) throw new ObjectGone("overwritten while it was being collected");
          });
        }
        yield bytes.subarray(start, end);
      },
      close: () => undefined,
    };
  }
}

/** The landing bucket. */
export class LandingBucket {
  readonly objects = new Map<string, Buffer>();

  /** @param watch told each object as it comes, and each that goes */
  constructor(private readonly watch: (key: string, what: "put" | "removed") => void) {}

  put(key: string, body: Buffer): void {
    this.objects.set(key, body);
    this.watch(key, "put");
  }

  remove(key: string): void {
    if (this.objects.delete(key)) this.watch(key, "removed");
  }

  copy(from: string, to: string): void {
    this.put(to, this.read(from));
  }

  get(key: string): Readable {
    return Readable.from([this.read(key)]);
  }

  private read(key: string): Buffer {
    const body = this.objects.get(key);
    if (body === undefined) throw Object.assign(new Error(`${key} isn't there`), { name: "NoSuchKey" });
    return body;
  }
}
