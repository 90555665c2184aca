import { ArgumentCheck, type ArgumentNames } from "../parts/arguments";
import { checkLogRetentionDays } from "../parts/logRetention";
import { checkBucketNameSuffix } from "../parts/naming";
import type { SnowflakeDynamoDbTableArgs, SnowflakeLandingArgs } from "./args";
import { identifier, identifierProblem, overlappingPrefixes } from "./names";
import { normalizeSchedule, normalizeTable } from "./normalizeTable";
import { changesPlan, type DynamoDbPlan, type LandingPlan, logicalKey, type TablePlan } from "./plan";

const knownArgs: ArgumentNames<SnowflakeLandingArgs> = {
  database: true,
  schema: true,
  tables: true,
  bucketName: true,
  bucketNameSuffix: true,
  kmsKeyArn: true,
  allowDestroy: true,
  timeTravelDays: true,
  grantUsage: true,
  manageNotifications: true,
  snowflakeRegion: true,
  bucketRegion: true,
  errorNotifications: true,
  warehouse: true,
  dynamoDbTables: true,
  mergeSchedule: true,
  changesRetentionDays: true,
  changesWindowSeconds: true,
  changesRetries: true,
  alarmTopicArn: true,
  logRetentionDays: true,
  tags: true,
};
const knownDynamoDbArgs: ArgumentNames<SnowflakeDynamoDbTableArgs> = {
  name: true,
  tableName: true,
  tableArn: true,
  streamArn: true,
  partitionKey: true,
  sortKey: true,
};

/** @throws ArgumentError at the first mistake, with its path, its value and the fix */
export function normalize(owner: string, args: SnowflakeLandingArgs): LandingPlan {
  const check = new ArgumentCheck(owner);
  check.knownKeys("", args, knownArgs);
  for (const key of ["database", "schema"] as const) {
    const value = args[key];
    if (value === undefined || value === null || typeof value === "string") checkIdentifier(check, key, value);
  }
  const declared = (args.tables ?? []).map((table, i) => normalizeTable(check, `tables[${i}]`, table));
  const dynamoDb = (args.dynamoDbTables ?? []).map((table, i) =>
    normalizeDynamoDb(check, `dynamoDbTables[${i}]`, table),
  );
  const tables = [...declared, ...dynamoDb.map(({ changes }) => changes)];
  if (tables.length === 0) check.fail("tables", args.tables, "Give at least one table, or dynamoDbTables.");
  checkNames(check, tables, dynamoDb);
  checkPrefixes(check, tables);
  if (args.kmsKeyArn !== undefined) {
    check.arn("kmsKeyArn", args.kmsKeyArn, "kms");
    if (args.bucketName === undefined) {
      check.fail("kmsKeyArn", args.kmsKeyArn, "It belongs to a given bucket: give bucketName, or leave it out.");
    }
  }
  const { bucketNameSuffix = "" } = args;
  checkBucketNameSuffix(check, bucketNameSuffix);
  if (bucketNameSuffix !== "" && args.bucketName !== undefined) {
    check.fail("bucketNameSuffix", bucketNameSuffix, "The given bucket has its name already; leave it out.");
  }
  const { mergeSchedule = "60 MINUTES", changesRetentionDays = 90 } = args;
  // Snowpipe remembers the files of 14 days and can be refreshed with those of 7.
  check.integer("changesRetentionDays", changesRetentionDays, 8, 3650, "days");
  const { changesWindowSeconds = 60, changesRetries = 10, logRetentionDays = 30 } = args;
  check.integer("changesWindowSeconds", changesWindowSeconds, 0, 300, "seconds");
  check.integer("changesRetries", changesRetries, 0, 10_000);
  checkLogRetentionDays(check, logRetentionDays);
  const { timeTravelDays } = args;
  if (timeTravelDays !== undefined) check.integer("timeTravelDays", timeTravelDays, 0, 90, "days");
  return {
    tables,
    dynamoDb,
    bucketNameSuffix,
    manageNotifications: args.manageNotifications ?? true,
    errorNotifications: args.errorNotifications ?? true,
    grantUsage: args.grantUsage ?? true,
    allowDestroy: args.allowDestroy ?? false,
    timeTravelDays,
    mergeSchedule: normalizeSchedule(check, "mergeSchedule", mergeSchedule),
    changesRetentionDays,
    changesWindowSeconds,
    changesRetries,
    logRetentionDays,
  };
}

export function checkIdentifier(check: ArgumentCheck, path: string, value: unknown): void {
  const problem = typeof value === "string" ? identifierProblem(value) : "expected a name";
  if (problem !== undefined) check.fail(path, value, `${problem[0]?.toUpperCase()}${problem.slice(1)}.`);
}

function normalizeDynamoDb(check: ArgumentCheck, path: string, args: SnowflakeDynamoDbTableArgs): DynamoDbPlan {
  check.knownKeys(path, args, knownDynamoDbArgs);
  checkIdentifier(check, `${path}.name`, args.name);
  check.arn(`${path}.tableArn`, args.tableArn, "dynamodb");
  check.arn(`${path}.streamArn`, args.streamArn, "dynamodb");
  if (typeof args.streamArn === "string" && !args.streamArn.includes("/stream/")) {
    check.fail(
      `${path}.streamArn`,
      args.streamArn,
      "Give the stream's ARN (…/stream/<time>): switch the table's stream on with view type NEW_IMAGE and pass its streamArn.",
    );
  }
  const { partitionKey = "pk", sortKey = "sk" } = args;
  if (partitionKey === "") check.fail(`${path}.partitionKey`, partitionKey, "Give the name of the partition key.");
  const view = identifier(args.name);
  return {
    args,
    key: logicalKey(view),
    view,
    changes: changesPlan(view),
    current: `${view}_CURRENT`,
    mergeTask: `${view}_MERGE`,
    keyAttributes: sortKey === "" ? [partitionKey] : [partitionKey, sortKey],
  };
}

/** Tables and views share their names in a schema; the rest is named after the table. */
function checkNames(check: ArgumentCheck, tables: readonly TablePlan[], dynamoDb: readonly DynamoDbPlan[]): void {
  const seen = new Set<string>();
  const ofDynamoDb = dynamoDb.flatMap(({ view, current }) => [view, current]);
  for (const name of [...tables.map(({ names }) => names.table), ...ofDynamoDb]) {
    if (seen.has(name)) {
      check.fail("tables", name, "Two tables or views have this name (upper and lower case are the same); rename one.");
    }
    seen.add(name);
  }
}

function checkPrefixes(check: ArgumentCheck, tables: readonly TablePlan[]): void {
  const pair = overlappingPrefixes(tables);
  if (pair === undefined) return;
  const [a, b] = pair;
  check.fail(
    "tables",
    `${a.names.table} (${a.prefix}) and ${b.names.table} (${b.prefix})`,
    "One prefix begins with the other, so that files would be loaded into both tables. Give each table a prefix of its own.",
  );
}
