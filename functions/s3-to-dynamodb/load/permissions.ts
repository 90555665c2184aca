import { definePermissions } from "../../shared/permission";

/** Everything the load function does in AWS. Reading its queue, logs and traces are granted by the component. */
export const permissions = definePermissions({
  table: [
    { actions: ["dynamodb:BatchWriteItem"], why: "writes the items of a part, 25 at a time" },
    {
      actions: ["dynamodb:PutItem"],
      why: "writes items of an upload that comes late only where they aren't older than what is there",
      unusedBecause: "uploads arrive in order unless one is retried or replayed",
    },
  ],
  landingBucket: [
    { actions: ["s3:GetObject"], suffix: "/landing/*", why: "reads the part" },
    {
      actions: ["s3:PutObject"],
      suffix: "/quarantine/*",
      why: "stores the records that DynamoDB can't hold, with the reason",
      unusedBecause: "every record fits into the table",
    },
  ],
  ledgerTable: [
    { actions: ["dynamodb:GetItem"], why: "sees which attempt the file is at, and whether the part is in the table" },
    { actions: ["dynamodb:PutItem"], why: "enters the finished part" },
    { actions: ["dynamodb:UpdateItem"], why: "adds the part's counts to the file's; raises the source's watermark" },
  ],
  loadQueue: [
    {
      actions: ["sqs:ChangeMessageVisibility"],
      why: "keeps a message while it works on it, lets one that failed come back soon",
    },
    {
      actions: ["sqs:SendMessage"],
      why: "sends itself the rest of a part that doesn't finish in one invocation",
      unusedBecause: "a part of 32 MiB finishes in one invocation unless the table throttles",
    },
  ],
});
