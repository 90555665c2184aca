import type * as pulumi from "@pulumi/pulumi";

/** A source: the objects of one bucket, or of one prefix of it. */
export interface S3SourceArgs {
  /**
   * 1 to 40 lower-case letters, digits and hyphens, beginning with a letter; unique. It is part of every item's key:
   * renaming a source starts a new one.
   */
  name: string;
  /** An existing bucket in the component's region. @default a bucket is created for the source */
  bucketName?: pulumi.Input<string>;
  /**
   * Account (12 digits) that owns the existing bucket, if it isn't yours. The output `foreignBucketPolicies` then says
   * what its owner has to set. @default the component's account
   */
  accountId?: string;
  /** KMS key that the existing bucket's objects are encrypted with. @default none: SSE-S3 */
  kmsKeyArn?: pulumi.Input<string>;
  /** Only objects whose key begins with this. Two sources of one bucket must not both take an object. @default every object */
  prefix?: string;
  /** Only objects whose key ends with this, for example `.csv.gz`. @default every object */
  suffix?: string;
  /**
   * `csv` (or any other delimiter), `tsv`, `psv` (pipe), each with a header row, `ndjson`, `json` (an array, or objects
   * one after the other), or `auto`: the content says so. A file whose content contradicts its format or its name's
   * extension is quarantined. @default "auto"
   */
  format?: string;
  /** Character between the fields of delimited text; only with format `auto` or `csv`. @default the one that divides a file's first rows equally */
  delimiter?: string;
  /** `auto` (by content), `none`, `gzip` or `zip` (all members). @default "auto" */
  compression?: string;
  /** Of files without a byte order mark, which always wins: `utf-8`, `utf-16le` or `windows-1252` (also called `latin1`). @default "utf-8" */
  encoding?: string;
  /**
   * Names, as in the file, of the fields that make an item's key: a record with the same key replaces the item, newest
   * upload last. @default none: every record of every upload is an item of its own
   */
  keyFields?: string[];
  /** Fields to rename or to give a type. @default every field passes through as it is */
  fields?: S3FieldArgs[];
  /** Drop the fields that `fields` doesn't name. @default false */
  onlyMapped?: boolean;
  /**
   * Partition keys that the source's items are spread over, 1 to 100. Each takes 1,000 writes of up to 1 KB a second, so
   * 8 take 8,000, whatever else is raised. Decide on the first day, by the largest: a change moves every item, so the
   * source has to be reloaded into an empty table. @default 8
   */
  shards?: number;
  /**
   * Of an existing bucket of yours: whether the component sets its notifications. They are one configuration, so
   * true replaces what is there. With false, let the bucket send to `collectQueueArn` in your own `BucketNotifications`
   * that is deployed after this component. @default none: give it, or `eventBridge: true`
   */
  manageNotifications?: boolean;
  /**
   * Take events from EventBridge. An existing bucket must have EventBridge switched on; its notifications are left
   * alone. @default false
   */
  eventBridge?: boolean;
  /**
   * Whether the bucket that was created for this source may be deleted with the objects in it: deploy with true before
   * you remove the source. @default the component's `allowDestroy`
   */
  allowDestroy?: boolean;
}

/** One field of a source's records and what becomes of it in the item. */
export interface S3FieldArgs {
  /** Name in the file (header, or member of the JSON object). */
  from: string;
  /** Name of the item's attribute. @default `from` */
  to?: string;
  /** `string`, `number`, `boolean`, or `json` (the text is parsed). A record whose value doesn't fit is quarantined. @default "string" */
  type?: string;
}

/** Bounds that keep one file from taking the pipeline down; a file beyond them is quarantined whole. */
export interface S3LimitsArgs {
  /** Bytes of one source object after unpacking. @default 107374182400 (100 GiB) */
  maxUnpackedBytes?: number;
  /** Bytes of the landing parts and quarantine objects that one source object becomes. @default 300 GiB, or what 10,000 parts hold if that is less */
  maxLandedBytes?: number;
  /** Unpacked bytes for each packed byte. @default 200 */
  maxUnpackRatio?: number;
  /** Members of one zip. @default 10000 */
  maxMembers?: number;
  /** Bytes of one record; a longer one is quarantined alone. @default 4194304 (4 MiB) */
  maxRecordBytes?: number;
  /** Uncompressed bytes of one landing part, which is one message of the load queue. @default 33554432 (32 MiB) */
  partBytes?: number;
}

/** Size of one of the two functions. */
export interface S3FunctionArgs {
  /** MB, 256 to 10,240; the share of a processor grows with it. @default 1024 */
  memory?: number;
  /** Seconds, 60 to 900; the next invocation goes on with longer work. The queue's visibility timeout is a minute more. @default 900 */
  timeout?: number;
  /** Invocations at the same time, 2 to 1,000. @default 10 */
  concurrency?: number;
}

/** How many days things are kept. */
export interface S3RetentionArgs {
  /** Landing parts; loaded items don't need them any more. @default 30 */
  landingDays?: number;
  /** Versions of objects that were overwritten or deleted. @default 30 */
  noncurrentDays?: number;
  /** Quarantined records with their reasons. @default 365 */
  quarantineDays?: number;
  /**
   * Ledger entries that haven't changed, 30 or more. Keep them longer than objects stay in the source buckets: a
   * replay sends what the ledger doesn't have. @default 730
   */
  ledgerDays?: number;
}

/** Arguments of `S3ToDynamoDb`. */
export interface S3ToDynamoDbArgs {
  /** Where records come from, 1 to 300; a new source is one more entry. */
  sources: S3SourceArgs[];
  /** Whether the table has a stream (of new images), for example for `SnowflakeLanding`. @default false */
  stream?: boolean;
  /**
   * Write units that the table takes a second at most, an upper bound for what it costs; beyond it writes are throttled
   * and tried again. @default DynamoDB's own quota
   */
  maxWriteRequestUnits?: number;
  /** Bounds for files and records. @default see the members */
  limits?: S3LimitsArgs;
  /** The function that unpacks source objects into the landing bucket. @default see the members */
  collect?: S3FunctionArgs;
  /** The function that writes landing parts to the table. @default see the members */
  load?: S3FunctionArgs;
  /** Trace both functions in X-Ray. @default false */
  tracing?: boolean;
  /** SNS topic that alarms are sent to. @default none: alarms only show in CloudWatch */
  alarmTopicArn?: pulumi.Input<string>;
  /** Age, in seconds, at which a queue's oldest message sets off an alarm. @default 10800 (3 h) */
  maxMessageAge?: number;
  /** Days that logs are kept; a value that CloudWatch takes. @default 90 */
  logRetentionDays?: number;
  /** How long data is kept. @default see the members */
  retention?: S3RetentionArgs;
  /** Appended to the names of the buckets that are created, since bucket names are unique in the world. @default 8 digits made from account and region */
  bucketNameSuffix?: string;
  /** Whether `pulumi destroy` may delete buckets and tables with the data in them. @default false */
  allowDestroy?: boolean;
  /** Tags beside Project, Stack, Component and ManagedBy. @default none */
  tags?: Record<string, string>;
}
