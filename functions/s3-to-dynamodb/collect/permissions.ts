import { definePermissions } from "../../shared/permission";

/** Everything the collect function does in AWS. Reading its queue, logs and traces are granted by the component. */
export const permissions = definePermissions({
  sourceObjects: [
    {
      actions: ["s3:GetObject"],
      suffix: "/*",
      why: "reads the objects of buckets without versions",
      unusedBecause: "a source bucket with versions is read by version",
    },
    {
      actions: ["s3:GetObjectVersion"],
      suffix: "/*",
      why: "reads exactly the version that the event names",
      unusedBecause: "a source bucket without versions has none to name",
    },
  ],
  sourceBuckets: [
    {
      actions: ["s3:ListBucket"],
      why: "S3 answers NoSuchKey instead of AccessDenied for a deleted object only to those who may list the bucket",
      unusedBecause: "nothing is listed; S3 looks at it when an object is gone",
    },
  ],
  sourceKeys: [
    {
      actions: ["kms:Decrypt"],
      why: "reads objects encrypted with a key of the source's owner",
      unusedBecause: "S3 uses it on the function's behalf",
    },
  ],
  landingBucket: [
    {
      actions: ["s3:PutObject"],
      suffix: "/staging/*",
      why: "stores parts and bad records until the whole file is read",
    },
    { actions: ["s3:GetObject"], suffix: "/staging/*", why: "copies them from there when the file has landed" },
    { actions: ["s3:DeleteObject"], suffix: "/staging/*", why: "removes what has been copied" },
    { actions: ["s3:PutObject"], suffix: "/landing/*", why: "copies the parts to where load and Snowpipe read them" },
    { actions: ["s3:PutObject"], suffix: "/quarantine/*", why: "copies bad records, stores why a file is refused" },
  ],
  ledgerTable: [
    { actions: ["dynamodb:PutItem"], why: "opens the upload's entry; notes what an event without a version is about" },
    {
      actions: ["dynamodb:GetItem"],
      why: "finds the entry of an upload that was seen before, and who has gone on with it",
      unusedBecause: "each upload comes once, unless its event is delivered again or replayed",
    },
    { actions: ["dynamodb:UpdateItem"], why: "saves checkpoints, counts and the outcome" },
    {
      actions: ["dynamodb:Query"],
      why: "sees which parts are loaded when a collected object is announced again",
      unusedBecause: "each upload comes once, unless its event is delivered again or replayed",
    },
  ],
  loadQueue: [{ actions: ["sqs:SendMessage"], why: "announces the parts to the load function" }],
  collectQueue: [
    {
      actions: ["sqs:ChangeMessageVisibility"],
      why: "keeps a message while it works on it, lets one that failed come back soon",
    },
    {
      actions: ["sqs:SendMessage"],
      why: "sends itself the rest of a file that doesn't finish in one invocation",
      unusedBecause: "small files finish in one invocation",
    },
  ],
});
