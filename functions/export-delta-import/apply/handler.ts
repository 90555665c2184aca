import { SendMessageCommand } from "@aws-sdk/client-sqs";
import type { Context, KinesisStreamBatchResponse, KinesisStreamEvent } from "aws-lambda";
import { createDynamoDBClient, createSQSClient } from "../../shared/aws/awsClients";
import { EnvironmentError, parseEnvironment } from "../../shared/environment";
import { createLogger } from "../../shared/log";
import { emitMetrics } from "../../shared/metrics";
import { sleep } from "../../shared/retry";
import { Progress } from "../progress/progress";
import { Registry } from "../registry/registry";
import { DynamoDbStore } from "../registry/store";
import { VERSION_ORDERS } from "../shared/versionOrder";
import { type ApplyPorts, applyBatch } from "./apply";
import { DynamoDbTarget } from "./dynamoDbTarget";
import { environment } from "./environment";

const env = parseEnvironment(environment);
const log = createLogger("apply");
const dynamoDB = createDynamoDBClient();
const sqs = createSQSClient();
const store = { store: new DynamoDbStore(dynamoDB, env.REGISTRY_TABLE), now: Date.now, pause: sleep };
const versionOrder = VERSION_ORDERS.find((order) => order === env.VERSION_ORDER);
if (versionOrder === undefined) throw new EnvironmentError(`VERSION_ORDER is ${env.VERSION_ORDER}.`);

const ports: ApplyPorts = {
  log,
  versionOrder,
  target: new DynamoDbTarget(dynamoDB, env.TARGET_TABLE, env.TARGET_SHARDS),
  registry: new Registry(store),
  progress: new Progress(store),
  giveUp: async (operation, reason) => {
    // A message holds less than a row may; the whole operation lies in the delta's files.
    const MessageBody = JSON.stringify({ reason, operation: operation.slice(0, 100_000) });
    await sqs.send(new SendMessageCommand({ QueueUrl: env.DLQ_URL, MessageBody }));
    log.error("An operation is given up", { reason });
  },
  concurrency: 64,
  count: (counts) => emitMetrics(env.PIPELINE, counts),
};

/** Applies the stream's operations to the table. */
export function handler(event: KinesisStreamEvent, context: Context): Promise<KinesisStreamBatchResponse> {
  log.addContext(context);
  return applyBatch(event, ports);
}
