/** What a run costs and how large it may be. Figures of AWS, counted along the ways that an item goes. */

/** Events that the history of one execution holds; the next one ends it. */
export const historyLimit = 25_000;
/** Room for faults that are tried again. */
const historyBudget = 20_000;
/** Connections that run at once at most, by mode. */
export const concurrencyLimit = { inline: 40, distributed: 1_000 } as const;
/** Results and the list of connections travel between states, which hold 256 KB. */
export const connectionsLimit = 1_000;

/** Events of one pass through a state: entered and exited, and what a call adds. */
const events = { flow: 2, call: 5, callback: 6, iteration: 2, map: 4, mapRun: 6 } as const;

/** The longest ways through the flow of a connection, as names of its states. */
export const ways = {
  synced: ["Begin connection", "Sync connection", "How did the sync end", "Connection synced"],
  poll: ["Poll connection", "What does the poll say", "Wait for webhook"],
  reschedule: ["How did the sync end", "Wait until rescheduled", "Sync connection"],
} as const;

/** The states around the connections' when all goes well. */
export const runStates = [
  "Prepare run",
  "Is the input right",
  "Take run lock",
  "List connections",
  "How many connections",
  "Sync all connections in group",
  "Count results",
  "Is the quorum met",
  "Run dbt",
  "Did some fail",
  "Release run lock",
  "How did the run end",
  "Done",
] as const;

export interface RunSize {
  readonly connections: number;
  /** Times that each connection is polled. */
  readonly polls: number;
  /** Times that each connection is rescheduled. */
  readonly reschedules: number;
  /** Looks at the run lock before it is free. */
  readonly looks: number;
}

/** Polls until a connection's time is up. */
export function pollsUntil(syncTimeout: number, pollInterval: number): number {
  return Math.ceil(syncTimeout / pollInterval);
}

/** State transitions that Standard workflows are billed by: $25 a million in most regions. */
export function transitions({ connections, polls, reschedules, looks }: RunSize): number {
  const each = ways.synced.length + polls * ways.poll.length + reschedules * ways.reschedule.length;
  const look = 6;
  // The execution's start is billed too, and the start of each child of a distributed map; the latter isn't counted.
  return 1 + runStates.length + connections * each + looks * look;
}

/** Events of one connection's flow. */
export function connectionEvents({ polls, reschedules }: Pick<RunSize, "polls" | "reschedules">): number {
  const { flow, call, callback, iteration } = events;
  const synced = 3 * flow + callback;
  const poll = call + flow + callback;
  const reschedule = 2 * flow + callback;
  return iteration + synced + polls * poll + reschedules * reschedule;
}

/** Events in the history of the execution itself; a distributed map's connections have histories of their own. */
export function historyEvents(size: RunSize, mode: "inline" | "distributed"): number {
  const { flow, call, callback, map, mapRun } = events;
  const startAndEnd = 2;
  const around = 7 * flow + 3 * call + callback + 1;
  const look = 3 * call + 3 * flow;
  const connections = mode === "inline" ? map + size.connections * connectionEvents(size) : mapRun;
  return startAndEnd + around + size.looks * look + connections;
}

/** Inline as long as the worst run fits into one history. */
export function mapModeFor(size: RunSize, concurrency: number): "inline" | "distributed" {
  const fits = historyEvents(size, "inline") <= historyBudget && concurrency <= concurrencyLimit.inline;
  return fits ? "inline" : "distributed";
}
