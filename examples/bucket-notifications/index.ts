import { BucketNotifications } from "pulumi-data-pipelines/bucket-notifications";
import { S3ToDynamoDb } from "pulumi-data-pipelines/s3-to-dynamodb";

// A bucket that several programs know; its notifications have one owner, which is this program.
const bucket = "our-uploads";
const ingest = new S3ToDynamoDb("ingest", {
  sources: [{ name: "orders", bucketName: bucket, prefix: "orders/", manageNotifications: false }],
});

new BucketNotifications("uploads", {
  bucket,
  targets: [
    { name: "orders", queueArn: ingest.collectQueueArn, prefix: "orders/" },
    { name: "images", queueArn: "arn:aws:sqs:eu-central-1:123456789012:images", prefix: "images/", suffix: ".png" },
  ],
});
