import { definePermissions } from "../../shared/permission";

/** Everything the apply function does in AWS, and Lambda for it. Logs and traces are granted by the component. */
export const permissions = definePermissions({
  stream: [
    {
      actions: [
        "kinesis:DescribeStream",
        "kinesis:DescribeStreamSummary",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
      ],
      why: "lambda reads the stream for the function, as its role",
      unusedBecause: "the Lambda service uses it, not the code",
    },
  ],
  registryTable: [
    { actions: ["dynamodb:GetItem"], why: "sees which version is on its way, and how far the target is with it" },
    { actions: ["dynamodb:PutItem"], why: "notes how far the target is with a delta" },
  ],
  targetTable: [
    { actions: ["dynamodb:PutItem"], why: "writes inserted and updated rows, unless a later version has" },
    { actions: ["dynamodb:DeleteItem"], why: "removes deleted rows, unless a later version has written them" },
  ],
  dlq: [
    {
      actions: ["sqs:SendMessage"],
      why: "keeps operations that the table can never hold, with the reason; Lambda reports records that have expired",
      unusedBecause: "exports are read by rules under which every row fits",
    },
  ],
});
