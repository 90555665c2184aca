import { definePermissions } from "../shared/permission";

/** `stageBucket` stands for the bucket's ARN with the table's prefix, without its last slash; `self` for the function. */
export const permissions = definePermissions({
  table: [{ actions: ["dynamodb:Scan"], why: "Reads the whole table, in segments." }],
  stageBucket: [{ actions: ["s3:PutObject"], suffix: "/*", why: "Writes the items as files beside the changes." }],
  self: [{ actions: ["lambda:InvokeFunction"], why: "Starts its segments, and continues one when time runs out." }],
  failureQueue: [
    {
      actions: ["sqs:SendMessage"],
      why: "Lambda keeps the event of an invocation that failed for good.",
      unusedBecause: "Used by the Lambda service after the last retry.",
    },
  ],
});
