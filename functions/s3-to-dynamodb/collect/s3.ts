import type { Readable } from "node:stream";
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { Log } from "../../shared/log";
import { fullJitter, sleep } from "../../shared/retry";
import { unquote } from "./events";
import { ObjectGone, type ObjectName, type ObjectSink, type ObjectSource, type SourceObject } from "./ports";

const MAX_RESUMES = 5;

const GONE: Readonly<Record<string, string>> = {
  NoSuchKey: "deleted before it could be read; upload it again if it is needed",
  NotFound: "deleted before it could be read; upload it again if it is needed",
  NoSuchVersion: "this version was deleted before it could be read; upload it again if it is needed",
  MethodNotAllowed: "the version is a delete marker",
  InvalidObjectState: "archived (Glacier); restore it, then replay it",
  PreconditionFailed: "overwritten while it was being collected; the newer object comes with its own event",
};

/** Asking again would bring the same. */
class WrongRange extends Error {}

/** Objects as S3 has them. */
export class S3Source implements ObjectSource {
  /** @param pause waits before a body that broke off is taken up. @default as long as is asked for */
  constructor(
    private readonly s3: S3Client,
    private readonly pause: (ms: number) => Promise<void> = sleep,
  ) {}

  async open(name: ObjectName): Promise<SourceObject> {
    const first = await get(this.s3, name);
    return new OpenedObject(this.s3, name, first, this.pause);
  }
}

class OpenedObject implements SourceObject {
  readonly etag: string;
  readonly versionId?: string;
  readonly time: string;
  readonly size: number;
  private first?: Readable;

  constructor(
    private readonly s3: S3Client,
    private readonly object: ObjectName,
    answer: GetObjectCommandOutput,
    private readonly pause: (ms: number) => Promise<void>,
  ) {
    const { ETag, LastModified, ContentLength, VersionId } = answer;
    if (ETag === undefined || LastModified === undefined || ContentLength === undefined) {
      throw new Error(`S3 answered without ETag, time or size for s3://${object.bucket}/${object.key}.`);
    }
    this.etag = unquote(ETag);
    if (VersionId && VersionId !== "null") this.versionId = VersionId;
    this.time = LastModified.toISOString();
    this.size = ContentLength;
    this.first = body(answer);
    // Let go before it is read, it may still fail.
    this.first.on("error", () => {});
  }

  async *read(start = 0, end = this.size): AsyncGenerator<Buffer> {
    let position = start;
    for (let resumes = 0; position < end || (start === end && resumes === 0 && this.first !== undefined); ) {
      let stream: Readable | undefined;
      try {
        stream = await this.stream(position, end);
        for await (const chunk of stream as AsyncIterable<Buffer>) {
          position += chunk.length;
          yield chunk;
        }
        // The length is the whole object's: a body that ends before it, however politely, isn't the file.
        if (position === end) return;
        if (position > end) throw new WrongRange(`S3 gave ${position - end} bytes more than it announced.`);
        throw new Error(`s3://${this.object.bucket}/${this.object.key} ended at byte ${position} of ${end}.`);
      } catch (error) {
        if (error instanceof ObjectGone || error instanceof WrongRange || ++resumes > MAX_RESUMES) throw error;
        await this.pause(fullJitter(resumes, 200));
      } finally {
        stream?.destroy();
      }
    }
  }

  close(): void {
    this.first?.destroy();
    this.first = undefined;
  }

  /** The body that came with opening serves the first read from the start. */
  private async stream(start: number, end: number): Promise<Readable> {
    const first = this.first;
    this.first = undefined;
    if (first !== undefined && start === 0 && end === this.size) return first;
    first?.destroy();
    const answer = await get(this.s3, this.object, { Range: `bytes=${start}-${end - 1}`, IfMatch: `"${this.etag}"` });
    if (!answer.ContentRange?.startsWith(`bytes ${start}-${end - 1}/`)) {
      body(answer).destroy();
      throw new WrongRange(
        `S3 answered ${answer.ContentRange ?? "no range"} when asked for bytes ${start}-${end - 1}.`,
      );
    }
    return body(answer);
  }
}

async function get(
  s3: S3Client,
  { bucket, key, versionId }: ObjectName,
  options: { readonly Range?: string; readonly IfMatch?: string } = {},
): Promise<GetObjectCommandOutput> {
  try {
    return await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId, ...options }));
  } catch (error) {
    const reason = error instanceof Error ? GONE[error.name] : undefined;
    if (reason === undefined) throw error;
    throw new ObjectGone(reason, { cause: error });
  }
}

function body({ Body }: GetObjectCommandOutput): Readable {
  if (Body === undefined) throw new Error("S3 answered without a body.");
  // On Node the SDK's stream is a Readable.
  return Body as Readable;
}

/** The landing bucket. */
export class S3Sink implements ObjectSink {
  constructor(
    private readonly s3: S3Client,
    private readonly bucket: string,
    private readonly log: Pick<Log, "warn">,
  ) {}

  async put(Key: string, Body: Buffer, ContentType: string): Promise<void> {
    await this.s3.send(new PutObjectCommand({ Bucket: this.bucket, Key, Body, ContentType }));
  }

  async copy(from: string, Key: string): Promise<void> {
    const CopySource = `${this.bucket}/${from}`;
    await this.s3.send(new CopyObjectCommand({ Bucket: this.bucket, Key, CopySource }));
  }

  async discard(keys: readonly string[]): Promise<void> {
    const Objects = keys.map((Key) => ({ Key }));
    try {
      const Delete = { Objects, Quiet: true };
      const { Errors = [] } = await this.s3.send(new DeleteObjectsCommand({ Bucket: this.bucket, Delete }));
      if (Errors.length > 0) throw new Error(`${Errors[0]?.Code} for ${Errors[0]?.Key}`);
    } catch (error) {
      // They have been copied; the bucket's lifecycle removes them in some days.
      this.log.warn("Staged objects can't be removed", error as Error);
    }
  }
}
