import { definePermissions } from "../../shared/permission";

/** Everything the publish function does in AWS. Logs and traces are granted by the component. */
export const permissions = definePermissions({
  registryTable: [
    { actions: ["dynamodb:GetItem"], why: "reads the version's delta and how far its file is" },
    { actions: ["dynamodb:PutItem"], why: "notes how far a file is" },
  ],
  lockTable: [
    { actions: ["dynamodb:GetItem"], why: "sees that the table's lock is still this import's" },
    {
      actions: ["dynamodb:PutItem"],
      why: "renews the lease",
      unusedBecause: "an import that has just begun has enough of its lease left",
    },
  ],
  workObjects: [{ actions: ["s3:GetObject"], suffix: "/deltas/*", why: "reads the delta's files and their list" }],
  stream: [{ actions: ["kinesis:PutRecords"], why: "publishes the operations" }],
});
