import { definePermissions } from "../shared/permission";

/** `stageBucket` stands for the bucket's ARN with the table's prefix, without its last slash. */
export const permissions = definePermissions({
  stageBucket: [{ actions: ["s3:PutObject"], suffix: "/*", why: "Writes one file for each batch of changes." }],
  stream: [
    {
      actions: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
      why: "Lambda reads the stream for the function, as its role.",
      unusedBecause: "Used by the Lambda service, not by the code.",
    },
  ],
  failureQueue: [
    {
      actions: ["sqs:SendMessage"],
      why: "Lambda tells which records of the stream could not be written.",
      unusedBecause: "Used by the Lambda service when a batch has failed for good.",
    },
  ],
});
