import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { PutFile } from "../core";

/** Writes the files of a sync through an S3 bucket. */
export function s3Files(client: () => S3Client): PutFile {
  return async (Bucket, Key, text) => {
    const Body = Buffer.from(text);
    await client().send(new PutObjectCommand({ Bucket, Key, Body, ContentType: "application/json" }));
  };
}
