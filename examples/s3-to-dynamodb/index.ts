import { S3ToDynamoDb } from "pulumi-data-pipelines/s3-to-dynamodb";

const ingest = new S3ToDynamoDb("ingest", {
  sources: [
    { name: "orders", format: "csv", keyFields: ["order_id"], fields: [{ from: "total", type: "number" }] },
    { name: "clicks", format: "ndjson" },
  ],
});

export const dropFilesInto = ingest.sourceBuckets;
export const tableName = ingest.tableName;
export const replayMissedFiles = ingest.replayCommand;
