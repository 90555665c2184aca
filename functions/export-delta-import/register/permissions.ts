import { definePermissions } from "../../shared/permission";

/** Everything the register function does in AWS. Reading its queue, logs and traces are granted by the component. */
export const permissions = definePermissions({
  registryTable: [
    { actions: ["dynamodb:GetItem"], why: "sees what is known of a version and its files" },
    { actions: ["dynamodb:PutItem"], why: "enters a version with its file, or a refused object with the reason" },
  ],
  exportObjects: [
    {
      actions: ["s3:GetObject"],
      suffix: "/*",
      why: "reads manifests of buckets without versions",
      unusedBecause: "only exports of several files have a manifest",
    },
    {
      actions: ["s3:GetObjectVersion"],
      suffix: "/*",
      why: "reads exactly the manifest that the event names",
      unusedBecause: "only exports of several files have a manifest",
    },
  ],
  exportKeys: [
    {
      actions: ["kms:Decrypt"],
      why: "reads manifests encrypted with a key of the bucket's owner",
      unusedBecause: "S3 uses it on the function's behalf",
    },
  ],
  stateMachine: [{ actions: ["states:StartExecution"], why: "starts the import of a version" }],
});
