/** The examples of the components' documentation, as programs that must compile and run. */
import * as aws from "@pulumi/aws";
import { BucketNotifications, ExportDeltaImport, S3ToDynamoDb } from "../../../index";

export function csvDropBucket() {
  const ingest = new S3ToDynamoDb("ingest", {
    sources: [{ name: "orders", format: "csv", keyFields: ["order_id"] }],
  });
  return { dropFilesInto: ingest.sourceBuckets };
}

export function existingAndForeignBuckets() {
  const topic = new aws.sns.Topic("oncall");
  const ingest = new S3ToDynamoDb("ingest", {
    sources: [
      { name: "clicks", bucketName: "our-clicks", prefix: "daily/", suffix: ".json.gz", eventBridge: true },
      { name: "partner", bucketName: "their-exports", accountId: "111122223333" },
    ],
    alarmTopicArn: topic.arn,
  });
  return { handOver: ingest.foreignBucketPolicies };
}

export function sharedBucket() {
  const bucket = new aws.s3.Bucket("uploads");
  const ingest = new S3ToDynamoDb("ingest", {
    sources: [{ name: "orders", bucketName: bucket.bucket, prefix: "orders/", manageNotifications: false }],
  });
  const thumbnails = aws.lambda.Function.get("thumbnails", "thumbnails");
  new BucketNotifications("uploads", {
    bucket: bucket.bucket,
    targets: [
      { name: "orders", queueArn: ingest.collectQueueArn, prefix: "orders/" },
      { name: "images", functionArn: thumbnails.arn, prefix: "images/", suffix: ".png" },
    ],
  });
}

export function twoTables() {
  const imports = new ExportDeltaImport("imports", {
    tables: [
      { table: "orders", keyColumns: ["id"], columns: [{ name: "total", type: "decimal(12,2)" }] },
      { table: "stock", keyColumns: ["warehouse", "article"], delimiter: ";", maxDeletedShare: 0.05 },
    ],
  });
  return { uploadTo: imports.exportsBucketName };
}

export function everyTableAlike() {
  const imports = new ExportDeltaImport("imports", {
    bucketName: "our-exports",
    prefix: "nightly/",
    versionOrder: "timestamp",
    manifestName: "manifest.json",
    tables: [{ table: "*", keyColumns: ["id"] }],
    stream: { shards: 4 },
  });
  return { rows: imports.targetTableName };
}
