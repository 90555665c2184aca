import { randomUUID } from "node:crypto";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { createDynamoDBClient, createS3Client, createSQSClient } from "../../shared/aws/awsClients";
import { parseEnvironment } from "../../shared/environment";
import { createLogger } from "../../shared/log";
import { emitMetrics, type PipelineCounts } from "../../shared/metrics";
import { Ledger } from "../ledger/ledger";
import { readPipelineConfig } from "../shared/config";
import { partDeadline } from "../shared/deadline";
import { Leases } from "../shared/lease";
import { collectBatch } from "./batch";
import { environment } from "./environment";
import type { CollectPorts } from "./ports";
import { S3Sink, S3Source } from "./s3";
import { SqsSender } from "./sqsSender";

const env = parseEnvironment(environment);
const log = createLogger("collect");
const config = readPipelineConfig();
const s3 = createS3Client();
const sqs = createSQSClient();

const ports: CollectPorts = {
  config,
  log,
  source: new S3Source(s3),
  sink: new S3Sink(s3, env.LANDING_BUCKET, log),
  sender: new SqsSender(sqs, config, env.LOAD_QUEUE_URL, env.COLLECT_QUEUE_URL),
  ledger: new Ledger(createDynamoDBClient(), env.LEDGER_TABLE, { days: env.LEDGER_DAYS }),
  newRun: () => randomUUID().slice(0, 13),
};

const leases = new Leases({ sqs, queueUrl: env.COLLECT_QUEUE_URL, log });

/** Brings the objects that the queue names into the landing bucket, and announces their parts to the load function. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  log.addContext(context);
  const remaining = (): number => context.getRemainingTimeInMillis();
  const count = (counts: PipelineCounts): void => emitMetrics(env.PIPELINE, counts);
  return collectBatch(event, ports, partDeadline(remaining), leases.holder(remaining), count);
}
