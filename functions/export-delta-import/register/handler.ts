import { GetObjectCommand } from "@aws-sdk/client-s3";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { createDynamoDBClient, createS3Client, createSFNClient } from "../../shared/aws/awsClients";
import { parseEnvironment } from "../../shared/environment";
import { createLogger } from "../../shared/log";
import { emitMetrics } from "../../shared/metrics";
import { sleep } from "../../shared/retry";
import { Registry } from "../registry/registry";
import { DynamoDbStore } from "../registry/store";
import { readDeltaConfig } from "../shared/config";
import { starter } from "../work/executions";
import { registerBatch } from "./batch";
import { environment } from "./environment";
import type { RegisterPorts } from "./register";

const env = parseEnvironment(environment);
const log = createLogger("register");
const s3 = createS3Client();
const store = new DynamoDbStore(createDynamoDBClient(), env.REGISTRY_TABLE);

const ports: RegisterPorts = {
  log,
  config: readDeltaConfig(),
  registry: new Registry({ store, now: Date.now, pause: sleep }),
  read: async ({ bucket, key, versionId }) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }));
    return (await Body?.transformToString()) ?? "";
  },
  start: starter(createSFNClient(), env.STATE_MACHINE_ARN),
  count: (counts) => emitMetrics(env.PIPELINE, counts),
};

/** Enters the exports that the queue names into the registry, and starts their imports. */
export function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  log.addContext(context);
  return registerBatch(event, ports);
}
