import type { ArgumentCheck } from "../parts/arguments";
import { deployedName } from "../parts/naming";
import type { FivetranDbtOrchestrationArgs } from "./args";
import { queueInterval } from "./flow/lock";
import {
  concurrencyLimit,
  connectionEvents,
  connectionsLimit,
  historyEvents,
  historyLimit,
  longestRun,
  mapModeFor,
  pollsUntil,
  type RunTimes,
  roundsOf,
  runTimeoutLimit,
  shortestBound,
} from "./limits";
import type { DbtPlan } from "./normalizeDbt";
import type { FlowSettings } from "./settings";

/** What a run does. @throws ArgumentError for the first mistake */
export function normalizeFlow(
  check: ArgumentCheck,
  name: string,
  args: FivetranDbtOrchestrationArgs,
  dbt: DbtPlan,
): FlowSettings {
  const { includeConnections = [], excludeConnections = [], startOnConnections = [] } = args;
  const { onPaused = "skip", scheduleType, overlap = startOnConnections.length > 0 ? "queue" : "skip" } = args;
  const { concurrency = 40, maxConnections = 50, mapMode = "auto", pollInterval = 900, syncTimeout = 21_600 } = args;
  const { maxReschedules = 3, quorum = 100, queueTimeout = 7200 } = args;
  checkIds(check, "includeConnections", includeConnections);
  checkIds(check, "excludeConnections", excludeConnections);
  checkIds(check, "startOnConnections", startOnConnections);
  const both = includeConnections.filter((id) => excludeConnections.includes(id));
  if (both.length > 0)
    check.fail("excludeConnections", both, "They are in includeConnections too; take them out of one.");
  const paused = chosen(check, "onPaused", onPaused, ["skip", "fail", "resume"]);
  const schedule = scheduleType === undefined ? "" : chosen(check, "scheduleType", scheduleType, ["auto", "manual"]);
  const overlapping = chosen(check, "overlap", overlap, ["skip", "queue", "allow"]);
  if (overlapping === "skip" && startOnConnections.length > 0) {
    check.fail(
      "overlap",
      overlap,
      'A sync that ends while a run is under way would start none, and its data would wait for the next one: set "queue", or leave it out.',
    );
  }
  const mode = chosen(check, "mapMode", mapMode, ["auto", "inline", "distributed"]);
  check.integer("concurrency", concurrency, 1, concurrencyLimit.distributed, "connections");
  check.integer(
    "maxConnections",
    maxConnections,
    1,
    connectionsLimit,
    "connections; split larger groups by includeConnections",
  );
  check.integer("pollInterval", pollInterval, 15, 86_400, "seconds");
  check.integer("syncTimeout", syncTimeout, 60, 604_800, "seconds");
  if (pollInterval > syncTimeout)
    check.fail("pollInterval", pollInterval, `It can't be more than syncTimeout (${syncTimeout}).`);
  check.integer("maxReschedules", maxReschedules, 0, 20);
  check.integer("quorum", quorum, 1, 100, "percent");
  check.integer("queueTimeout", queueTimeout, 60, 86_400, "seconds");
  if (args.queueTimeout !== undefined && overlap !== "queue") {
    check.fail("queueTimeout", queueTimeout, 'Only queued runs wait; leave it out, or set overlap: "queue".');
  }
  const runTimeout = checkRunTimeout(check, args.runTimeout, {
    queueTimeout: overlapping === "queue" ? queueTimeout : 0,
    pollInterval,
    syncTimeout,
    maxConnections,
    concurrency,
    dbtTimeout: dbt.timeout,
  });
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

/** As long as a run can take and at least a day, unless another time is given. */
function checkRunTimeout(check: ArgumentCheck, given: number | undefined, times: RunTimes): number {
  const [least, longest] = [shortestBound(times), longestRun(times)];
  const rounds = `${roundsOf(times)} round(s) of ${times.concurrency} connections, each with syncTimeout ${times.syncTimeout}`;
  const fewer = "raise concurrency, or lower syncTimeout or maxConnections";
  if (longest > runTimeoutLimit) {
    check.fail(
      "concurrency",
      times.concurrency,
      `${rounds}, can take ${longest} s, more than the year that an execution may last: ${fewer}.`,
    );
  }
  if (given === undefined) return Math.max(longest, 86_400);
  check.integer("runTimeout", given, 600, runTimeoutLimit, "seconds");
  if (given < least) {
    check.fail("runTimeout", given, `${rounds}, and dbt can take ${least} s: give at least that, or ${fewer}.`);
  }
  return given;
}

export function checkIds(check: ArgumentCheck, path: string, ids: readonly string[]): void {
  ids.forEach((id, i) => {
    check.matches(
      `${path}[${i}]`,
      id,
      /^[A-Za-z0-9_]{1,64}$/,
      "Give a connection's id, as its address in Fivetran has it.",
    );
  });
}

function chosen<const T extends string>(check: ArgumentCheck, path: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value);
  return found ?? check.fail(path, value, `Give one of ${allowed.map((each) => `"${each}"`).join(", ")}.`);
}
