import assert from "node:assert/strict";
import { S3ToDynamoDb, type S3ToDynamoDbArgs } from "../../../index";
import { runMocked } from "../mocks";

/** A mistake, where the error has to point, and a word of the fix. */
interface Mistake {
  readonly what: string;
  readonly args: Partial<S3ToDynamoDbArgs>;
  readonly path: string;
  readonly fix: RegExp;
}

const a = { name: "a" };
const mine = { manageNotifications: true };

const mistakes: readonly Mistake[] = [
  { what: "no source", args: { sources: [] }, path: "sources", fix: /at least one source/ },
  {
    what: "too many sources",
    args: { sources: Array.from({ length: 301 }, (_, i) => ({ name: `s${i}` })) },
    path: "sources",
    fix: /split them over several/,
  },
  {
    what: "a misspelt argument",
    args: { sources: [a], ...{ source: [] } },
    path: "source",
    fix: /did you mean sources\?/,
  },
  {
    what: "an argument that is like no other",
    args: { sources: [a], ...{ encryptionKey: "x" } },
    path: "encryptionKey",
    fix: /known: sources, stream/,
  },
  {
    what: "a misspelt argument of a source",
    args: { sources: [{ name: "a", ...{ keyField: "id" } }] },
    path: "sources[0].keyField",
    fix: /did you mean keyFields\?/,
  },
  { what: "a duplicate name", args: { sources: [a, a] }, path: "sources[1].name", fix: /sources\[0\] has this name/ },
  {
    what: "bad characters in a name",
    args: { sources: [{ name: "A_b" }] },
    path: "sources[0].name",
    fix: /lower-case/,
  },
  {
    what: "an ARN for a bucket's name",
    args: { sources: [{ name: "a", bucketName: "arn:aws:s3:::x" }] },
    path: "sources[0].bucketName",
    fix: /no ARN/,
  },
  {
    what: "a bad account",
    args: { sources: [{ name: "a", bucketName: "b-b", accountId: "12" }] },
    path: "sources[0].accountId",
    fix: /12 digits/,
  },
  {
    what: "an account without a bucket",
    args: { sources: [{ name: "a", accountId: "111122223333" }] },
    path: "sources[0].accountId",
    fix: /give bucketName/,
  },
  {
    what: "a bad key ARN",
    args: { sources: [{ name: "a", bucketName: "b-b", kmsKeyArn: "alias/x" }] },
    path: "sources[0].kmsKeyArn",
    fix: /arn:aws:kms:/,
  },
  {
    what: "EventBridge of another account",
    args: { sources: [{ name: "a", bucketName: "b-b", accountId: "111122223333", eventBridge: true }] },
    path: "sources[0].eventBridge",
    fix: /foreignBucketPolicies/,
  },
  {
    what: "nobody for a created bucket's notifications",
    args: { sources: [{ name: "a", manageNotifications: false }] },
    path: "sources[0].manageNotifications",
    fix: /give bucketName/,
  },
  {
    what: "a prefix with a slash in front",
    args: { sources: [{ name: "a", prefix: "/in" }] },
    path: "sources[0].prefix",
    fix: /slash/,
  },
  {
    what: "a wildcard in a prefix",
    args: { sources: [{ name: "a", prefix: "in/*" }] },
    path: "sources[0].prefix",
    fix: /literal/,
  },
  {
    what: "a wildcard in a suffix",
    args: { sources: [{ name: "a", suffix: "*.csv" }] },
    path: "sources[0].suffix",
    fix: /literal/,
  },
  {
    what: "an unknown format",
    args: { sources: [{ name: "a", format: "xml" }] },
    path: "sources[0].format",
    fix: /"auto", "csv"/,
  },
  {
    what: "an unknown compression",
    args: { sources: [{ name: "a", compression: "rar" }] },
    path: "sources[0].compression",
    fix: /"gzip"/,
  },
  {
    what: "a delimiter of two characters",
    args: { sources: [{ name: "a", delimiter: "||" }] },
    path: "sources[0].delimiter",
    fix: /Give one character/,
  },
  {
    what: "a quote for a delimiter",
    args: { sources: [{ name: "a", delimiter: '"' }] },
    path: "sources[0].delimiter",
    fix: /Give one character/,
  },
  {
    what: "a delimiter of a format that has one",
    args: { sources: [{ name: "a", format: "tsv", delimiter: ";" }] },
    path: "sources[0].delimiter",
    fix: /The format tsv has its own delimiter/,
  },
  {
    what: "an unknown encoding",
    args: { sources: [{ name: "a", encoding: "ebcdic" }] },
    path: "sources[0].encoding",
    fix: /"latin1"/,
  },
  { what: "no shards", args: { sources: [{ name: "a", shards: 0 }] }, path: "sources[0].shards", fix: /1 to 100/ },
  {
    what: "an unknown field type",
    args: { sources: [{ name: "a", fields: [{ from: "x", type: "date" }] }] },
    path: "sources[0].fields[0].type",
    fix: /"number"/,
  },
  {
    what: "a field mapped twice",
    args: { sources: [{ name: "a", fields: [{ from: "x" }, { from: "x", to: "y" }] }] },
    path: "sources[0].fields[1].from",
    fix: /mapped already/,
  },
  {
    what: "two fields for one attribute",
    args: { sources: [{ name: "a", fields: [{ from: "x" }, { from: "y", to: "x" }] }] },
    path: "sources[0].fields[1].to",
    fix: /another name/,
  },
  ...["pk", "sk", "_order", "_source", "_bucket", "_key", "_version", "_time", "_upload", "_record"].map((to) => ({
    what: `a field over the item's own attribute ${to}`,
    args: { sources: [{ name: "a", fields: [{ from: "x", to }] }] },
    path: "sources[0].fields[0].to",
    fix: /another name/,
  })),
  {
    what: "a key field that the mapping drops",
    args: { sources: [{ name: "a", keyFields: ["id"], fields: [{ from: "x" }], onlyMapped: true }] },
    path: "sources[0].keyFields[0]",
    fix: /add { from: "id" }/,
  },
  {
    what: "a key field by its new name",
    args: { sources: [{ name: "a", keyFields: ["id"], fields: [{ from: "ID", to: "id" }] }] },
    path: "sources[0].keyFields[0]",
    fix: /give "ID"/,
  },
  {
    what: "a key field twice",
    args: { sources: [{ name: "a", keyFields: ["id", "id"] }] },
    path: "sources[0].keyFields[1]",
    fix: /twice/,
  },
  {
    what: "nothing left of the fields",
    args: { sources: [{ name: "a", onlyMapped: true }] },
    path: "sources[0].onlyMapped",
    fix: /name those to keep/,
  },
  {
    what: "an existing bucket whose notifications nobody has decided about",
    args: { sources: [{ name: "a", bucketName: "b-b" }] },
    path: "sources[0].manageNotifications",
    fix: /eventBridge: true .*manageNotifications: false .*manageNotifications: true/,
  },
  {
    what: "an existing bucket that is to go with its source",
    args: { sources: [{ name: "a", bucketName: "b-b", ...mine, allowDestroy: true }] },
    path: "sources[0].allowDestroy",
    fix: /isn't deleted with the source/,
  },
  {
    what: "write units below one",
    args: { maxWriteRequestUnits: 0 },
    path: "maxWriteRequestUnits",
    fix: /1 to 1000000000/,
  },
  {
    what: "a ledger that forgets sooner than a queue",
    args: { retention: { ledgerDays: 7 } },
    path: "retention.ledgerDays",
    fix: /30 to 3650/,
  },
  {
    what: "overlapping prefixes of one bucket",
    args: {
      sources: [
        { name: "a", bucketName: "b-b", prefix: "in/", eventBridge: true },
        { name: "b", bucketName: "b-b", prefix: "in/cd/", eventBridge: true },
      ],
    },
    path: "sources[1].prefix",
    fix: /source "a"/,
  },
  {
    what: "two accounts for one bucket",
    args: {
      sources: [
        { name: "a", bucketName: "b-b", prefix: "a/", manageNotifications: false },
        { name: "b", bucketName: "b-b", prefix: "b/", accountId: "111122223333" },
      ],
    },
    path: "sources[1].accountId",
    fix: /give both the same/,
  },
  {
    what: "more existing buckets than the queue's policy takes",
    args: { sources: Array.from({ length: 90 }, (_, i) => ({ name: `s${i}`, bucketName: `bucket-${i}`, ...mine })) },
    path: "sources",
    fix: /eventBridge: true/,
  },
  { what: "a bad topic", args: { alarmTopicArn: "oncall" }, path: "alarmTopicArn", fix: /arn:aws:sns:/ },
  { what: "a bad suffix for buckets", args: { bucketNameSuffix: "A" }, path: "bucketNameSuffix", fix: /lower-case/ },
  { what: "too little memory", args: { collect: { memory: 128 } }, path: "collect.memory", fix: /256 to 10240 MB/ },
  { what: "too long a timeout", args: { load: { timeout: 901 } }, path: "load.timeout", fix: /60 to 900 seconds/ },
  { what: "too little concurrency", args: { load: { concurrency: 1 } }, path: "load.concurrency", fix: /2 to 1000/ },
  {
    what: "days that CloudWatch doesn't take",
    args: { logRetentionDays: 100 },
    path: "logRetentionDays",
    fix: /90, 120/,
  },
  {
    what: "more landed bytes than the parts hold",
    args: { limits: { partBytes: 1024 ** 2, maxUnpackedBytes: 1024 ** 3, maxLandedBytes: 10 ** 12 } },
    path: "limits.maxLandedBytes",
    fix: /from 1 to 10485760000 bytes: 10000 parts of partBytes/,
  },
  { what: "a limit that is no limit", args: { limits: { partBytes: 0 } }, path: "limits.partBytes", fix: /bytes/ },
  {
    what: "more parts than the ledger can hold",
    args: { limits: { partBytes: 64 * 1024 } },
    path: "limits.partBytes",
    fix: /at least 10737419 bytes/,
  },
  { what: "an age beyond the queue's", args: { maxMessageAge: 1e6 }, path: "maxMessageAge", fix: /4 days/ },
  { what: "a tag of AWS", args: { tags: { "aws:x": "y" } }, path: 'tags["aws:x"]', fix: /doesn't begin with/ },
];

describe("S3ToDynamoDb: mistakes", () => {
  for (const { what, args, path, fix } of mistakes) {
    it(`I1: ${what} fails in the constructor with its path and the fix`, async () => {
      await assert.rejects(
        runMocked(() => new S3ToDynamoDb("ingest", { sources: [a], ...args })),
        (error: Error) => {
          assert.ok(error.message.startsWith(`S3ToDynamoDb "ingest": ${path} is `), error.message);
          assert.match(error.message, fix);
          return true;
        },
      );
    });
  }

  it("I21: an existing bucket's notifications are nobody's before the owner says so, whatever else is given", async () => {
    for (const more of [{}, { prefix: "in/" }, { eventBridge: false }]) {
      const source = { name: "a", bucketName: "our-bucket", ...more };
      await assert.rejects(
        runMocked(() => new S3ToDynamoDb("ingest", { sources: [source] })),
        /manageNotifications is not set\. .*eventBridge: true /s,
      );
    }
  });

  it("I1: a component's name that can't be part of a bucket's fails", async () => {
    await assert.rejects(
      runMocked(() => new S3ToDynamoDb("in gest", { sources: [a] })),
      /letters, digits and hyphens/,
    );
  });
});
