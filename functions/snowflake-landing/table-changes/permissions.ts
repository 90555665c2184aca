import { definePermissions } from "../../shared/permission";

/** The component narrows `stageBucket` to the table's prefix. */
export const permissions = definePermissions({
  stageBucket: [{ actions: ["s3:PutObject"], suffix: "/*", why: "writes one file for each batch of changes" }],
  stageKey: [
    {
      actions: ["kms:GenerateDataKey"],
      why: "encrypts the files, where the bucket has a KMS key",
      unusedBecause: "Used by S3 on the function's behalf.",
    },
  ],
  stream: [
    {
      actions: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
      why: "lambda reads the stream for the function, as its role",
      unusedBecause: "Used by the Lambda service, not by the code.",
    },
  ],
  failureQueue: [
    {
      actions: ["sqs:SendMessage"],
      why: "lambda reports which records of the stream could not be written",
      unusedBecause: "Used by the Lambda service when a batch has failed for good.",
    },
  ],
});
