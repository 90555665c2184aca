import {
  DeleteObjectsCommand,
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from "@aws-sdk/client-s3";
import { S3Source } from "../../s3-to-dynamodb/collect/s3";
import { type Line, LineCutter } from "../../shared/text/lines";
import { gunzip } from "../../shared/text/unpack";

/** An operation is smaller: what is read here are rows that a target could hold. */
const MAX_LINE_BYTES = 8 * 1024 * 1024;

/** The bucket that imports keep their parts and deltas in. */
export interface WorkBucket {
  text(key: string): Promise<string>;
  /** Lines of a gzipped text. */
  lines(key: string): AsyncIterable<string>;
  put(key: string, body: string | Buffer, contentType: string): Promise<void>;
  /** Everything under a prefix. */
  removeAll(prefix: string): Promise<void>;
}

export class S3WorkBucket implements WorkBucket {
  private readonly source: S3Source;

  constructor(
    private readonly s3: S3Client,
    private readonly bucket: string,
  ) {
    this.source = new S3Source(s3);
  }

  async text(key: string): Promise<string> {
    const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
    return (await Body?.transformToString()) ?? "";
  }

  async *lines(key: string): AsyncGenerator<string> {
    // Goes on where the connection broke: who publishes the lines may be slow.
    const object = await this.source.open({ bucket: this.bucket, key });
    const cutter = new LineCutter(MAX_LINE_BYTES);
    try {
      for await (const chunk of gunzip(object.read())) yield* textsOf(cutter.push(chunk), key);
      yield* textsOf(cutter.end(), key);
    } finally {
      object.close();
    }
  }

  async put(key: string, body: string | Buffer, contentType: string): Promise<void> {
    await this.s3.send(new PutObjectCommand({ Bucket: this.bucket, Key: key, Body: body, ContentType: contentType }));
  }

  async removeAll(prefix: string): Promise<void> {
    for await (const { Contents = [] } of paginateListObjectsV2(
      { client: this.s3 },
      { Bucket: this.bucket, Prefix: prefix },
    )) {
      if (Contents.length === 0) continue;
      const Objects = Contents.map(({ Key = "" }) => ({ Key }));
      const { Errors = [] } = await this.s3.send(
        new DeleteObjectsCommand({ Bucket: this.bucket, Delete: { Objects, Quiet: true } }),
      );
      const [first] = Errors;
      if (first !== undefined) throw new Error(`${first.Key} can't be removed: ${first.Code} ${first.Message ?? ""}`);
    }
  }
}

function* textsOf(lines: readonly Line[], key: string): Generator<string> {
  for (const { text, problem } of lines) {
    if (problem !== undefined) throw new Error(`${key} has a line that is ${problem}`);
    if (text !== "") yield text;
  }
}
