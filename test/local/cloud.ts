/** One local cloud with one stack for all of these tests: started by the first test, ended with the last. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { IAMClient } from "@aws-sdk/client-iam";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { PutBucketNotificationConfigurationCommand, S3 } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { S3ToDynamoDb } from "../../components/s3-to-dynamodb/s3ToDynamoDb";
import { type Services, startServices } from "../../local/processes/services";
import type { LocalOutputs } from "../../local/run/outputs";
import { type LocalStack, openStack } from "../../local/run/stack";
import { ensureTools } from "../../local/setup/ensureTools";
import { localFolder } from "../../local/setup/paths";
import { buckets, limits, objectFromBefore, sources } from "./stackUnderTest";

/** What a component S3ToDynamoDb gives, beside what every run of the local stack reads. */
export interface Outputs
  extends Omit<LocalOutputs, "snowflake" | "connectors" | "orchestration" | "imports" | "kafkaSinks"> {
  readonly foreignBucketPolicies: Readonly<Record<string, string>>;
}

export interface Cloud {
  readonly services: Services;
  readonly outputs: Outputs;
  /** Clients of the account's root, whom IAM doesn't ask. */
  readonly s3: S3;
  readonly dynamoDb: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly iam: IAMClient;
  readonly lambda: LambdaClient;
}

let started: Cloud | undefined;
let ending: (() => Promise<void>) | undefined;

/** The running cloud. @throws Error outside of the tests, where the root hook hasn't started it */
export function cloud(): Cloud {
  if (started === undefined) throw new Error("The cloud isn't up: hooks.ts starts it; add --file test/local/hooks.ts.");
  return started;
}

export async function startCloud(): Promise<void> {
  const tools = await ensureTools();
  const services = await startServices({ tools, logSuffix: "faults" });
  const closing: (() => Promise<unknown>)[] = [() => services.stop()];
  ending = async () => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const client = { endpoint: services.aws.endpoint, region: "us-east-1", credentials };
    const clients = {
      s3: new S3({ ...client, forcePathStyle: true }),
      dynamoDb: new DynamoDBClient(client),
      sqs: new SQSClient(client),
      iam: new IAMClient(client),
      lambda: new LambdaClient(client),
    };
    closing.push(async () => {
      for (const each of Object.values(clients)) each.destroy();
    });
    await makeExistingBuckets(clients.s3);
    const stateFolder = join(localFolder, "state-faults");
    await rm(stateFolder, { recursive: true, force: true });
    const local = await openStack({
      tools,
      services,
      name: "faults",
      stateFolder,
      settings: { "aws:region": "us-east-1" },
      program,
    });
    closing.push(() => local.close());
    started = { services, outputs: await up(local), ...clients };
  } catch (error) {
    await stopCloud();
    throw error;
  }
}

export async function stopCloud(): Promise<void> {
  started = undefined;
  await ending?.();
  ending = undefined;
}

async function program(): Promise<Record<keyof Outputs, unknown>> {
  const ingest = new S3ToDynamoDb("ingest", {
    sources: [...sources],
    limits,
    collect: { timeout: 60 },
    load: { timeout: 60 },
    logRetentionDays: 1,
    allowDestroy: true,
  });
  const { tableName, ledgerTableName, landingBucketName, sourceBuckets, foreignBucketPolicies } = ingest;
  const { collectQueueUrl, collectDlqUrl, loadQueueUrl, loadDlqUrl, collectFunctionName, loadFunctionName } = ingest;
  return {
    tableName,
    ledgerTableName,
    landingBucketName,
    sourceBuckets,
    foreignBucketPolicies,
    collectQueueUrl,
    collectDlqUrl,
    loadQueueUrl,
    loadDlqUrl,
    collectFunctionName,
    loadFunctionName,
  };
}

async function up({ stack }: LocalStack): Promise<Outputs> {
  const { outputs } = await stack.up({ color: "never" });
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value])) as unknown as Outputs;
}

/** What is in the account before the stack. */
async function makeExistingBuckets(s3: S3): Promise<void> {
  for (const Bucket of Object.values(buckets)) await s3.createBucket({ Bucket });
  await s3.putBucketVersioning({ Bucket: buckets.versioned, VersioningConfiguration: { Status: "Enabled" } });
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: buckets.events,
      NotificationConfiguration: { EventBridgeConfiguration: {} },
    }),
  );
  const { key: Key, body: Body } = objectFromBefore;
  await s3.putObject({ Bucket: buckets.plain, Key, Body });
}
