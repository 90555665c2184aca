import { definePermissions } from "../../shared/permission";
import { leaseRenewal } from "../registry/leaseRenewal";

/** Everything the normalise function does in AWS. Logs and traces are granted by the component. */
export const permissions = definePermissions({
  registryTable: [
    { actions: ["dynamodb:GetItem"], why: "finds the version" },
    { actions: ["dynamodb:Query"], why: "finds the version's files" },
    { actions: ["dynamodb:PutItem"], why: "notes how far a file is" },
  ],
  lockTable: leaseRenewal,
  exportObjects: [
    {
      actions: ["s3:GetObject"],
      suffix: "/*",
      why: "reads the exports of buckets without versions",
      unusedBecause: "a bucket with versions is read by version",
    },
    {
      actions: ["s3:GetObjectVersion"],
      suffix: "/*",
      why: "reads exactly the version that the event named",
      unusedBecause: "a bucket without versions has none to name",
    },
  ],
  exportBucket: [
    {
      actions: ["s3:ListBucket"],
      why: "S3 answers NoSuchKey instead of AccessDenied for a deleted object only to those who may list the bucket",
      unusedBecause: "nothing is listed; S3 looks at it when an object is gone",
    },
  ],
  exportKeys: [
    {
      actions: ["kms:Decrypt"],
      why: "reads exports encrypted with a key of the bucket's owner",
      unusedBecause: "S3 uses it on the function's behalf",
    },
  ],
  workObjects: [
    { actions: ["s3:PutObject"], suffix: "/staged/*", why: "stores the parts" },
    {
      actions: ["s3:PutObject"],
      suffix: "/quarantine/*",
      why: "stores the records that can't be read, with their reasons",
      unusedBecause: "sound exports have none",
    },
  ],
});
