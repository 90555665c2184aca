import type { Limits } from "../../functions/s3-to-dynamodb/shared/contract";
import { MAX_PARTS } from "../../functions/s3-to-dynamodb/shared/contract";
import type { ArgumentCheck, ArgumentNames } from "../parts/arguments";
import { checkLogRetentionDays } from "../parts/logRetention";
import { checkBucketNameSuffix } from "../parts/naming";
import type { S3FunctionArgs, S3LimitsArgs, S3RetentionArgs, S3ToDynamoDbArgs } from "./args";
import { checkBuckets } from "./checkBuckets";
import { normalizeSource } from "./normalizeSource";
import type { FunctionSettings, Pipeline, Retention } from "./pipeline";

/** More would not fit into the role's policies; 300 is measured. */
const maxSources = 300;

const known: ArgumentNames<S3ToDynamoDbArgs> = {
  sources: true,
  stream: true,
  maxWriteRequestUnits: true,
  limits: true,
  collect: true,
  load: true,
  tracing: true,
  alarmTopicArn: true,
  maxMessageAge: true,
  logRetentionDays: true,
  retention: true,
  bucketNameSuffix: true,
  allowDestroy: true,
  tags: true,
};

/** Fills in the defaults. @throws ArgumentError for the first mistake, with its path, the value and the fix */
export function normalize(check: ArgumentCheck, args: S3ToDynamoDbArgs): Pipeline {
  check.knownKeys("", args, known);
  const { sources, bucketNameSuffix = "", maxMessageAge = 10_800, logRetentionDays = 90 } = args;
  if (!Array.isArray(sources) || sources.length === 0) {
    check.fail("sources", sources, 'Give at least one source, for example { name: "orders" }.');
  }
  if (sources.length > maxSources) {
    check.fail("sources", `${sources.length} sources`, `One component takes ${maxSources}; split them over several.`);
  }
  checkBucketNameSuffix(check, bucketNameSuffix);
  check.integer("maxMessageAge", maxMessageAge, 60, 345_600, "seconds (4 days, when messages are dropped)");
  checkLogRetentionDays(check, logRetentionDays);
  if (args.alarmTopicArn !== undefined) check.arn("alarmTopicArn", args.alarmTopicArn, "sns");
  const { maxWriteRequestUnits, allowDestroy = false } = args;
  if (maxWriteRequestUnits !== undefined) check.integer("maxWriteRequestUnits", maxWriteRequestUnits, 1, 1_000_000_000);
  const complete = sources.map((source, i) => normalizeSource(check, source, `sources[${i}]`, allowDestroy));
  checkBuckets(check, complete);
  return {
    sources: complete,
    stream: args.stream ?? false,
    maxWriteRequestUnits,
    limits: normalizeLimits(check, args.limits ?? {}),
    collect: normalizeFunction(check, "collect", args.collect ?? {}),
    load: normalizeFunction(check, "load", args.load ?? {}),
    tracing: args.tracing ?? false,
    alarmTopicArn: args.alarmTopicArn,
    maxMessageAge,
    logRetentionDays,
    retention: normalizeRetention(check, args.retention ?? {}),
    bucketNameSuffix,
    allowDestroy,
  };
}

function normalizeLimits(check: ArgumentCheck, args: S3LimitsArgs): Limits {
  const MiB = 1024 ** 2;
  check.knownKeys("limits", args, {
    maxUnpackedBytes: true,
    maxLandedBytes: true,
    maxUnpackRatio: true,
    maxMembers: true,
    maxRecordBytes: true,
    partBytes: true,
  });
  const partBytes = args.partBytes ?? 32 * MiB;
  const limits = {
    maxUnpackedBytes: args.maxUnpackedBytes ?? 100 * 1024 * MiB,
    maxLandedBytes: args.maxLandedBytes ?? Math.min(300 * 1024 * MiB, MAX_PARTS * partBytes),
    maxUnpackRatio: args.maxUnpackRatio ?? 200,
    maxMembers: args.maxMembers ?? 10_000,
    maxRecordBytes: args.maxRecordBytes ?? 4 * MiB,
    partBytes,
  };
  check.integer("limits.maxUnpackedBytes", limits.maxUnpackedBytes, 1, 5 * 1024 ** 4, "bytes");
  check.integer("limits.maxUnpackRatio", limits.maxUnpackRatio, 1, 100_000);
  check.integer("limits.maxMembers", limits.maxMembers, 1, 1_000_000);
  check.integer("limits.maxRecordBytes", limits.maxRecordBytes, 1, 64 * MiB, "bytes");
  check.integer("limits.partBytes", partBytes, 64 * 1024, 256 * MiB, "bytes");
  const most = MAX_PARTS * partBytes;
  if (limits.maxUnpackedBytes > most) {
    const least = Math.ceil(limits.maxUnpackedBytes / MAX_PARTS);
    check.fail(
      "limits.partBytes",
      partBytes,
      `A file of maxUnpackedBytes would have more than ${MAX_PARTS} parts. Give at least ${least} bytes, or lower maxUnpackedBytes.`,
    );
  }
  check.integer("limits.maxLandedBytes", limits.maxLandedBytes, 1, most, `bytes: ${MAX_PARTS} parts of partBytes`);
  return limits;
}

function normalizeFunction(check: ArgumentCheck, path: string, args: S3FunctionArgs): FunctionSettings {
  check.knownKeys(path, args, { memory: true, timeout: true, concurrency: true });
  const { memory = 1024, timeout = 900, concurrency = 10 } = args;
  check.integer(`${path}.memory`, memory, 256, 10_240, "MB");
  check.integer(`${path}.timeout`, timeout, 60, 900, "seconds");
  check.integer(`${path}.concurrency`, concurrency, 2, 1000);
  return { memory, timeout, concurrency };
}

function normalizeRetention(check: ArgumentCheck, args: S3RetentionArgs): Retention {
  check.knownKeys("retention", args, {
    landingDays: true,
    noncurrentDays: true,
    quarantineDays: true,
    ledgerDays: true,
  });
  const { landingDays = 30, noncurrentDays = 30, quarantineDays = 365, ledgerDays = 730 } = args;
  check.integer("retention.landingDays", landingDays, 1, 3650, "days");
  check.integer("retention.noncurrentDays", noncurrentDays, 1, 3650, "days");
  check.integer("retention.quarantineDays", quarantineDays, 1, 3650, "days");
  check.integer("retention.ledgerDays", ledgerDays, 30, 3650, "days (longer than a message waits in queue and DLQ)");
  return { landingDays, noncurrentDays, quarantineDays, ledgerDays };
}
