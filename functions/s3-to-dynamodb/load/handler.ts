import { Readable } from "node:stream";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { createDynamoDBClient, createS3Client, createSQSClient } from "../../shared/aws/awsClients";
import { parseEnvironment } from "../../shared/environment";
import { createLogger } from "../../shared/log";
import { emitMetrics, type PipelineCounts } from "../../shared/metrics";
import { Ledger } from "../ledger/ledger";
import { readPipelineConfig } from "../shared/config";
import { invocationDeadline } from "../shared/deadline";
import { Leases } from "../shared/lease";
import { loadEntry } from "../shared/loadQueue";
import { loadBatch } from "./batch";
import { environment } from "./environment";
import type { LoadPorts } from "./loadPart";
import { PrebuiltRequests } from "./write/prebuiltRequests";
import { TableWriter } from "./write/tableWriter";

const env = parseEnvironment(environment);
const log = createLogger("load");
const config = readPipelineConfig();
const s3 = createS3Client();
const sqs = createSQSClient();
const dynamoDB = createDynamoDBClient();

const ports: LoadPorts & { readonly log: typeof log } = {
  config,
  log,
  ledger: new Ledger(dynamoDB, env.LEDGER_TABLE, { days: env.LEDGER_DAYS }),
  table: new TableWriter(new PrebuiltRequests(dynamoDB), env.TABLE),
  openPart: async (Key) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: env.LANDING_BUCKET, Key }));
    if (Body === undefined) throw new Error(`s3://${env.LANDING_BUCKET}/${Key} came without a body.`);
    // Taken whole, a few MB: a table that throttles would keep the connection waiting until S3 closes it.
    return Readable.from([await Body.transformToByteArray()]);
  },
  saveQuarantine: async (Key, Body) => {
    const ContentType = "application/x-ndjson";
    await s3.send(new PutObjectCommand({ Bucket: env.LANDING_BUCKET, Key, Body, ContentType }));
  },
  sendContinuation: async (message) => {
    await sqs.send(new SendMessageCommand({ QueueUrl: env.LOAD_QUEUE_URL, ...loadEntry(config, message) }));
  },
};

const leases = new Leases({ sqs, queueUrl: env.LOAD_QUEUE_URL, log });

/** Takes messages of the load queue. */
export function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  log.addContext(context);
  const remaining = (): number => context.getRemainingTimeInMillis();
  const count = (counts: PipelineCounts): void => emitMetrics(env.PIPELINE, counts);
  return loadBatch(event, ports, invocationDeadline(remaining), leases.holder(remaining), count);
}
