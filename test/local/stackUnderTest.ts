/** The stack that these tests send their files through. */
import type { S3LimitsArgs, S3SourceArgs } from "../../components/s3-to-dynamodb/args";

/** Buckets that are there before the stack. */
export const buckets = {
  versioned: "faults-existing-versioned",
  plain: "faults-existing-plain",
  events: "faults-existing-events",
} as const;

/** It was put before anybody was told of new objects. */
export const objectFromBefore = { key: "earlier/2019.csv", body: "id,name\n1,old\n2,older\n" };

/** Small, so that small files cross them. */
export const limits = {
  partBytes: 64 * 1024,
  maxRecordBytes: 1024 * 1024,
  maxUnpackedBytes: 12 * 1024 * 1024,
  maxMembers: 5,
} as const satisfies S3LimitsArgs;

/** They are this stack's alone. */
const versioned = { bucketName: buckets.versioned, manageNotifications: true } as const;
const plain = { bucketName: buckets.plain, manageNotifications: true } as const;
const amount = { from: "amount", type: "number" };

export const sources = [
  { name: "inbox" },
  { name: "latin", ...versioned, prefix: "latin/", encoding: "latin1", format: "csv" },
  {
    name: "typed",
    ...versioned,
    prefix: "typed/",
    format: "csv",
    onlyMapped: true,
    fields: [amount, { from: "on", to: "isOn", type: "boolean" }, { from: "tags", type: "json" }, { from: "name" }],
  },
  {
    name: "keyed",
    ...versioned,
    prefix: "keyed/",
    format: "csv",
    keyFields: ["id"],
    fields: [amount],
    shards: 3,
  },
  { name: "versions", ...versioned, prefix: "versions/", keyFields: ["id"] },
  { name: "current", ...plain, prefix: "current/", keyFields: ["id"] },
  { name: "earlier", ...plain, prefix: "earlier/" },
  { name: "letters", ...plain, prefix: "Été 100%+/", suffix: ".csv" },
  { name: "events", bucketName: buckets.events, eventBridge: true, prefix: "in/", suffix: ".ndjson" },
  { name: "partner", bucketName: "partner-exports", accountId: "111122223333" },
] as const satisfies readonly S3SourceArgs[];

export type SourceName = (typeof sources)[number]["name"];
