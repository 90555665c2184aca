import assert from "node:assert/strict";
import type { ExportDeltaImportArgs, ExportTableArgs } from "../../../../index";
import { deploy } from "./deploy";

/** A mistake, where the error has to point, and a word of the fix. */
interface Mistake {
  readonly what: string;
  readonly args: Partial<ExportDeltaImportArgs>;
  readonly path: string;
  readonly fix: RegExp;
}

const of = (own: Partial<ExportTableArgs>): Partial<ExportDeltaImportArgs> => ({
  tables: [{ table: "orders", keyColumns: ["id"], ...own }],
});
const columns = [{ name: "id" }, { name: "total" }];

const mistakes: readonly Mistake[] = [
  { what: "no table", args: { tables: [] }, path: "tables", fix: /at least one table/ },
  {
    what: "too many tables",
    args: { tables: Array.from({ length: 501 }, (_, i) => ({ table: `t${i}`, keyColumns: ["id"] })) },
    path: "tables",
    fix: /takes 500/,
  },
  {
    what: "a misspelt argument",
    args: { prefix: "", ...{ versionOrdr: "text" } },
    path: "versionOrdr",
    fix: /versionOrder\?/,
  },
  {
    what: "a misspelt argument of a table",
    args: of({ header: true, ...{ keyColumn: "id" } }),
    path: "tables[0].keyColumn",
    fix: /did you mean keyColumns\?/,
  },
  { what: "a table's name with a slash", args: of({ table: "a/b" }), path: "tables[0].table", fix: /letters, digits/ },
  { what: "a name made for SQL", args: of({ table: "a'; DROP" }), path: "tables[0].table", fix: /letters, digits/ },
  {
    what: "a table twice",
    args: { tables: [1, 2].map(() => ({ table: "orders", keyColumns: ["id"] })) },
    path: "tables[1].table",
    fix: /list a table once/,
  },
  { what: "no key", args: of({ keyColumns: [] }), path: "tables[0].keyColumns", fix: /tell rows apart/ },
  {
    what: "a key column twice",
    args: of({ keyColumns: ["id", "id"] }),
    path: "tables[0].keyColumns[1]",
    fix: /named twice/,
  },
  {
    what: "a key column that isn't declared",
    args: of({ header: false, columns, keyColumns: ["nr"] }),
    path: "tables[0].keyColumns",
    fix: /isn't among columns: id, total/,
  },
  {
    what: "a column that the target has of its own",
    args: of({ columns: [{ name: "pk" }] }),
    path: "tables[0].columns[0]",
    fix: /rename the column/,
  },
  {
    what: "an unknown type",
    args: of({ columns: [{ name: "id", type: "varchar" }] }),
    path: "tables[0].columns[0].type",
    fix: /decimal\(precision,scale\)/,
  },
  { what: "two delimiters", args: of({ delimiter: "||" }), path: "tables[0].delimiter", fix: /one character/ },
  { what: "a quote that is the delimiter", args: of({ quote: "," }), path: "tables[0].quote", fix: /own character/ },
  { what: "an unknown encoding", args: of({ encoding: "ebcdic" }), path: "tables[0].encoding", fix: /"utf-8"/ },
  { what: "a share above 1", args: of({ maxDeletedShare: 20 }), path: "tables[0].maxDeletedShare", fix: /0 to 1/ },
  {
    what: "a share that isn't a number",
    args: of({ maxDeletedShare: Number.NaN }),
    path: "tables[0].maxDeletedShare",
    fix: /0 to 1/,
  },
  { what: "an unknown policy", args: of({ addedColumns: "warn" }), path: "tables[0].addedColumns", fix: /"refuse"/ },
  {
    what: "a rename without a header",
    args: of({ header: false, renamedColumns: [{ from: "a", to: "b" }] }),
    path: "tables[0].renamedColumns",
    fix: /Without a header/,
  },
  {
    what: "two columns that become one",
    args: of({
      renamedColumns: [
        { from: "a", to: "b" },
        { from: "a", to: "c" },
      ],
    }),
    path: "tables[0].renamedColumns",
    fix: /from twice/,
  },
  {
    what: "clean files without columns",
    args: of({ cleanFiles: true }),
    path: "tables[0].columns",
    fix: /Declare all/,
  },
  {
    what: "clean files with types",
    args: of({ cleanFiles: true, columns: [{ name: "id" }, { name: "total", type: "integer" }] }),
    path: "tables[0].columns[1].type",
    fix: /as text/,
  },
  {
    what: "clean files with quotes",
    args: of({ cleanFiles: true, columns, quote: '"' }),
    path: "tables[0].quote",
    fix: /leave it out/,
  },
  { what: "a prefix without a slash", args: { prefix: "exports" }, path: "prefix", fix: /ending with a slash/ },
  { what: "a wildcard in the prefix", args: { prefix: "a*/" }, path: "prefix", fix: /literal/ },
  { what: "an unknown order", args: { versionOrder: "semver" }, path: "versionOrder", fix: /"date-and-number"/ },
  { what: "a manifest in a folder", args: { manifestName: "a/b.json" }, path: "manifestName", fix: /without folders/ },
  { what: "an ARN for a bucket", args: { bucketName: "arn:aws:s3:::x" }, path: "bucketName", fix: /no ARN/ },
  { what: "a key without a bucket", args: { kmsKeyArn: "arn:aws:kms:::k" }, path: "kmsKeyArn", fix: /bucketName/ },
  {
    what: "nobody for a created bucket's notifications",
    args: { manageNotifications: false },
    path: "manageNotifications",
    fix: /leave it out/,
  },
  { what: "no shard", args: { stream: { shards: 0 } }, path: "stream.shards", fix: /1 to 200/ },
  {
    what: "a retention that Kinesis hasn't",
    args: { stream: { retentionHours: 12 } },
    path: "stream.retentionHours",
    fix: /24 to 8760 hours/,
  },
  { what: "a batch too large", args: { stream: { batchSize: 10_001 } }, path: "stream.batchSize", fix: /10000/ },
  { what: "too little memory", args: { normalise: { memory: 128 } }, path: "normalise.memory", fix: /256 to 10240 MB/ },
  { what: "too many publishers", args: { publish: { concurrency: 41 } }, path: "publish.concurrency", fix: /1 to 40/ },
  { what: "a scan below Athena's", args: { maxScannedBytes: 1 }, path: "maxScannedBytes", fix: /10000000/ },
  { what: "a query without end", args: { queryTimeout: 7_201 }, path: "queryTimeout", fix: /60 to 7200 seconds/ },
  { what: "no time to approve", args: { approvalHours: 0 }, path: "approvalHours", fix: /1 to 720 hours/ },
  { what: "no time to catch up", args: { catchUpTimeout: 1 }, path: "catchUpTimeout", fix: /60 to 604800/ },
  { what: "a negative price", args: { dollarsPerTerabyte: -1 }, path: "dollarsPerTerabyte", fix: /US dollars/ },
  { what: "no days", args: { deltaDays: 0 }, path: "deltaDays", fix: /1 to 3650 days/ },
  { what: "days CloudWatch hasn't", args: { logRetentionDays: 100 }, path: "logRetentionDays", fix: /90, 120/ },
  { what: "an unknown log level", args: { logLevel: "DEBUG" }, path: "logLevel", fix: /"ERROR"/ },
  { what: "a bad topic", args: { alarmTopicArn: "oncall" }, path: "alarmTopicArn", fix: /arn:aws:sns:/ },
];

describe("ExportDeltaImport: mistakes", () => {
  for (const { what, args, path, fix } of mistakes) {
    it(`D9: ${what} fails in the constructor with its path and the fix`, async () => {
      await assert.rejects(deploy(args), (error: Error) => {
        assert.ok(error.message.startsWith(`ExportDeltaImport "imports": ${path} is `), error.message);
        assert.match(error.message, fix);
        return true;
      });
    });
  }
});
