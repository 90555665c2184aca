import type * as pulumi from "@pulumi/pulumi";
import type { DeltaConfig, TableConfig } from "../../functions/export-delta-import/shared/config";
import { VERSION_ORDERS, type VersionOrder } from "../../functions/export-delta-import/shared/versionOrder";
import type { ArgumentCheck, ArgumentNames } from "../parts/arguments";
import { checkLogRetentionDays } from "../parts/logRetention";
import { checkBucketNameSuffix, deployedName } from "../parts/naming";
import type { ExportDeltaImportArgs, ExportFunctionArgs } from "./args";
import { normalizeTable, OTHERS } from "./normalizeTable";
import type { FlowSettings } from "./settings";

/** The component's arguments, checked and complete. */
export interface ImportPlan {
  readonly config: DeltaConfig;
  readonly flow: FlowSettings;
  readonly bucketName?: pulumi.Input<string>;
  readonly kmsKeyArn?: pulumi.Input<string>;
  readonly manageNotifications: boolean;
  /** MB by function. */
  readonly memory: Readonly<Record<"normalise" | "publish", number>>;
  /** Undefined: on demand. */
  readonly shards?: number;
  readonly retentionHours: number;
  readonly batchSize: number;
  readonly targetShards: number;
  readonly targetStream: boolean;
  readonly maxScannedBytes: number;
  readonly maxScannedBytesPerDay: number;
  readonly centsPerTerabyte: number;
  /** Seconds for which nobody takes the lock over from an import that runs. */
  readonly leaseSeconds: number;
  readonly deltaDays: number;
  readonly quarantineDays: number;
  readonly noncurrentDays: number;
  readonly tracing: boolean;
  readonly logLevel: string;
  readonly logRetentionDays: number;
  readonly alarmTopicArn?: pulumi.Input<string>;
  readonly bucketNameSuffix: string;
  readonly allowDestroy: boolean;
}

const known: ArgumentNames<ExportDeltaImportArgs> = {
  tables: true,
  bucketName: true,
  kmsKeyArn: true,
  manageNotifications: true,
  prefix: true,
  versionOrder: true,
  manifestName: true,
  normalise: true,
  publish: true,
  stream: true,
  targetShards: true,
  targetStream: true,
  maxScannedBytes: true,
  maxScannedBytesPerDay: true,
  queryTimeout: true,
  dollarsPerTerabyte: true,
  approvalHours: true,
  catchUpTimeout: true,
  deltaDays: true,
  quarantineDays: true,
  noncurrentDays: true,
  tracing: true,
  logLevel: true,
  logRetentionDays: true,
  alarmTopicArn: true,
  bucketNameSuffix: true,
  allowDestroy: true,
  tags: true,
};

/** `config.json` lies beside the code, whose size Lambda limits; what people write stays far below. */
const maxTables = 500;
const day = 86_400;
const TiB = 1024 ** 4;
/** Seconds of a function's invocation: what isn't done then goes on in another. */
const functionTimeout = 900;
/** Invocations of one import side by side: a Map within the state machine runs at most so many. */
const maxConcurrency = 40;
/** Between two renewals of the lease up to this many queries run. */
const queriesBetweenRenewals = 4;

/** Fills in the defaults. @throws ArgumentError for the first mistake, with its path, the value and the fix */
export function normalize(check: ArgumentCheck, name: string, args: ExportDeltaImportArgs): ImportPlan {
  check.knownKeys("", args, known);
  const config = configOf(check, args);
  checkPlaces(check, args);
  const { queryTimeout = 1_800, approvalHours = 24, catchUpTimeout = 21_600, dollarsPerTerabyte = 5 } = args;
  const { maxScannedBytes = TiB, maxScannedBytesPerDay = 10 * maxScannedBytes } = args;
  check.integer("maxScannedBytes", maxScannedBytes, 10_000_000, 2 ** 53 - 1, "bytes");
  check.integer("maxScannedBytesPerDay", maxScannedBytesPerDay, 10_000_000, 2 ** 53 - 1, "bytes");
  check.integer("queryTimeout", queryTimeout, 60, 7_200, "seconds");
  check.integer("approvalHours", approvalHours, 1, 720, "hours");
  check.integer("catchUpTimeout", catchUpTimeout, 60, 604_800, "seconds");
  if (!(dollarsPerTerabyte >= 0 && dollarsPerTerabyte <= 1_000)) {
    check.fail("dollarsPerTerabyte", dollarsPerTerabyte, "Give US dollars from 0 to 1000, for example 5.");
  }
  const stream = streamOf(check, args);
  const normalise = functionOf(check, "normalise", args.normalise, { memory: 1_769, concurrency: 5 });
  const publish = functionOf(check, "publish", args.publish, {
    memory: 1_024,
    concurrency: Math.min(stream.shards ?? 5, maxConcurrency),
  });
  const approvalTimeout = approvalHours * 3_600;
  return {
    config,
    flow: {
      pipeline: deployedName(name),
      functionTimeout,
      queryTimeout,
      approvalTimeout,
      catchUpTimeout,
      readConcurrency: normalise.concurrency,
      publishConcurrency: publish.concurrency,
      catchUpInterval: 60,
      // A day for reading, comparing and publishing, in which one export's work has to be done.
      importTimeout: day + approvalTimeout + catchUpTimeout,
    },
    bucketName: args.bucketName,
    kmsKeyArn: args.kmsKeyArn,
    alarmTopicArn: args.alarmTopicArn,
    manageNotifications: args.manageNotifications ?? args.bucketName === undefined,
    memory: { normalise: normalise.memory, publish: publish.memory },
    ...stream,
    targetStream: args.targetStream ?? false,
    maxScannedBytes,
    maxScannedBytesPerDay,
    centsPerTerabyte: Math.round(dollarsPerTerabyte * 100),
    leaseSeconds: queriesBetweenRenewals * (queryTimeout + 120) + functionTimeout,
    ...daysOf(check, args),
    ...watchingOf(check, args),
    bucketNameSuffix: args.bucketNameSuffix ?? "",
    allowDestroy: args.allowDestroy ?? false,
  };
}

function configOf(check: ArgumentCheck, args: ExportDeltaImportArgs): DeltaConfig {
  const { tables, prefix = "", versionOrder = "date-and-number", manifestName = "" } = args;
  if (!Array.isArray(tables) || tables.length === 0) {
    check.fail("tables", tables, 'Give at least one table, for example { table: "orders", keyColumns: ["id"] }.');
  }
  if (tables.length > maxTables) {
    check.fail("tables", `${tables.length} tables`, `One component takes ${maxTables}; tables alike share "*".`);
  }
  const complete = new Map<string, TableConfig>();
  for (const [i, args] of tables.entries()) {
    const table = normalizeTable(check, args, `tables[${i}]`);
    if (complete.has(args.table))
      check.fail(`tables[${i}].table`, args.table, "It is listed twice; list a table once.");
    complete.set(args.table, table);
  }
  check.matches(
    "prefix",
    prefix,
    /^$|^[^/*?$\0][^*?$\0]{0,199}\/$/,
    'Give the literal beginning of the keys, ending with a slash, for example "exports/".',
  );
  check.oneOf("versionOrder", versionOrder, VERSION_ORDERS);
  check.matches(
    "manifestName",
    manifestName,
    /^[^/\0]{0,200}$/,
    'Give the object\'s name without folders, for example "manifest.json".',
  );
  const otherTables = complete.get(OTHERS);
  complete.delete(OTHERS);
  return {
    prefix,
    versionOrder: versionOrder as VersionOrder,
    manifestName,
    tables: Object.fromEntries(complete),
    otherTables,
  };
}

function checkPlaces(check: ArgumentCheck, args: ExportDeltaImportArgs): void {
  const { bucketName, kmsKeyArn, manageNotifications, bucketNameSuffix = "" } = args;
  if (typeof bucketName === "string") {
    check.matches(
      "bucketName",
      bucketName,
      /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      "Give a bucket's name: 3 to 63 lower-case letters, digits, dots and hyphens; no ARN, no s3://.",
    );
  }
  if (kmsKeyArn !== undefined) check.arn("kmsKeyArn", kmsKeyArn, "kms");
  if (bucketName === undefined && kmsKeyArn !== undefined) {
    check.fail("kmsKeyArn", kmsKeyArn, "It is about an existing bucket: give bucketName too.");
  }
  if (bucketName === undefined && manageNotifications === false) {
    check.fail(
      "manageNotifications",
      false,
      "A bucket that is created here has nobody else to set them; leave it out.",
    );
  }
  checkBucketNameSuffix(check, bucketNameSuffix);
}

function functionOf(
  check: ArgumentCheck,
  path: string,
  args: ExportFunctionArgs = {},
  usual: Required<ExportFunctionArgs>,
) {
  check.knownKeys(path, args, { memory: true, concurrency: true });
  const { memory = usual.memory, concurrency = usual.concurrency } = args;
  check.integer(`${path}.memory`, memory, 256, 10_240, "MB");
  check.integer(`${path}.concurrency`, concurrency, 1, maxConcurrency);
  return { memory, concurrency };
}

function streamOf(check: ArgumentCheck, { stream = {}, targetShards = 8 }: ExportDeltaImportArgs) {
  check.knownKeys("stream", stream, { shards: true, retentionHours: true, batchSize: true });
  const { shards, retentionHours = 168, batchSize = 500 } = stream;
  if (shards !== undefined) check.integer("stream.shards", shards, 1, 200);
  check.integer("stream.retentionHours", retentionHours, 24, 8_760, "hours");
  check.integer("stream.batchSize", batchSize, 1, 10_000);
  check.integer("targetShards", targetShards, 1, 100);
  return { shards, retentionHours, batchSize, targetShards };
}

function daysOf(check: ArgumentCheck, args: ExportDeltaImportArgs) {
  const { deltaDays = 30, quarantineDays = 90, noncurrentDays = 30 } = args;
  for (const [name, days] of Object.entries({ deltaDays, quarantineDays, noncurrentDays })) {
    check.integer(name, days, 1, 3_650, "days");
  }
  return { deltaDays, quarantineDays, noncurrentDays };
}

function watchingOf(check: ArgumentCheck, args: ExportDeltaImportArgs) {
  const { logLevel = "ERROR", logRetentionDays = 90, tracing = false, alarmTopicArn } = args;
  check.oneOf("logLevel", logLevel, ["ALL", "ERROR", "FATAL", "OFF"]);
  checkLogRetentionDays(check, logRetentionDays);
  if (alarmTopicArn !== undefined) check.arn("alarmTopicArn", alarmTopicArn, "sns");
  return { logLevel, logRetentionDays, tracing };
}
