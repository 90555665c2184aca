/** The configuration of a stack: every key, its type, range and default. `docs/configuration.md` explains them. */
import { z } from "zod";
import { logRetentionDays } from "../components/parts/logRetention";

const sourceName = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,38}[a-z0-9]$/,
    "use 2 to 40 lower-case letters, digits and hyphens, beginning with a letter",
  );
const arn = (service: string) =>
  z.string().regex(new RegExp(`^arn:aws[a-z-]*:${service}:`), `expected an ARN of ${service}`);
const accountId = z.string().regex(/^\d{12}$/, "expected the 12 digits of an AWS account, in quotes");
const prefix = z
  .string()
  .max(1024)
  .refine((text) => !text.startsWith("/"), "object keys don't begin with a slash");

const field = z.strictObject({
  from: z.string().min(1),
  to: z.string().min(1).optional(),
  type: z.enum(["string", "number", "boolean", "json"]).optional(),
});

export const source = z.strictObject({
  name: sourceName,
  /** An existing bucket; left out, the stack makes one. */
  bucketName: z.string().min(3).max(63).optional(),
  /** The account of somebody else's bucket. */
  accountId: accountId.optional(),
  /** The key that the existing bucket's objects are encrypted with. */
  kmsKeyArn: arn("kms").optional(),
  prefix: prefix.optional(),
  suffix: z.string().max(1024).optional(),
  format: z.enum(["auto", "csv", "tsv", "psv", "ndjson", "json"]).optional(),
  compression: z.enum(["auto", "none", "gzip", "zip"]).optional(),
  encoding: z.enum(["utf-8", "utf-16le", "latin1"]).optional(),
  keyFields: z.array(z.string().min(1)).optional(),
  fields: z.array(field).optional(),
  onlyMapped: z.boolean().optional(),
  shards: z.int().min(1).max(100).optional(),
  manageNotifications: z.boolean().optional(),
  eventBridge: z.boolean().optional(),
});

const identifier = z
  .string()
  .regex(/^[A-Z_][A-Z0-9_$]{0,254}$/, "use capital letters, digits, _ and $, as Snowflake stores unquoted names");

const column = z.strictObject({
  name: identifier,
  type: z.string().min(1).optional(),
  /** The field of a JSON or Parquet record, as it is written in the file. */
  field: z.string().min(1).optional(),
});

export const snowflakeTable = z.strictObject({
  name: identifier,
  /** Where the table's files lie in the stage's bucket; `landingSource` instead takes a source's landing files. */
  prefix: prefix.optional(),
  landingSource: sourceName.optional(),
  /** Default: csv; landing files are json. */
  format: z.enum(["csv", "tsv", "psv", "json", "parquet"]).optional(),
  columns: z.array(column).min(1).optional(),
  /** A file with the header row, relative to the project; all its columns become VARCHAR. */
  sampleFile: z.string().min(1).optional(),
  /** Bulk load in place of a pipe: `<n> MINUTES` or `USING CRON <expression> <time zone>`. */
  schedule: z.string().min(1).optional(),
});

export const snowflake = z.strictObject({
  database: identifier,
  schema: identifier,
  /** Makes the database and the schema; otherwise they must exist. */
  createDatabase: z.boolean().default(false),
  /** Runs the scheduled loads; without it they are serverless tasks. */
  warehouse: identifier.optional(),
  /** Region of the Snowflake account, compared with the buckets'. */
  region: z.string().min(1).optional(),
  tables: z.array(snowflakeTable).default([]),
  /** Switches on that the DynamoDB table's changes are loaded: the name of the view of its newest state. */
  changesView: identifier.optional(),
});

/** A Fivetran function connector; what it doesn't name is {@link FivetranConnector}'s default. */
export const connector = z.strictObject({
  name: z
    .string()
    .regex(
      /^[a-z][a-z0-9-]{0,18}[a-z0-9]$/,
      "use 2 to 20 lower-case letters, digits and hyphens, beginning with a letter",
    ),
  /** What Fivetran's setup form shows. */
  externalId: z.string().regex(/^[\w+=,.@:/-]{2,1224}$/, "expected the External ID of Fivetran's setup form"),
  /** The module that exports `handler`, from the project's folder. */
  entry: z.string().min(1).default("functions/connector-kit/example/handler.ts"),
  fivetranAccountId: accountId.optional(),
  syncMethod: z.enum(["direct", "s3"]).optional(),
  bucketPrefix: prefix.optional(),
  startFrom: z.string().min(1).optional(),
  memory: z.int().min(256).max(10_240).optional(),
  timeout: z.int().min(10).max(900).optional(),
});

const seconds = (min: number, max: number) => z.int().min(min).max(max).optional();
const connectionIds = z.array(z.string().regex(/^\w{1,64}$/, "expected a connection's id")).optional();

export const orchestration = z.strictObject({
  /** Fivetran's id of the group. */
  groupId: z.string().regex(/^\w{1,64}$/, "expected a group's id"),
  fivetranSecretArn: arn("secretsmanager"),
  /** Left out, the stack makes an empty one, which the command `registerWebhookCommand` fills. */
  webhookSecretArn: arn("secretsmanager").optional(),
  secretsKmsKeyArn: arn("kms").optional(),
  fivetranApiUrl: z.url().optional(),
  includeConnections: connectionIds,
  excludeConnections: connectionIds,
  startOnConnections: connectionIds,
  onPaused: z.enum(["skip", "fail", "resume"]).optional(),
  scheduleType: z.enum(["auto", "manual"]).optional(),
  concurrency: z.int().min(1).max(1000).optional(),
  maxConnections: z.int().min(1).max(1000).optional(),
  mapMode: z.enum(["auto", "inline", "distributed"]).optional(),
  pollInterval: seconds(5, 86_400),
  syncTimeout: seconds(60, 604_800),
  maxReschedules: z.int().min(0).max(20).optional(),
  quorum: z.int().min(1).max(100).optional(),
  overlap: z.enum(["skip", "queue", "allow"]).optional(),
  queueTimeout: seconds(60, 86_400),
  runTimeout: seconds(600, 2_592_000),
  schedule: z
    .strictObject({
      expression: z.string().min(1),
      timeZone: z.string().min(1).optional(),
      enabled: z.boolean().optional(),
    })
    .optional(),
  /** Left out, a VPC is made. */
  network: z
    .strictObject({
      vpcId: z.string().regex(/^vpc-/, "expected the id of a VPC"),
      subnetIds: z.array(z.string().regex(/^subnet-/, "expected the id of a subnet")).min(1),
    })
    .optional(),
  dbt: z.strictObject({
    /** From the project's folder. */
    projectFolder: z.string().min(1).optional(),
    image: z.string().min(1).optional(),
    command: z.array(z.string()).min(1).optional(),
    timeout: seconds(60, 86_400),
    cpu: z.int().optional(),
    memory: z.int().optional(),
    architecture: z.enum(["X86_64", "ARM64"]).optional(),
    snowflakeSecretArn: arn("secretsmanager"),
    secretKeys: z.record(z.string(), z.string()).optional(),
    environment: z.record(z.string(), z.string()).optional(),
  }),
  logLevel: z.enum(["ALL", "ERROR", "FATAL", "OFF"]).optional(),
  artifactDays: z.int().min(1).max(3650).optional(),
});

export const stackConfig = z.strictObject({
  sources: z.array(source).default([]),
  connectors: z.array(connector).default([]),
  orchestration: orchestration.optional(),
  snowflake: snowflake.optional(),
  allowDestroy: z.boolean().default(false),
  alarmTopicArn: arn("sns").optional(),
  /** Appended to the names of buckets that the stack makes. */
  bucketNameSuffix: z
    .string()
    .regex(/^[a-z0-9-]{0,19}[a-z0-9]$/, "use at most 20 lower-case letters, digits and hyphens, the last no hyphen")
    .optional(),
  logRetentionDays: z.literal([...logRetentionDays]).default(90),
});

export type StackConfig = z.infer<typeof stackConfig>;
export type SourceSettings = z.infer<typeof source>;
export type SnowflakeTableSettings = z.infer<typeof snowflakeTable>;
export type OrchestrationSettings = z.infer<typeof orchestration>;
export type ConnectorSettings = z.infer<typeof connector>;
