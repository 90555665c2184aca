import { definePermissions } from "../../shared/permission";

/** Everything the control function does in AWS. Logs and traces are granted by the component. */
export const permissions = definePermissions({
  registryTable: [
    { actions: ["dynamodb:GetItem"], why: "reads the target's version, the import's and the progress" },
    { actions: ["dynamodb:Query"], why: "finds the versions that wait, their files and the targets' progress" },
    { actions: ["dynamodb:PutItem"], why: "notes what an import has found out and how it ended" },
  ],
  lockTable: [
    { actions: ["dynamodb:GetItem"], why: "sees who holds a table's lock" },
    { actions: ["dynamodb:PutItem"], why: "takes, renews and frees a table's lock" },
  ],
  workBucket: [
    {
      actions: ["s3:ListBucket"],
      conditions: { StringLike: { "s3:prefix": "staged/*" } },
      why: "finds the parts of versions that nothing is compared with any more",
    },
  ],
  workObjects: [
    { actions: ["s3:GetObject"], suffix: "/athena/*", why: "reads the list of the files that a query wrote" },
    {
      actions: ["s3:GetObject"],
      suffix: "/deltas/*",
      why: "finds examples of rows that would be deleted",
      unusedBecause: "only a delta that stops at the breaker is looked into",
    },
    { actions: ["s3:PutObject"], suffix: "/deltas/*", why: "lists the files of a delta for the publishers" },
    { actions: ["s3:DeleteObject"], suffix: "/staged/*", why: "removes parts that nothing is compared with any more" },
  ],
  stateMachine: [
    {
      actions: ["states:StartExecution"],
      why: "starts the import that waited for the lock",
      unusedBecause: "exports of a table come one after the other",
    },
  ],
  executions: [
    {
      actions: ["states:DescribeExecution"],
      why: "sees whether the holder of a lock still runs",
      unusedBecause: "exports of a table come one after the other",
    },
  ],
});
