/** Clients of the local cloud as its root, for what the run itself does: upload, count and look. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { IAMClient } from "@aws-sdk/client-iam";
import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";

export interface RootClients {
  readonly s3: S3Client;
  readonly dynamoDb: DynamoDBClient;
  readonly iam: IAMClient;
  readonly stepFunctions: SFNClient;
}

export function rootClients(endpoint: string): RootClients {
  const config = {
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 6,
  };
  return {
    s3: new S3Client({ ...config, forcePathStyle: true }),
    dynamoDb: new DynamoDBClient(config),
    iam: new IAMClient(config),
    stepFunctions: new SFNClient({ ...config, disableHostPrefix: true }),
  };
}
