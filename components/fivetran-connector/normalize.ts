import type * as pulumi from "@pulumi/pulumi";
import type { ArgumentCheck, ArgumentNames } from "../parts/arguments";
import { checkLogRetentionDays } from "../parts/logRetention";
import { checkBucketNameSuffix } from "../parts/naming";
import type { FivetranConnectorArgs } from "./args";
import { connectorCode } from "./code";

/** The component's arguments, checked and complete. */
export interface ConnectorPlan {
  readonly code: pulumi.Input<pulumi.asset.Archive>;
  readonly externalId: pulumi.Input<string>;
  readonly fivetranAccountId: string;
  readonly usesBucket: boolean;
  readonly bucketPrefix: string;
  readonly bucketNameSuffix: string;
  readonly fileDays: number;
  readonly variables: Readonly<Record<string, string>>;
  readonly memory: number;
  readonly timeout: number;
  readonly tracing: boolean;
  readonly alarmTopicArn?: pulumi.Input<string>;
  readonly logRetentionDays: number;
  readonly allowDestroy: boolean;
}

/** AWS account that Fivetran calls from. */
const fivetranAccount = "834469178297";

const known: ArgumentNames<FivetranConnectorArgs> = {
  entry: true,
  bundle: true,
  externalId: true,
  fivetranAccountId: true,
  syncMethod: true,
  bucketPrefix: true,
  bucketNameSuffix: true,
  fileDays: true,
  startFrom: true,
  environment: true,
  memory: true,
  timeout: true,
  tracing: true,
  alarmTopicArn: true,
  logRetentionDays: true,
  allowDestroy: true,
  tags: true,
};
const ofBucket = ["bucketPrefix", "bucketNameSuffix", "fileDays"] as const;

/** Fills in the defaults. @throws ArgumentError for the first mistake, with its path, the value and the fix */
export function normalize(check: ArgumentCheck, args: FivetranConnectorArgs): ConnectorPlan {
  check.knownKeys("", args, known);
  const { syncMethod = "direct", fivetranAccountId = fivetranAccount, bucketPrefix = "", bucketNameSuffix = "" } = args;
  const { fileDays = 7, memory = 512, timeout = 300, logRetentionDays = 90 } = args;
  checkExternalId(check, args.externalId);
  check.matches("fivetranAccountId", fivetranAccountId, /^\d{12}$/, "Give the 12 digits of an AWS account, as text.");
  check.oneOf("syncMethod", syncMethod, ["direct", "s3"]);
  const usesBucket = syncMethod === "s3";
  for (const name of ofBucket) {
    if (!usesBucket && args[name] !== undefined) {
      check.fail(name, args[name], 'Only the sync method "s3" has a bucket; leave it out, or set syncMethod: "s3".');
    }
  }
  checkPrefix(check, bucketPrefix);
  checkBucketNameSuffix(check, bucketNameSuffix);
  check.integer("fileDays", fileDays, 1, 3650, "days");
  check.integer("memory", memory, 256, 10_240, "MB");
  check.integer("timeout", timeout, 10, 900, "seconds");
  checkLogRetentionDays(check, logRetentionDays);
  if (args.alarmTopicArn !== undefined) check.arn("alarmTopicArn", args.alarmTopicArn, "sns");
  return {
    code: connectorCode(check, args),
    externalId: args.externalId,
    fivetranAccountId,
    usesBucket,
    bucketPrefix,
    bucketNameSuffix,
    fileDays,
    variables: variablesOf(check, args),
    memory,
    timeout,
    tracing: args.tracing ?? false,
    alarmTopicArn: args.alarmTopicArn,
    logRetentionDays,
    allowDestroy: args.allowDestroy ?? false,
  };
}

/** What IAM takes as sts:ExternalId. Only AWS can check an output. */
function checkExternalId(check: ArgumentCheck, value: pulumi.Input<string> | undefined): void {
  const isText = typeof value === "string";
  if (value === undefined || (isText && !/^[\w+=,.@:/-]{2,1224}$/.test(value))) {
    check.fail("externalId", value, "Give the External ID that Fivetran's setup form for AWS Lambda shows.");
  }
}

/** A wildcard would widen what the roles may use. */
function checkPrefix(check: ArgumentCheck, prefix: string): void {
  check.matches(
    "bucketPrefix",
    prefix,
    /^(?!\/)[^*?$]{0,512}$/,
    "Give the beginning of object keys, not with a slash in front, without *, ? and $.",
  );
}

function variablesOf(check: ArgumentCheck, { startFrom, environment = {} }: FivetranConnectorArgs) {
  for (const [name, value] of Object.entries(environment)) {
    const path = `environment.${name}`;
    if (!/^[A-Za-z]\w*$/.test(name)) {
      check.fail(path, value, "Lambda takes names of letters, digits and _ that begin with a letter.");
    }
    if (["PIPELINE", "START"].includes(name) || name.startsWith("AWS_")) {
      check.fail(path, value, "The component or Lambda sets it; choose another name (startFrom sets START).");
    }
    if (typeof value !== "string") check.fail(path, value, "Give a text.");
  }
  if (startFrom === undefined) return environment;
  check.matches("startFrom", startFrom, /\S/, "Give the start in the source's terms, or leave it out.");
  return { ...environment, START: startFrom };
}
