import { S3Client } from "@aws-sdk/client-s3";

/** Path style where an endpoint is given, because bucket names aren't host names there. */
export function createS3Client(): S3Client {
  const endpoint = process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL;
  return new S3Client({ requestHandler, maxAttempts: 5, forcePathStyle: endpoint !== undefined });
}

// Region, credentials and endpoints come from the environment (AWS_REGION, AWS_ENDPOINT_URL…), as on Lambda.
/** 1 s to connect: a lost SYN is tried again long before the invocation's time is up. */
export const requestHandler = { connectionTimeout: 1_000, requestTimeout: 30_000 };
