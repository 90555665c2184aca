import type { Context } from "aws-lambda";
import { createDynamoDBClient, createS3Client, createSFNClient } from "../../shared/aws/awsClients";
import { parseEnvironment } from "../../shared/environment";
import { createLogger } from "../../shared/log";
import { emitMetrics } from "../../shared/metrics";
import { readDeltaConfig } from "../shared/config";
import { executionCheck, starter } from "../work/executions";
import { tables } from "../work/tables";
import { S3WorkBucket } from "../work/workBucket";
import { control } from "./control";
import { environment } from "./environment";
import type { ControlPorts } from "./ports";

const env = parseEnvironment(environment);
const log = createLogger("control");
const sfn = createSFNClient();

const ports: ControlPorts = {
  ...tables(createDynamoDBClient(), env, executionCheck(sfn)),
  now: Date.now,
  log,
  config: readDeltaConfig(),
  work: new S3WorkBucket(createS3Client(), env.WORK_BUCKET),
  settings: {
    database: env.DATABASE,
    workBucket: env.WORK_BUCKET,
    targets: env.TARGETS.split(","),
    dollarsPerTerabyte: env.CENTS_PER_TERABYTE / 100,
    approvalSeconds: env.APPROVAL_SECONDS,
  },
  start: starter(sfn, env.STATE_MACHINE_ARN),
  count: (counts) => emitMetrics(env.PIPELINE, counts),
};

/** The steps of an import that decide something, and what is to be done when an execution was stopped. */
export async function handler(event: unknown, context: Context): Promise<unknown> {
  log.addContext(context);
  return (await control(event, ports)) ?? {};
}
