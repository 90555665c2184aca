/** The clients that the resource files share: one per service, all on the local cloud. */
import { ApiGatewayV2Client } from "@aws-sdk/client-apigatewayv2";
import { AthenaClient } from "@aws-sdk/client-athena";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ECRClient } from "@aws-sdk/client-ecr";
import { ECSClient } from "@aws-sdk/client-ecs";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { GlueClient } from "@aws-sdk/client-glue";
import { IAMClient } from "@aws-sdk/client-iam";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import { KMSClient } from "@aws-sdk/client-kms";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { STSClient } from "@aws-sdk/client-sts";

export const region = "us-east-1";
export const account = "000000000000";

/** Where the local cloud's AWS answers. @throws Error outside of the local cloud */
export function endpoint(): string {
  const set = process.env.LOCAL_AWS_ENDPOINT;
  if (!set) {
    throw new Error("LOCAL_AWS_ENDPOINT isn't set: the local provider runs inside `npm run local` and its tests only");
  }
  return set;
}

function settings() {
  return {
    endpoint: endpoint(),
    region,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 4,
  };
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

export const s3 = once(() => new S3Client({ ...settings(), forcePathStyle: true }));
export const sqs = once(() => new SQSClient(settings()));
export const sns = once(() => new SNSClient(settings()));
export const iam = once(() => new IAMClient(settings()));
export const lambda = once(() => new LambdaClient(settings()));
export const dynamodb = once(() => new DynamoDBClient(settings()));
export const cloudwatch = once(() => new CloudWatchClient(settings()));
export const logs = once(() => new CloudWatchLogsClient(settings()));
export const events = once(() => new EventBridgeClient(settings()));
export const kms = once(() => new KMSClient(settings()));
export const secrets = once(() => new SecretsManagerClient(settings()));
export const sts = once(() => new STSClient(settings()));
export const sfn = once(() => new SFNClient({ ...settings(), disableHostPrefix: true }));
export const apigateway = once(() => new ApiGatewayV2Client(settings()));
export const scheduler = once(() => new SchedulerClient(settings()));
export const ecs = once(() => new ECSClient(settings()));
export const ecr = once(() => new ECRClient(settings()));
export const ec2 = once(() => new EC2Client(settings()));
export const athena = once(() => new AthenaClient(settings()));
export const glue = once(() => new GlueClient(settings()));
export const kinesis = once(() => new KinesisClient(settings()));
