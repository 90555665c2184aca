import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from "aws-lambda";
import { createS3Client } from "../../shared/aws/awsClients";
import { parseEnvironment } from "../../shared/environment";
import { createLogger } from "../../shared/log";
import { parseKeyAttributes } from "../changes/changeLine";
import { environment } from "./environment";
import { writeChanges } from "./writeChanges";

const { STAGE_BUCKET, PREFIX, KEY_ATTRIBUTES } = parseEnvironment(environment);
const options = {
  s3: createS3Client(),
  log: createLogger("table-changes"),
  bucket: STAGE_BUCKET,
  prefix: PREFIX,
  keyAttributes: parseKeyAttributes(KEY_ATTRIBUTES),
};

/** Batches of a DynamoDB stream become files in the stage's bucket. */
export function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return writeChanges(event, options);
}
