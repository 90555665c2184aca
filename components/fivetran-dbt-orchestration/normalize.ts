import type * as pulumi from "@pulumi/pulumi";
import type { ArgumentCheck, ArgumentNames } from "../parts/arguments";
import { checkLogRetentionDays } from "../parts/logRetention";
import { checkBucketNameSuffix } from "../parts/naming";
import { checkNetwork } from "../parts/network";
import type { FivetranDbtOrchestrationArgs, OrchestrationNetworkArgs } from "./args";
import { shortestBound } from "./limits";
import { type DbtPlan, normalizeDbt } from "./normalizeDbt";
import { normalizeFlow } from "./normalizeFlow";
import { longestGap, normalizeSchedule, type SchedulePlan } from "./normalizeSchedule";
import type { FlowSettings } from "./settings";

/** The component's arguments, checked and complete. */
export interface OrchestrationPlan {
  readonly flow: FlowSettings;
  readonly dbt: DbtPlan;
  readonly schedule?: SchedulePlan;
  /** Hours without a run that succeeded after which somebody should look; none without a schedule that tells them. */
  readonly silence?: number;
  readonly network?: OrchestrationNetworkArgs;
  readonly fivetranSecretArn: pulumi.Input<string>;
  readonly webhookSecretArn?: pulumi.Input<string>;
  readonly secretsKmsKeyArn?: pulumi.Input<string>;
  readonly fivetranApiUrl: string;
  readonly startOn: readonly string[];
  readonly alarmTopicArn?: pulumi.Input<string>;
  readonly webhookRate: number;
  readonly logLevel: string;
  readonly tracing: boolean;
  readonly logRetentionDays: number;
  readonly artifactDays: number;
  readonly bucketNameSuffix: string;
  readonly allowDestroy: boolean;
}

const known: ArgumentNames<FivetranDbtOrchestrationArgs> = {
  groupId: true,
  fivetranSecretArn: true,
  webhookSecretArn: true,
  secretsKmsKeyArn: true,
  fivetranApiUrl: true,
  includeConnections: true,
  excludeConnections: true,
  onPaused: true,
  scheduleType: true,
  startOnConnections: true,
  concurrency: true,
  maxConnections: true,
  mapMode: true,
  pollInterval: true,
  syncTimeout: true,
  maxReschedules: true,
  quorum: true,
  overlap: true,
  queueTimeout: true,
  runTimeout: true,
  schedule: true,
  dbt: true,
  network: true,
  alarmTopicArn: true,
  webhookRate: true,
  logLevel: true,
  tracing: true,
  logRetentionDays: true,
  artifactDays: true,
  bucketNameSuffix: true,
  allowDestroy: true,
  tags: true,
};

/** Fills in the defaults. @throws ArgumentError for the first mistake, with its path, the value and the fix */
export function normalize(check: ArgumentCheck, name: string, args: FivetranDbtOrchestrationArgs): OrchestrationPlan {
  check.knownKeys("", args, known);
  const { fivetranApiUrl = "https://api.fivetran.com", bucketNameSuffix = "", webhookRate = 50 } = args;
  const { logLevel = "ERROR", logRetentionDays = 90, artifactDays = 365, startOnConnections = [] } = args;
  check.matches(
    "groupId",
    args.groupId,
    /^[A-Za-z0-9_]{1,64}$/,
    "Give the group's id, as its address in Fivetran has it.",
  );
  if (args.fivetranSecretArn === undefined) {
    check.fail("fivetranSecretArn", undefined, "Give the ARN of the secret with Fivetran's API key.");
  }
  for (const secret of ["fivetranSecretArn", "webhookSecretArn"] as const) {
    const arn = args[secret];
    if (arn !== undefined) check.arn(secret, arn, "secretsmanager");
  }
  if (args.secretsKmsKeyArn !== undefined) check.arn("secretsKmsKeyArn", args.secretsKmsKeyArn, "kms");
  if (args.alarmTopicArn !== undefined) check.arn("alarmTopicArn", args.alarmTopicArn, "sns");
  check.matches("fivetranApiUrl", fivetranApiUrl, /^https?:\/\/[^\s/]+$/, "Give an address without a path.");
  check.integer("webhookRate", webhookRate, 1, 10_000, "requests a second");
  check.oneOf("logLevel", logLevel, ["ALL", "ERROR", "FATAL", "OFF"]);
  checkLogRetentionDays(check, logRetentionDays);
  check.integer("artifactDays", artifactDays, 1, 3650, "days");
  checkBucketNameSuffix(check, bucketNameSuffix);
  checkNetwork(check, args.network);
  const dbt = normalizeDbt(check, args.dbt);
  const flow = normalizeFlow(check, name, args, dbt);
  const schedule = args.schedule && normalizeSchedule(check, args.schedule);
  return {
    flow,
    dbt,
    schedule,
    silence: schedule?.enabled ? silentHours(schedule, flow) : undefined,
    network: args.network,
    fivetranSecretArn: args.fivetranSecretArn,
    webhookSecretArn: args.webhookSecretArn,
    secretsKmsKeyArn: args.secretsKmsKeyArn,
    fivetranApiUrl,
    startOn: startOnConnections,
    alarmTopicArn: args.alarmTopicArn,
    webhookRate,
    logLevel,
    tracing: args.tracing ?? false,
    logRetentionDays,
    artifactDays,
    bucketNameSuffix,
    allowDestroy: args.allowDestroy ?? false,
  };
}

/** Hours that CloudWatch looks back at most, by values of an hour each. */
const longestLook = 7 * 24;

/** From one success to the next: the schedule's gap, a run in which nothing is tried again, and an hour for summer time. */
function silentHours({ expression }: SchedulePlan, flow: FlowSettings): number | undefined {
  const gap = longestGap(expression);
  if (gap === undefined) return undefined;
  const run = shortestBound({ ...flow, queueTimeout: flow.overlap === "queue" ? flow.queueTimeout : 0 });
  const hours = Math.ceil((gap + run) / 3600) + 1;
  return hours <= longestLook ? hours : undefined;
}
