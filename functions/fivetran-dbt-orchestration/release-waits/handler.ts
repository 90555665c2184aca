import type { Context } from "aws-lambda";
import { createDynamoDBClient } from "../../shared/aws/awsClients";
import { parseEnvironment } from "../../shared/environment";
import { createLogger } from "../../shared/log";
import { emitMetrics } from "../../shared/metrics";
import { WaitTable } from "../waits/waits";
import { environment } from "./environment";
import { type Released, releaseWaits } from "./releaseWaits";

const env = parseEnvironment(environment);
const log = createLogger("release-waits");
const waits = new WaitTable(createDynamoDBClient(), env.WAITS_TABLE);

/** Cleans up after an execution: called by itself as it ends, and by EventBridge when it was stopped or ran out of time. */
export async function handler(event: unknown, context: Context): Promise<Released | undefined> {
  log.addContext(context);
  return releaseWaits(event, { waits, log, count: (counts) => emitMetrics(env.PIPELINE, counts) });
}
