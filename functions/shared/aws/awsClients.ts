import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SQSClient } from "@aws-sdk/client-sqs";
import { requestHandler } from "./s3Client";

export { createS3Client } from "./s3Client";

export function createDynamoDBClient(): DynamoDBClient {
  return new DynamoDBClient({ requestHandler, maxAttempts: 5 });
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
