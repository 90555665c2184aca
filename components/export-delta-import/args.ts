import type * as pulumi from "@pulumi/pulumi";

/** A column of an export. */
export interface ExportColumnArgs {
  /** As the header has it, or what it shall be called where there is no header. */
  name: string;
  /**
   * `string`, `integer`, `decimal(precision,scale)`, `double`, `boolean`, `date` or `timestamp`. Values are
   * compared as that type (`1.50` equals `1.5`); one that isn't of the type makes its record a bad one. @default "string"
   */
  type?: string;
}

/** A column that has got another name in the exports; in the target it keeps the one that it had. */
export interface ExportRenameArgs {
  /** Name in the target. */
  from: string;
  /** Name in the exports from now on. */
  to: string;
}

/** How the exports of a table are read and compared. */
export interface ExportTableArgs {
  /** Name as in the exports' keys; `*` stands for every table that isn't listed. */
  table: string;
  /** The columns that tell rows apart, one or several. A row with an empty or missing key is a bad record. */
  keyColumns: string[];
  /** Whether the first record of each file names the columns. @default true */
  header?: boolean;
  /**
   * The columns. Without a header all of them in their order; with one those that aren't text. @default with a header
   * all are text; without one they are called column_1, column_2, …
   */
  columns?: ExportColumnArgs[];
  /** One character between the fields. @default "," */
  delimiter?: string;
  /** One character around fields that have delimiters, quotes or line breaks; empty: nothing is quoted. @default "\"" */
  quote?: string;
  /** `utf-8`, `utf-16le` or `latin1`; a byte order mark wins. @default "utf-8" */
  encoding?: string;
  /** A field that is exactly this, without quotes around it, is NULL. @default "": an empty field is NULL, `""` an empty text */
  nullText?: string;
  /** Share of the rows before (0 to 1) that a delta may delete; one that deletes more waits for approval. @default 0.2 */
  maxDeletedShare?: number;
  /**
   * Records of a file that may be unreadable; with one more the export is refused. They are quarantined, and their rows
   * count as missing: the delta deletes them. @default 0
   */
  maxBadRecords?: number;
  /** A column that the version before didn't have: `accept` or `refuse`. @default "accept" */
  addedColumns?: string;
  /** A column that isn't there any more: `accept` (it goes from every row) or `refuse`. @default "refuse" */
  droppedColumns?: string;
  /** A column of another type: `accept` (its rows are all written anew) or `refuse`. @default "refuse" */
  changedTypes?: string;
  /** Columns that have got another name. @default none */
  renamedColumns?: ExportRenameArgs[];
  /** Seconds without a new file after which a version is complete; for exports of several files without a manifest. @default 0 */
  settleSeconds?: number;
  /**
   * Athena reads the files as they are, without the pass that finds bad records, normalises types and reads quotes: for
   * sources that promise UTF-8 without quotes and line breaks in fields. All columns have to be declared, as text.
   * @default false
   */
  cleanFiles?: boolean;
}

/** Size of one of the functions. */
export interface ExportFunctionArgs {
  /** MB, 256 to 10,240; the share of a processor grows with it. @default 1024; 1769 (a whole processor) for normalise */
  memory?: number;
  /** Invocations of an import side by side, 1 to 40. @default 5; for publish one for each of stream.shards */
  concurrency?: number;
}

/** The stream between comparing and applying. */
export interface ExportStreamArgs {
  /** Shards, 1 to 200; each takes 1,000 operations or 1 MB a second. @default none: on demand */
  shards?: number;
  /** Hours that operations are kept and tried, 24 to 8,760. @default 168 (7 days) */
  retentionHours?: number;
  /** Operations in one batch of the apply function, 1 to 10,000. @default 500 */
  batchSize?: number;
}

/** Arguments of `ExportDeltaImport`. */
export interface ExportDeltaImportArgs {
  /** The tables whose exports are imported, 1 to 500; an entry called `*` stands for the others. */
  tables: ExportTableArgs[];
  /** An existing bucket in the component's region that exports come into. @default one is created */
  bucketName?: pulumi.Input<string>;
  /** KMS key that the existing bucket's objects are encrypted with. @default none: SSE-S3 */
  kmsKeyArn?: pulumi.Input<string>;
  /**
   * Of an existing bucket: true switches EventBridge on in its notification configuration, which replaces what is
   * there. With false its owner has switched it on, for example with `BucketNotifications` and `eventBridge: true`.
   * @default false
   */
  manageNotifications?: boolean;
  /** Stands before TENANT in the exports' keys; ends with a slash. @default none */
  prefix?: string;
  /**
   * How versions follow each other: `date-and-number` (20201230_V0001), `number`, `timestamp` or `text` (byte by byte).
   * @default "date-and-number"
   */
  versionOrder?: string;
  /** Name of the object in a version's folder that lists its files (`{"files": [...]}`). @default none: every file counts */
  manifestName?: string;
  /** The function that reads exports into parts. @default see the members */
  normalise?: ExportFunctionArgs;
  /** The function that puts a delta's files into the stream. @default see the members */
  publish?: ExportFunctionArgs;
  /** The stream of operations. @default on demand */
  stream?: ExportStreamArgs;
  /** Partition keys of the target that the rows of one table are spread over, 1 to 100; it can't be changed later. @default 8 */
  targetShards?: number;
  /** Whether the target has a stream (of new images), for example for `SnowflakeLanding`. @default false */
  targetStream?: boolean;
  /** Bytes that one query may scan, at least 10 MB; beyond it the query fails. @default 1099511627776 (1 TiB) */
  maxScannedBytes?: number;
  /** Bytes that all queries of a day may scan before an alarm. @default 10 times maxScannedBytes */
  maxScannedBytesPerDay?: number;
  /** Seconds that one query may take, 60 to 7,200. @default 1800, Athena's own quota */
  queryTimeout?: number;
  /** US dollars that Athena takes for a terabyte in the region; for the registry's `scanCost`. @default 5 */
  dollarsPerTerabyte?: number;
  /** Hours that somebody has to approve a delta that deletes more than its share, 1 to 720. @default 24 */
  approvalHours?: number;
  /** Seconds that the target may take to catch up with a delta, 60 to 604,800. @default 21600 (6 h) */
  catchUpTimeout?: number;
  /** Days that the files of deltas are kept, for replay. @default 30 */
  deltaDays?: number;
  /** Days that bad records of exports are kept. @default 90 */
  quarantineDays?: number;
  /** Days that overwritten and deleted versions of objects are kept. @default 30 */
  noncurrentDays?: number;
  /** Trace functions and state machine in X-Ray. @default false */
  tracing?: boolean;
  /** `ALL`, `ERROR`, `FATAL` or `OFF`: what the state machine logs, never data. @default "ERROR" */
  logLevel?: string;
  /** Days that logs are kept; a value that CloudWatch takes. @default 90 */
  logRetentionDays?: number;
  /** SNS topic for alarms, refusals and questions. @default one is made */
  alarmTopicArn?: pulumi.Input<string>;
  /** Appended to the names of the buckets that are created: bucket names are unique in the world. @default 8 digits made of account and region */
  bucketNameSuffix?: string;
  /** Whether `pulumi destroy` may delete buckets and tables with the data in them. @default false */
  allowDestroy?: boolean;
  /** Tags beside Project, Stack, Component and ManagedBy. @default none */
  tags?: Record<string, string>;
}
