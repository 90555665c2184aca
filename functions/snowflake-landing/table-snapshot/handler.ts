import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { Context } from "aws-lambda";
import { createDynamoDBClient, createS3Client } from "../../shared/aws/awsClients";
import { parseEnvironment } from "../../shared/environment";
import { createLogger } from "../../shared/log";
import { parseKeyAttributes } from "../changes/changeLine";
import { environment } from "./environment";
import { type SegmentRequest, scanSegment, snapshot } from "./snapshot";

const { TABLE, STAGE_BUCKET, PREFIX, KEY_ATTRIBUTES } = parseEnvironment(environment);
const log = createLogger("table-snapshot");
const dynamoDb = createDynamoDBClient();
const s3 = createS3Client();
const lambda = new LambdaClient({ maxAttempts: 5 });
const keyAttributes = parseKeyAttributes(KEY_ATTRIBUTES);
/** Packs to some 10 to 30 MB, in memory until it is written. */
const fileBytes = 128 * 1024 * 1024;

/** Reads a whole table into files beside its changes; continues itself until everything is read. */
export function handler(event: unknown, context: Context): Promise<Record<string, unknown>> {
  // A fifth of the time, at most a minute, for the last page, the upload and the next invocation.
  const reserve = Math.min(60_000, context.getRemainingTimeInMillis() / 5);
  const invokeSelf = async (request: SegmentRequest): Promise<void> => {
    await lambda.send(
      new InvokeCommand({
        FunctionName: context.functionName,
        InvocationType: "Event",
        Payload: Buffer.from(JSON.stringify(request)),
      }),
    );
  };
  return snapshot(event, {
    log,
    requestId: context.awsRequestId,
    invokeSelf,
    scan: (request) =>
      scanSegment(request, {
        dynamoDb,
        s3,
        log,
        table: TABLE,
        bucket: STAGE_BUCKET,
        prefix: PREFIX,
        keyAttributes,
        fileBytes,
        timeIsUp: () => context.getRemainingTimeInMillis() < reserve,
        now: () => new Date(),
      }),
  });
}
