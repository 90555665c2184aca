/**
 * The shape of a stack's configuration: every key and its type. Ranges and patterns are the components' own and are
 * told by them; what stands here is only what has no component. `docs/configuration.md` explains the keys.
 */
import { z } from "zod";
import type { ExportDeltaImportArgs, ExportTableArgs } from "../components/export-delta-import/args";
import type { KafkaLambdaSinkArgs } from "../components/kafka-lambda-sink/args";
import { logRetentionDays } from "../components/parts/logRetention";
import type { S3SourceArgs } from "../components/s3-to-dynamodb/args";

const text = z.string().min(1);
const texts = z.array(text);
const field = z.strictObject({ from: text, to: text.optional(), type: text.optional() });

export const source = z.strictObject({
  name: text,
  /** An existing bucket; left out, the stack makes one. */
  bucketName: text.optional(),
  /** The account of somebody else's bucket. */
  accountId: text.optional(),
  /** The key that the existing bucket's objects are encrypted with. */
  kmsKeyArn: text.optional(),
  prefix: z.string().optional(),
  suffix: z.string().optional(),
  format: text.optional(),
  delimiter: text.optional(),
  compression: text.optional(),
  encoding: text.optional(),
  keyFields: texts.optional(),
  fields: z.array(field).optional(),
  onlyMapped: z.boolean().optional(),
  shards: z.number().optional(),
  manageNotifications: z.boolean().optional(),
  eventBridge: z.boolean().optional(),
  allowDestroy: z.boolean().optional(),
} satisfies Record<keyof S3SourceArgs, z.ZodType>);

const identifier = z
  .string()
  .regex(/^[A-Z_][A-Z0-9_$]{0,254}$/, "use capital letters, digits, _ and $, as Snowflake stores unquoted names");

const column = z.strictObject({
  name: identifier,
  type: text.optional(),
  /** The field of a JSON or Parquet record, as it is written in the file. */
  field: text.optional(),
});

export const snowflakeTable = z.strictObject({
  name: identifier,
  prefix: z.string().optional(),
  landingSource: text.optional().describe("In place of `prefix`: takes the landing files of this source."),
  /** Default: csv; landing files are json. */
  format: z.enum(["csv", "tsv", "psv", "json", "parquet"]).optional(),
  columns: z.array(column).min(1).optional(),
  /** A file with the header row, relative to the project; all its columns become VARCHAR. */
  sampleFile: text.optional(),
  onError: text.optional(),
  requiredColumns: z.array(identifier).optional(),
  matchBy: text.optional(),
  anyFieldCount: z.boolean().optional(),
  /** The only columns that an update may drop. */
  dropColumns: z.array(identifier).optional(),
  /** Bulk load in place of a pipe: `<n> MINUTES` or `USING CRON <expression> <time zone>`. */
  schedule: text.optional(),
});

export const snowflake = z.strictObject({
  database: identifier,
  schema: identifier,
  createDatabase: z.boolean().default(false).describe("Makes the database and the schema; otherwise they must exist."),
  /** Runs the scheduled loads; without it they are serverless tasks. */
  warehouse: identifier.optional(),
  region: text.optional().describe("Region of the Snowflake account, compared with the buckets'."),
  /** Days that Time Travel can go back in the tables. */
  timeTravelDays: z.number().optional(),
  /** False: the owner of database and schema grants USAGE on them to the loader role. */
  grantUsage: z.boolean().optional(),
  tables: z.array(snowflakeTable).default([]),
  changesView: identifier
    .optional()
    .describe("Loads the DynamoDB table's changes; the value is the name of the view of its newest state."),
  mergeSchedule: text.optional(),
  changesRetentionDays: z.number().optional(),
});

/** A Fivetran function connector; what it doesn't name is {@link FivetranConnector}'s default. */
export const connector = z.strictObject({
  name: z
    .string()
    .regex(
      /^[a-z][a-z0-9-]{0,18}[a-z0-9]$/,
      "use 2 to 20 lower-case letters, digits and hyphens, beginning with a letter",
    )
    .describe("Part of the names of what the connector is made of: the component is called `connector-<name>`."),
  /** What Fivetran's setup form shows. */
  externalId: text,
  /** The module that exports `handler`, from the project's folder. */
  entry: text.default("functions/connector-kit/example/handler.ts"),
  fivetranAccountId: text.optional(),
  syncMethod: text.optional(),
  bucketPrefix: z.string().optional(),
  startFrom: text.optional(),
  memory: z.number().optional(),
  timeout: z.number().optional(),
});

export const orchestration = z.strictObject({
  /** Fivetran's id of the group. */
  groupId: text,
  fivetranSecretArn: text,
  /** Left out, the stack makes an empty one, which the command `registerWebhookCommand` fills. */
  webhookSecretArn: text.optional(),
  secretsKmsKeyArn: text.optional(),
  fivetranApiUrl: text.optional(),
  includeConnections: texts.optional(),
  excludeConnections: texts.optional(),
  startOnConnections: texts.optional(),
  onPaused: text.optional(),
  scheduleType: text.optional(),
  concurrency: z.number().optional(),
  maxConnections: z.number().optional(),
  mapMode: text.optional(),
  pollInterval: z.number().optional(),
  syncTimeout: z.number().optional(),
  maxReschedules: z.number().optional(),
  quorum: z.number().optional(),
  overlap: text.optional(),
  queueTimeout: z.number().optional(),
  runTimeout: z.number().optional(),
  schedule: z.strictObject({ expression: text, timeZone: text.optional(), enabled: z.boolean().optional() }).optional(),
  /** Left out, a VPC is made. */
  network: z.strictObject({ vpcId: text, subnetIds: texts }).optional(),
  dbt: z.strictObject({
    /** From the project's folder. */
    projectFolder: text.optional(),
    image: text.optional(),
    command: texts.optional(),
    timeout: z.number().optional(),
    cpu: z.number().optional(),
    memory: z.number().optional(),
    architecture: text.optional(),
    snowflakeSecretArn: text,
    secretKeys: z.record(z.string(), z.string()).optional(),
    environment: z.record(z.string(), z.string()).optional(),
  }),
  logLevel: text.optional(),
  artifactDays: z.number().optional(),
});

export const exportTable = z.strictObject({
  /** `*` stands for every table that isn't listed. */
  table: text,
  keyColumns: texts,
  header: z.boolean().optional(),
  columns: z.array(z.strictObject({ name: text, type: text.optional() })).optional(),
  delimiter: text.optional(),
  quote: z.string().optional(),
  encoding: text.optional(),
  nullText: z.string().optional(),
  maxDeletedShare: z.number().optional(),
  maxBadRecords: z.number().optional(),
  addedColumns: text.optional(),
  droppedColumns: text.optional(),
  changedTypes: text.optional(),
  renamedColumns: z.array(z.strictObject({ from: text, to: text })).optional(),
  settleSeconds: z.number().optional(),
  cleanFiles: z.boolean().optional(),
} satisfies Record<keyof ExportTableArgs, z.ZodType>);

const importFunction = z.strictObject({ memory: z.number().optional(), concurrency: z.number().optional() });

/** What the stack's own keys give to every component. */
type OfStack = "alarmTopicArn" | "logRetentionDays" | "bucketNameSuffix" | "allowDestroy" | "tags";

/** Full exports of tables; the component's arguments. */
export const imports = z.strictObject({
  tables: z.array(exportTable).min(1),
  /** An existing bucket; left out, the stack makes one. */
  bucketName: text.optional(),
  kmsKeyArn: text.optional(),
  manageNotifications: z.boolean().optional(),
  prefix: z.string().optional(),
  versionOrder: text.optional(),
  manifestName: z.string().optional(),
  normalise: importFunction.optional(),
  publish: importFunction.optional(),
  stream: z
    .strictObject({
      shards: z.number().optional(),
      retentionHours: z.number().optional(),
      batchSize: z.number().optional(),
    })
    .optional(),
  targetShards: z.number().optional(),
  targetStream: z.boolean().optional(),
  maxScannedBytes: z.number().optional(),
  maxScannedBytesPerDay: z.number().optional(),
  queryTimeout: z.number().optional(),
  dollarsPerTerabyte: z.number().optional(),
  approvalHours: z.number().optional(),
  catchUpTimeout: z.number().optional(),
  deltaDays: z.number().optional(),
  quarantineDays: z.number().optional(),
  noncurrentDays: z.number().optional(),
  tracing: z.boolean().optional(),
  logLevel: text.optional(),
} satisfies Record<Exclude<keyof ExportDeltaImportArgs, OfStack>, z.ZodType>);
/** A sink of Kafka topics; what it doesn't name is {@link KafkaLambdaSink}'s default. */
export const kafkaSink = z.strictObject({
  name: z
    .string()
    .regex(
      /^[a-z][a-z0-9-]{0,18}[a-z0-9]$/,
      "use 2 to 20 lower-case letters, digits and hyphens, beginning with a letter",
    )
    .describe("Part of the names of what the sink is made of: the component is called `kafka-<name>`."),
  functionArn: text.optional(),
  topics: texts.optional(),
  bootstrapServers: text.optional(),
  authentication: text.optional(),
  brokerSecretArn: text.optional(),
  mskClusterArn: text.optional(),
  invocationType: text.optional(),
  batchSize: z.number().optional(),
  behaviorOnError: text.optional(),
  failScope: text.optional(),
  resultTopic: text.optional(),
  errorTopic: text.optional(),
  keyConverter: text.optional(),
  valueConverter: text.optional(),
  schemaRegistryUrl: text.optional(),
  /** More of the connector's own keys. */
  config: z.record(z.string(), z.string()).optional(),
  /** From the project's folder. */
  connectorFile: text.optional(),
  secrets: z.array(z.strictObject({ variable: text, secretArn: text, key: text })).optional(),
  secretsKmsKeyArn: text.optional(),
  /** Left out, a VPC is made. */
  network: z.strictObject({ vpcId: text, subnetIds: texts }).optional(),
  brokerPorts: z.array(z.number()).optional(),
  minTasks: z.number().optional(),
  maxTasks: z.number().optional(),
  lagPerTask: z.number().optional(),
  maxLag: z.number().optional(),
  cpu: z.number().optional(),
  memory: z.number().optional(),
  architecture: text.optional(),
  stopTimeout: z.number().optional(),
  image: text.optional(),
} satisfies Record<Exclude<keyof KafkaLambdaSinkArgs, OfStack> | "name", z.ZodType>);

export const stackConfig = z.strictObject({
  sources: z.array(source).default([]),
  connectors: z.array(connector).default([]),
  orchestration: orchestration.optional(),
  kafkaSinks: z.array(kafkaSink).default([]),
  snowflake: snowflake.optional(),
  imports: imports.optional(),
  allowDestroy: z.boolean().default(false),
  alarmTopicArn: z
    .string()
    .regex(/^arn:aws[a-z-]*:sns:/, "expected an ARN of sns")
    .optional(),
  /** Appended to the names of buckets that the stack makes. */
  bucketNameSuffix: z
    .string()
    .regex(
      /^[a-z0-9-]{0,19}[a-z0-9]$/,
      "use at most 20 lower-case letters, digits and hyphens, not ending with a hyphen",
    )
    .optional(),
  logRetentionDays: z.literal([...logRetentionDays]).default(90),
});

export type StackConfig = z.infer<typeof stackConfig>;
export type SnowflakeTableSettings = z.infer<typeof snowflakeTable>;
export type OrchestrationSettings = z.infer<typeof orchestration>;
export type ImportSettings = z.infer<typeof imports>;
export type ConnectorSettings = z.infer<typeof connector>;
export type KafkaSinkSettings = z.infer<typeof kafkaSink>;

interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
}

const jsonSchema = z.toJSONSchema(stackConfig, { io: "input" }) as JsonSchema;

/** The keys whose values Pulumi hands over as JSON. */
export const structuredKeys: readonly string[] = Object.entries(jsonSchema.properties ?? {})
  .filter(([, { type }]) => type !== "string")
  .map(([key]) => key);

/** What may stand at a place of the configuration, for a hint. */
export function keysAt(path: readonly (string | number)[]): string[] {
  const at = path.reduce<JsonSchema | undefined>(
    (schema, part) => (typeof part === "number" ? schema?.items : schema?.properties?.[part]),
    jsonSchema,
  );
  return Object.keys(at?.properties ?? {});
}
