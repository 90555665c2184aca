import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SQSClient } from "@aws-sdk/client-sqs";

// Region, credentials and endpoints come from the environment (AWS_REGION, AWS_ENDPOINT_URL…), as on Lambda.
// 1 s to connect: a lost SYN is tried again long before the invocation's time is up.
const requestHandler = { connectionTimeout: 1_000, requestTimeout: 30_000 };

export function createDynamoDBClient(): DynamoDBClient {
  return new DynamoDBClient({ requestHandler, maxAttempts: 5 });
}

/** Path style where an endpoint is given, because bucket names aren't host names there. */
export function createS3Client(): S3Client {
  const endpoint = process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL;
  return new S3Client({ requestHandler, maxAttempts: 5, forcePathStyle: endpoint !== undefined });
}

export function createSQSClient(): SQSClient {
  return new SQSClient({ requestHandler, maxAttempts: 5 });
}

export function createSecretsManagerClient(): SecretsManagerClient {
  return new SecretsManagerClient({ requestHandler, maxAttempts: 5 });
}

export function createSFNClient(): SFNClient {
  return new SFNClient({ requestHandler, maxAttempts: 5 });
}
