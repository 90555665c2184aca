import type * as pulumi from "@pulumi/pulumi";

/** A column of a table. */
export interface SnowflakeColumnArgs {
  /** Name, written as in SQL without quotes: Snowflake keeps it in upper case. */
  name: string;
  /** Snowflake type, for example `NUMBER(38,0)`, `TIMESTAMP_LTZ`, `VARIANT`. @default "VARCHAR" */
  type?: string;
  /** JSON and Parquet: the field that the column takes its values from, spelt as in the file. @default `name` as given */
  field?: string;
}

/** One table, and the files that are loaded into it. */
export interface SnowflakeTableArgs {
  /** Name of the table, written as in SQL without quotes. The stage, the format and the pipe are named after it. */
  name: string;
  /** Where its files are, with the slash at the end, for example `landing/orders/`. No prefix may begin with another. */
  prefix: string;
  /** `csv` (any delimited text), `json` (NDJSON or a JSON array) or `parquet`. @default "csv" */
  format?: string;
  /** Compression: AUTO, GZIP, BZ2, BROTLI, ZSTD, DEFLATE, RAW_DEFLATE, NONE; Parquet AUTO, LZO, SNAPPY, NONE. @default "AUTO" */
  compression?: string;
  /** CSV: what separates fields, for example `|` or a tab. @default "," */
  delimiter?: string;
  /** CSV: the first line of each file is a header and not loaded. @default true */
  header?: boolean;
  /**
   * CSV: how fields find their columns. `position`: in the order of the columns; a record with more or fewer fields is
   * an error. `name`: by the header, in any order and either case; a column that isn't in the header is NULL, and a
   * field without a column is left out, so `requiredColumns` must name the columns that every right file has.
   * @default "position"
   */
  matchBy?: string;
  /** CSV by position: records may have more fields than columns (left out) or fewer (NULL). @default false */
  anyFieldCount?: boolean;
  /** CSV: what may enclose a field, `"` or `'`; an empty text for none. @default '"' */
  quote?: string;
  /** CSV: encoding by Snowflake's name, for example `UTF8`, `UTF16LE`, `ISO88591`, `WINDOWS1252`. @default "UTF8" */
  encoding?: string;
  /** Texts that are loaded as NULL, besides empty fields of CSV. @default none */
  nullValues?: string[];
  /** The columns: CSV in the order of the file, JSON and Parquet picked by field. @default CSV: from `sampleFile`; JSON and Parquet: one VARIANT column `RECORD` */
  columns?: SnowflakeColumnArgs[];
  /** CSV: a file on this machine whose header gives the columns, all VARCHAR. Read when the program runs. @default none */
  sampleFile?: string;
  /** Columns in which a NULL is an error: a file whose records lack them isn't this table's. @default none */
  requiredColumns?: string[];
  /**
   * Columns that an update may drop, with their data. A column that is no longer declared and isn't named here is an
   * error, even if a sample file's header lost or renamed it. @default none
   */
  dropColumns?: string[];
  /**
   * What happens at an error: `SKIP_FILE` leaves the file out, `CONTINUE` only the records with errors. Both are reported
   * through `errorTopicArn`; for a pipe with CONTINUE, which Snowflake itself doesn't report, by a task that looks every
   * hour. @default "SKIP_FILE"
   */
  onError?: string;
  /**
   * Bulk load instead of a pipe: when COPY INTO runs, as `<n> MINUTES` or `USING CRON <expression> <time zone>`, for
   * example `USING CRON 0 2 * * * Europe/Berlin`. @default none: files are loaded by a pipe as they come
   */
  schedule?: string;
}

/**
 * A DynamoDB table whose items and their changes go to Snowflake. Its stream wakes a function, which writes each batch
 * of changes as a file under `changes/<name>/` in the bucket; a pipe loads the files into `<name>_CHANGES`; a task merges
 * these into `<name>_CURRENT`; the view `<name>` shows the newest state of both.
 */
export interface SnowflakeDynamoDbTableArgs {
  /** Name of the view of the newest state, written as in SQL without quotes. */
  name: string;
  /** Name of the DynamoDB table. */
  tableName: pulumi.Input<string>;
  /** ARN of the DynamoDB table. */
  tableArn: pulumi.Input<string>;
  /** ARN of its stream, with view type NEW_IMAGE: keys come with every change, and nothing reads old images. */
  streamArn: pulumi.Input<string>;
  /** Name of the partition key. @default "pk" */
  partitionKey?: string;
  /** Name of the sort key; an empty text where the table has none. @default "sk" */
  sortKey?: string;
}

/** Arguments of `SnowflakeLanding`. */
export interface SnowflakeLandingArgs {
  /** Name of the database, as Snowflake stores it (upper case unless it was made with quotes). It must exist. */
  database: pulumi.Input<string>;
  /** Name of the schema, as Snowflake stores it. It must exist. */
  schema: pulumi.Input<string>;
  /** The tables and where their files are. @default none; then `dynamoDbTables` must be given */
  tables?: SnowflakeTableArgs[];
  /** Name of the bucket with the files. @default a bucket is made */
  bucketName?: pulumi.Input<string>;
  /** Appended to the name of the bucket that is made, since bucket names are unique in the world. @default 8 digits made from account and region */
  bucketNameSuffix?: string;
  /** KMS key that the given bucket's objects are encrypted with. @default none */
  kmsKeyArn?: pulumi.Input<string>;
  /**
   * Lets `pulumi destroy`, or a change that would do the same, remove the component's own bucket with its objects and
   * the Snowflake tables with their rows. Otherwise they are protected, and stay when they leave the program. @default false
   */
  allowDestroy?: boolean;
  /** Days that Time Travel can go back in the tables, 0 to 90 (Standard Edition: 1 at most). @default as the schema has it */
  timeTravelDays?: number;
  /**
   * Grants the loader role USAGE on the database and the schema, which requires their ownership, USAGE WITH GRANT OPTION
   * on them, or MANAGE GRANTS. False: their owner grants it, with the statements in the output `ownerGrants`. @default true
   */
  grantUsage?: boolean;
  /**
   * This component sets the bucket's notifications. False: another does; give it the output `notificationTargets`.
   * @default true
   */
  manageNotifications?: boolean;
  /** Region of the Snowflake account, as `eu-central-1` or `AWS_EU_CENTRAL_1`; a warning says if the bucket is elsewhere. @default not compared */
  snowflakeRegion?: string;
  /** Region of the bucket, if it isn't the AWS provider's. @default the provider's */
  bucketRegion?: string;
  /** Pipes and tasks report their errors through an SNS topic (output `errorTopicArn`). @default true */
  errorNotifications?: boolean;
  /** Warehouse that runs the scheduled loads. @default serverless tasks */
  warehouse?: string;
  /** DynamoDB tables whose changes are written to the bucket and loaded. @default none */
  dynamoDbTables?: SnowflakeDynamoDbTableArgs[];
  /** How often changes are merged into the current table, as `<n> MINUTES` or `USING CRON …`. @default "60 MINUTES" */
  mergeSchedule?: string;
  /**
   * Days that merged changes are kept, as rows of `<name>_CHANGES` and, in the component's own bucket, as files, 8 to
   * 3650. The newest state of each item stays for as long as the item. @default 90
   */
  changesRetentionDays?: number;
  /** Seconds that changes of a DynamoDB table are gathered for one file, 0 to 300. @default 60 */
  changesWindowSeconds?: number;
  /** How often a failed batch of changes is retried before it goes to the dead-letter queue, 0 to 10000. @default 10 */
  changesRetries?: number;
  /** SNS topic for alarms: changes or a full load of a DynamoDB table failed. @default none: alarms only show in CloudWatch */
  alarmTopicArn?: pulumi.Input<string>;
  /** Days that the logs are kept. @default 30 */
  logRetentionDays?: number;
  /** Tags of every AWS resource, besides the component's own. @default none */
  tags?: Record<string, string>;
}
