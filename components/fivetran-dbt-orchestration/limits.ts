/** What a run costs, how large it may be and how long it may take. Figures of AWS, counted along the ways that an item goes. */

/** Events that the history of one execution holds; the next one ends it. */
export const historyLimit = 25_000;
/** Room for faults that are tried again. */
const historyBudget = 20_000;
/** Connections that run at once at most, by mode. */
export const concurrencyLimit = { inline: 40, distributed: 1_000 } as const;
/** Results and the list of connections travel between states. */
export const connectionsLimit = 1_000;
/** What one state's input, output, variable or Assign holds, and a message of SNS: 256 KiB. */
export const stateBytes = 262_144;
/** What summary.py keeps dbt's summary below, so that the notification holds it and every failed connection. */
export const summaryBytes = 20_000;

/**
 * Bytes of one connection's reason: as many as let the results of all connections, each with an id of 64 and an error of
 * 40 characters, fit into one state, and their lines with dbt's summary into one notification.
 */
export function reasonBytes(maxConnections: number): number {
  const besideReason = 140;
  return Math.min(1_000, Math.floor(250_000 / maxConnections) - besideReason);
}

/** Seconds that a call of a function may take: its time-out and what comes before it begins. */
export const callTimeout = 330;
/** Seconds between the heartbeat that a token waits for and its state's bound: the first always comes first. */
export const heartbeatMargin = 30;
/** Seconds that the container needs to start and to hand in its artifacts, beside dbt's own time. */
export const dbtMargin = 600;
/** Times that dbt's task is started at most, where it ends before its container has begun. */
export const dbtStarts = 3;
/** A task that finds no place is tried again after 30, 60, 120, 240 and 300 seconds. */
export const dbtRestart = { IntervalSeconds: 30, MaxAttempts: 5, BackoffRate: 2, MaxDelaySeconds: 300 } as const;
/** Seconds of a run that may be given. A year is the most that Step Functions takes. */
export const runTimeoutLimit = 31_536_000;

/** Seconds that sync-connection may take: it has ended before its state stops waiting for a sign of life. */
export function syncFunctionTimeout(pollInterval: number): number {
  return Math.min(300, pollInterval - 5);
}

/** Events of one pass through a state: entered and exited, and what a call adds. */
const events = { flow: 2, call: 5, callback: 6, iteration: 2, map: 4, mapRun: 6 } as const;

/** The longest ways through the flow of a connection, as names of its states. */
export const ways = {
  synced: ["Begin connection", "Sync connection", "How did the sync end", "Connection result"],
  look: ["Sync connection", "How did the sync end"],
  reschedule: ["How did the sync end", "Wait until rescheduled", "Sync connection"],
} as const;

/** The states around the connections' when all goes well. */
export const runStates = [
  "Prepare run",
  "Is the input right",
  "Take run lock",
  "List connections",
  "Sync all connections in group",
  "Is the quorum met",
  "Run dbt",
  "Did all go well",
  "Release run lock",
  "How did the run end",
  "Done",
] as const;

/** Each look at the run lock of another run that a queued one takes. */
export const lookStates = [
  "Take run lock",
  "Find lock holder",
  "Describe lock holder",
  "Does the holder run",
  "Wait for lock holder",
] as const;

export interface RunSize {
  readonly connections: number;
  /** Times that each connection is looked at again. */
  readonly polls: number;
  /** Times that each connection is rescheduled. */
  readonly reschedules: number;
  /** Looks at the run lock before it is free. */
  readonly looks: number;
}

/** Looks at a connection that nothing is heard of until its time is up. */
export function pollsUntil(syncTimeout: number, pollInterval: number): number {
  return Math.ceil(syncTimeout / pollInterval);
}

/** State transitions that Standard workflows are billed by: $25 a million in most regions. */
export function transitions({ connections, polls, reschedules, looks }: RunSize): number {
  const each = ways.synced.length + polls * ways.look.length + reschedules * ways.reschedule.length;
  // The execution's start is billed too, and the start of each child of a distributed map; the latter isn't counted.
  return 1 + runStates.length + connections * each + looks * lookStates.length;
}

/** Events of one connection's flow. */
export function connectionEvents({ polls, reschedules }: Pick<RunSize, "polls" | "reschedules">): number {
  const { flow, callback, iteration } = events;
  const synced = 3 * flow + callback;
  const poll = flow + callback;
  const reschedule = 2 * flow + callback;
  return iteration + synced + polls * poll + reschedules * reschedule;
}

/** Events in the history of the execution itself; a distributed map's connections have histories of their own. */
export function historyEvents(size: RunSize, mode: "inline" | "distributed"): number {
  const { flow, call, callback, map, mapRun } = events;
  const startAndEnd = 2;
  // The states of a good run, those of a failed one, and dbt's starts.
  const around = 8 * flow + 5 * call + dbtStarts * (callback + 2 * flow);
  const look = 3 * call + 2 * flow;
  const connections = mode === "inline" ? map + size.connections * connectionEvents(size) : mapRun;
  return startAndEnd + around + size.looks * look + connections;
}

/** Inline as long as the worst run fits into one history. */
export function mapModeFor(size: RunSize, concurrency: number): "inline" | "distributed" {
  const fits = historyEvents(size, "inline") <= historyBudget && concurrency <= concurrencyLimit.inline;
  return fits ? "inline" : "distributed";
}

export interface RunTimes {
  /** 0: the run doesn't queue. */
  readonly queueTimeout: number;
  readonly pollInterval: number;
  readonly syncTimeout: number;
  readonly maxConnections: number;
  readonly concurrency: number;
  readonly dbtTimeout: number;
}

/**
 * Seconds that a run takes when every part of it takes its time and nothing is tried again: in the queue, for the list,
 * for as many rounds of connections as come one after the other, each with its last look, and for dbt.
 */
export function shortestBound(times: RunTimes): number {
  const { queueTimeout, pollInterval, syncTimeout, dbtTimeout } = times;
  const round = syncTimeout + pollInterval + heartbeatMargin;
  return queueTimeout + callTimeout + roundsOf(times) * round + dbtTimeout + dbtMargin;
}

/** The same, with everything that is tried again. */
export function longestRun(times: RunTimes): number {
  const { lambda, api, restart } = retries;
  const tries = (lambda.attempts + api.attempts) * syncFunctionTimeout(times.pollInterval) + lambda.waits + api.waits;
  const list = callTimeout * lambda.attempts + lambda.waits;
  const startingAnew = (dbtStarts - 1) * 1_200 + dbtStarts * restart;
  const others = 1_800;
  return shortestBound(times) + list + roundsOf(times) * tries + startingAnew + others;
}

/** Rounds in which the connections come one after the other. */
export function roundsOf({ maxConnections, concurrency }: Pick<RunTimes, "maxConnections" | "concurrency">): number {
  return Math.ceil(maxConnections / concurrency);
}

/** Tries after the first, and the seconds between all of them: of Lambda's faults, the API's, and dbt's placement. */
const retries = {
  lambda: { attempts: 5, waits: 2 + 4 + 8 + 16 + 30 },
  api: { attempts: 3, waits: 30 + 60 + 120 },
  restart: 30 + 60 + 120 + 240 + 300,
} as const;
