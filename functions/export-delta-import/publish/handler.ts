import { KinesisClient } from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { Context } from "aws-lambda";
import { createDynamoDBClient, createS3Client } from "../../shared/aws/awsClients";
import { requestHandler } from "../../shared/aws/s3Client";
import { parseEnvironment } from "../../shared/environment";
import { createLogger } from "../../shared/log";
import { emitMetrics } from "../../shared/metrics";
import { sleep } from "../../shared/retry";
import { invocationDeadline } from "../work/deadline";
import { tables } from "../work/tables";
import { S3WorkBucket } from "../work/workBucket";
import { environment } from "./environment";
import { type Published, type PublishPorts, publish } from "./publish";
import { kinesisPut } from "./stream";

const env = parseEnvironment(environment);
const log = createLogger("publish");
/** HTTP/1.1, as every other client here: HTTP/2, which this one begins with, knows no limit for connecting. */
const kinesis = new KinesisClient({ requestHandler: new NodeHttpHandler(requestHandler), maxAttempts: 5 });

const ports: PublishPorts = {
  ...tables(createDynamoDBClient(), env),
  log,
  work: new S3WorkBucket(createS3Client(), env.WORK_BUCKET),
  put: kinesisPut(kinesis, env.STREAM),
  pause: sleep,
  count: (counts) => emitMetrics(env.PIPELINE, counts),
};

/** Publishes one file of a delta. */
export function handler(event: unknown, context: Context): Promise<Published> {
  log.addContext(context);
  return publish(event, ports, invocationDeadline(context));
}
