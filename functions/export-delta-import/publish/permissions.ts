import { definePermissions } from "../../shared/permission";
import { leaseRenewal } from "../registry/leaseRenewal";

/** Everything the publish function does in AWS. Logs and traces are granted by the component. */
export const permissions = definePermissions({
  registryTable: [
    { actions: ["dynamodb:GetItem"], why: "reads the version's delta and how far its file is" },
    { actions: ["dynamodb:PutItem"], why: "notes how far a file is" },
  ],
  lockTable: leaseRenewal,
  workObjects: [{ actions: ["s3:GetObject"], suffix: "/deltas/*", why: "reads the delta's files and their list" }],
  stream: [{ actions: ["kinesis:PutRecords"], why: "publishes the operations" }],
});
