import { definePermissions } from "../shared/permission";

/** The function's; the component grants them with the sync method "through an S3 bucket" only. */
export const permissions = definePermissions({
  syncBucket: [
    {
      actions: ["s3:PutObject"],
      suffix: "/*",
      why: "writes the rows to the file that Fivetran's request names",
    },
  ],
  syncKey: [
    {
      actions: ["kms:GenerateDataKey"],
      why: "encrypts the files, where the bucket has a KMS key",
      unusedBecause: "Used by S3 on the function's behalf.",
    },
  ],
});

/** Of the role that Fivetran assumes. */
export const fivetranPermissions = definePermissions({
  self: [{ actions: ["lambda:InvokeFunction"], why: "calls the connector" }],
  syncBucket: [
    {
      actions: ["s3:GetObject", "s3:DeleteObject"],
      suffix: "/*",
      why: "reads the files that the connector wrote, and clears them away",
    },
    {
      actions: ["s3:PutObject"],
      suffix: "/*",
      why: "the published policy for Fivetran's role has s3:Put*, s3:Get* and s3:Delete*; this is what of it works on files",
      unusedBecause:
        "The connector writes the files; only Fivetran itself knows when its test of the bucket writes one.",
    },
    {
      actions: ["s3:GetBucketLocation"],
      why: "the set-up test of Fivetran's form asks which region the bucket is in",
      unusedBecause: "Only Fivetran's own set-up test asks.",
    },
  ],
  syncKey: [
    {
      actions: ["kms:Decrypt"],
      why: "reads the files, where the bucket has a KMS key",
      unusedBecause: "Used by S3 on Fivetran's behalf.",
    },
  ],
});
