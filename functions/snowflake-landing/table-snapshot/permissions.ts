import { definePermissions } from "../../shared/permission";

/** The component narrows `stageBucket` to the table's prefix; `self` is the function. */
export const permissions = definePermissions({
  table: [
    {
      actions: ["dynamodb:Scan"],
      why: "reads the whole table, in segments",
      unusedBecause: "The first full load is started by its own command, once a table.",
    },
  ],
  stageBucket: [
    {
      actions: ["s3:PutObject"],
      suffix: "/*",
      why: "writes the items as files beside the changes",
      unusedBecause: "The first full load is started by its own command, once a table.",
    },
  ],
  stageKey: [
    {
      actions: ["kms:GenerateDataKey"],
      why: "encrypts the files, where the bucket has a KMS key",
      unusedBecause: "Used by S3 on the function's behalf.",
    },
  ],
  self: [
    {
      actions: ["lambda:InvokeFunction"],
      why: "starts its segments, and continues one when time runs out",
      unusedBecause: "The first full load is started by its own command, once a table.",
    },
  ],
  failureQueue: [
    {
      actions: ["sqs:SendMessage"],
      why: "lambda keeps the event of an invocation that failed for good",
      unusedBecause: "Used by the Lambda service after the last retry.",
    },
  ],
});
