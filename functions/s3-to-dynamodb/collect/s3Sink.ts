import { CopyObjectCommand, DeleteObjectsCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { Log } from "../../shared/log";
import type { ObjectSink } from "./ports";

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
