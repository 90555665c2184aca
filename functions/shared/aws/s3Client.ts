import { S3Client } from "@aws-sdk/client-s3";
import { requestHandler } from "./requestHandler";

/** Path style where an endpoint is given, because bucket names aren't host names there. */
export function createS3Client(): S3Client {
  const endpoint = process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL;
  return new S3Client({ requestHandler, maxAttempts: 5, forcePathStyle: endpoint !== undefined });
}
