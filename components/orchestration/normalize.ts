import type * as pulumi from "@pulumi/pulumi";
import type { ArgumentCheck } from "../parts/arguments";
import { checkLogDays } from "../parts/logRetention";
import { checkBucketNameSuffix, deployedName } from "../parts/naming";
import type { FivetranDbtOrchestrationArgs, OrchestrationNetworkArgs } from "./args";
import { queueInterval } from "./flow/lock";
import {
  concurrencyLimit,
  connectionEvents,
  connectionsLimit,
  historyEvents,
  historyLimit,
  mapModeFor,
  pollsUntil,
} from "./limits";
import { type DbtPlan, normalizeDbt } from "./normalizeDbt";
import { normalizeSchedule, type SchedulePlan } from "./normalizeSchedule";
import type { FlowSettings } from "./settings";

/** The component's arguments, checked and complete. */
export interface OrchestrationPlan {
  readonly flow: FlowSettings;
  readonly dbt: DbtPlan;
  readonly schedule?: SchedulePlan;
  readonly network?: OrchestrationNetworkArgs;
  readonly fivetranSecretArn: pulumi.Input<string>;
  readonly webhookSecretArn?: pulumi.Input<string>;
  readonly secretsKmsKeyArn?: pulumi.Input<string>;
  readonly fivetranApiUrl: string;
  readonly startOn: readonly string[];
  readonly topicArn?: pulumi.Input<string>;
  readonly webhookRate: number;
  readonly logLevel: string;
  readonly tracing: boolean;
  readonly logDays: number;
  readonly artifactDays: number;
  readonly bucketNameSuffix: string;
  readonly allowDestroy: boolean;
}

const known: readonly (keyof FivetranDbtOrchestrationArgs)[] = [
  ...(["groupId", "fivetranSecretArn", "webhookSecretArn", "secretsKmsKeyArn", "fivetranApiUrl"] as const),
  ...(["includeConnections", "excludeConnections", "onPaused", "scheduleType", "startOnConnections"] as const),
  ...(["concurrency", "maxConnections", "mapMode", "pollInterval", "syncTimeout", "maxReschedules"] as const),
  ...(["quorum", "overlap", "queueTimeout", "runTimeout", "schedule", "dbt", "network", "topicArn"] as const),
  ...(["webhookRate", "logLevel", "tracing", "logDays", "artifactDays", "bucketNameSuffix"] as const),
  ...(["allowDestroy", "tags"] as const),
];

/** Fills in the defaults. @throws ArgumentError for the first mistake, with its path, the value and the mend */
export function normalize(check: ArgumentCheck, name: string, args: FivetranDbtOrchestrationArgs): OrchestrationPlan {
  check.knownKeys("", args, known);
  const { fivetranApiUrl = "https://api.fivetran.com", bucketNameSuffix = "", webhookRate = 50 } = args;
  const { logLevel = "ERROR", logDays = 90, artifactDays = 365, startOnConnections = [] } = args;
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
  if (args.topicArn !== undefined) check.arn("topicArn", args.topicArn, "sns");
  check.matches("fivetranApiUrl", fivetranApiUrl, /^https?:\/\/[^\s/]+$/, "Give an address without a path.");
  checkIds(check, "startOnConnections", startOnConnections);
  check.integer("webhookRate", webhookRate, 1, 10_000, "requests a second");
  check.oneOf("logLevel", logLevel, ["ALL", "ERROR", "FATAL", "OFF"]);
  checkLogDays(check, "logDays", logDays);
  check.integer("artifactDays", artifactDays, 1, 3650, "days");
  checkBucketNameSuffix(check, bucketNameSuffix);
  checkNetwork(check, args.network);
  const dbt = normalizeDbt(check, args.dbt);
  return {
    flow: normalizeFlow(check, name, args, dbt),
    dbt,
    schedule: args.schedule && normalizeSchedule(check, args.schedule),
    network: args.network,
    fivetranSecretArn: args.fivetranSecretArn,
    webhookSecretArn: args.webhookSecretArn,
    secretsKmsKeyArn: args.secretsKmsKeyArn,
    fivetranApiUrl,
    startOn: startOnConnections,
    topicArn: args.topicArn,
    webhookRate,
    logLevel,
    tracing: args.tracing ?? false,
    logDays,
    artifactDays,
    bucketNameSuffix,
    allowDestroy: args.allowDestroy ?? false,
  };
}

function normalizeFlow(
  check: ArgumentCheck,
  name: string,
  args: FivetranDbtOrchestrationArgs,
  dbt: DbtPlan,
): FlowSettings {
  const { includeConnections = [], excludeConnections = [], onPaused = "skip", scheduleType, overlap = "skip" } = args;
  const { concurrency = 40, maxConnections = 50, mapMode = "auto", pollInterval = 900, syncTimeout = 21_600 } = args;
  const { maxReschedules = 3, quorum = 100, queueTimeout = 7200, runTimeout = 86_400 } = args;
  checkIds(check, "includeConnections", includeConnections);
  checkIds(check, "excludeConnections", excludeConnections);
  const both = includeConnections.filter((id) => excludeConnections.includes(id));
  if (both.length > 0)
    check.fail("excludeConnections", both, "They are in includeConnections too; take them out of one.");
  const paused = chosen(check, "onPaused", onPaused, ["skip", "fail", "resume"]);
  const schedule = scheduleType === undefined ? "" : chosen(check, "scheduleType", scheduleType, ["auto", "manual"]);
  const overlapping = chosen(check, "overlap", overlap, ["skip", "queue", "allow"]);
  const mode = chosen(check, "mapMode", mapMode, ["auto", "inline", "distributed"]);
  check.integer("concurrency", concurrency, 1, concurrencyLimit.distributed, "connections");
  check.integer(
    "maxConnections",
    maxConnections,
    1,
    connectionsLimit,
    "connections; split larger groups by includeConnections",
  );
  check.integer("pollInterval", pollInterval, 5, 86_400, "seconds");
  check.integer("syncTimeout", syncTimeout, 60, 604_800, "seconds");
  if (pollInterval > syncTimeout)
    check.fail("pollInterval", pollInterval, `It can't be more than syncTimeout (${syncTimeout}).`);
  check.integer("maxReschedules", maxReschedules, 0, 20);
  check.integer("quorum", quorum, 1, 100, "percent");
  check.integer("queueTimeout", queueTimeout, 60, 86_400, "seconds");
  if (args.queueTimeout !== undefined && overlap !== "queue") {
    check.fail("queueTimeout", queueTimeout, 'Only queued runs wait; leave it out, or set overlap: "queue".');
  }
  check.integer("runTimeout", runTimeout, 600, 2_592_000, "seconds");
  const least = syncTimeout + dbt.timeout;
  if (runTimeout < least) {
    check.fail("runTimeout", runTimeout, `Give at least syncTimeout and dbt.timeout together (${least}).`);
  }
  const polls = pollsUntil(syncTimeout, pollInterval);
  const looks = overlap === "queue" ? Math.ceil(queueTimeout / queueInterval(queueTimeout)) : 0;
  const worst = { connections: maxConnections, polls, reschedules: maxReschedules, looks };
  if (mode === "inline") {
    if (concurrency > concurrencyLimit.inline) {
      check.fail(
        "concurrency",
        concurrency,
        `An inline Map runs ${concurrencyLimit.inline} at once; set mapMode: "distributed".`,
      );
    }
    const events = historyEvents(worst, "inline");
    if (events > historyLimit) {
      check.fail(
        "mapMode",
        mode,
        `The worst run would have ${events} events, a history holds ${historyLimit}: set "auto", or raise pollInterval.`,
      );
    }
  }
  if (connectionEvents(worst) > historyLimit / 2) {
    check.fail(
      "pollInterval",
      pollInterval,
      `It would poll ${polls} times, more than an execution's history holds; raise it.`,
    );
  }
  return {
    pipeline: deployedName(name),
    groupId: args.groupId,
    include: includeConnections,
    exclude: excludeConnections,
    onPaused: paused,
    scheduleType: schedule,
    overlap: overlapping,
    queueTimeout,
    concurrency,
    maxConnections,
    mapMode: mode === "auto" ? mapModeFor(worst, concurrency) : mode,
    pollInterval,
    syncTimeout,
    maxReschedules,
    quorum,
    dbtCommand: dbt.command,
    dbtTimeout: dbt.timeout,
    runTimeout,
  };
}

function checkIds(check: ArgumentCheck, path: string, ids: readonly string[]): void {
  ids.forEach((id, i) => {
    check.matches(
      `${path}[${i}]`,
      id,
      /^[A-Za-z0-9_]{1,64}$/,
      "Give a connection's id, as its address in Fivetran has it.",
    );
  });
}

function checkNetwork(check: ArgumentCheck, network: OrchestrationNetworkArgs | undefined): void {
  if (network === undefined) return;
  check.knownKeys("network", network, ["vpcId", "subnetIds"]);
  if (network.vpcId === undefined) check.fail("network.vpcId", undefined, "Give the VPC that the subnets are in.");
  if (!Array.isArray(network.subnetIds) || network.subnetIds.length === 0) {
    check.fail("network.subnetIds", network.subnetIds, "Give at least one private subnet.");
  }
}

function chosen<const T extends string>(check: ArgumentCheck, path: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value);
  return found ?? check.fail(path, value, `Give one of ${allowed.map((each) => `"${each}"`).join(", ")}.`);
}
