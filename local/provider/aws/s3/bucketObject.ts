import {
  DeleteObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type ServerSideEncryption,
} from "@aws-sdk/client-s3";
import { contentsOf, zipOf } from "../../core/archive";
import { block, file, flag, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import type { Archive, Asset } from "../../core/wire";
import { s3 } from "../clients";
import { found, unlessGone } from "../errors";

export const bucketObject = defineResource({
  type: "aws:s3/bucketObjectv2:BucketObjectv2",
  properties: {
    bucket: text({ required: true, replaces: true }),
    key: text({ required: true, replaces: true }),
    source: file(),
    content: text(),
    contentBase64: text(),
    contentType: text(),
    contentEncoding: text(),
    cacheControl: text(),
    serverSideEncryption: text(),
    kmsKeyId: text(),
    sourceHash: text(),
    forceDestroy: flag({ default: false, onlyState: true }),
    metadata: block<Readonly<Record<string, string>>>()(),
  },
  naming: { input: "key", automatic: false },
  async create(inputs) {
    return { id: `${inputs.bucket}/${inputs.key}`, outputs: await put(inputs) };
  },
  async read(_id, { bucket, key }) {
    const seen = await found(() => s3().send(new HeadObjectCommand({ Bucket: bucket, Key: key })));
    return seen && { etag: unquoted(seen.ETag), versionId: seen.VersionId };
  },
  async update(_id, inputs) {
    return put(inputs);
  },
  async delete(_id, { bucket, key }) {
    await unlessGone(() => s3().send(new DeleteObjectCommand({ Bucket: bucket, Key: key })));
  },
});

interface Inputs {
  readonly bucket: string;
  readonly key: string;
  readonly source?: Archive | Asset;
  readonly content?: string;
  readonly contentBase64?: string;
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly cacheControl?: string;
  readonly serverSideEncryption?: string;
  readonly kmsKeyId?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

async function put(inputs: Inputs) {
  const stored = await s3().send(
    new PutObjectCommand({
      Bucket: inputs.bucket,
      Key: inputs.key,
      Body: await bodyOf(inputs),
      ContentType: inputs.contentType,
      ContentEncoding: inputs.contentEncoding,
      CacheControl: inputs.cacheControl,
      ServerSideEncryption: inputs.serverSideEncryption as ServerSideEncryption | undefined,
      SSEKMSKeyId: inputs.kmsKeyId,
      Metadata: inputs.metadata,
    }),
  );
  const arn = `arn:aws:s3:::${inputs.bucket}/${inputs.key}`;
  return { arn, etag: unquoted(stored.ETag), versionId: stored.VersionId };
}

async function bodyOf({ source, content, contentBase64 }: Inputs): Promise<Buffer> {
  if (source) return "archive" in source ? zipOf(source) : contentsOf(source);
  return contentBase64 === undefined ? Buffer.from(content ?? "", "utf8") : Buffer.from(contentBase64, "base64");
}

function unquoted(etag: string | undefined): string | undefined {
  return etag?.replaceAll('"', "");
}
