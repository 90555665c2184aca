import type { FivetranClient } from "../../shared/fivetran/client";
import { type ConnectionError, decide, logUrl, type OnPaused } from "../../shared/fivetran/connectionState";
import { FivetranApiError } from "../../shared/fivetran/errors";
import type { Connection } from "../../shared/fivetran/types";
import { Input } from "../../shared/input";
import type { Log } from "../../shared/log";
import type { OrchestrationCounts } from "../../shared/metrics";
import type { Tasks } from "../waits/tasks";
import type { Wait, WaitTable } from "../waits/waits";

export interface SyncRequest {
  readonly connectionId: string;
  /** ARN of the execution. */
  readonly execution: string;
  /** Unix time in milliseconds since when the connection is waited for; a sync that has ended since then ends the wait. */
  readonly since: number;
  /** Unix time in milliseconds when the state machine asked. */
  readonly askedAt: number;
  readonly onPaused: OnPaused;
  readonly taskToken: string;
  /** Sets the connection's schedule before its sync is triggered. */
  readonly scheduleType?: "auto" | "manual";
}

/** @throws InputError */
export function parseSyncRequest(event: unknown): SyncRequest {
  const input = new Input(event);
  return {
    connectionId: input.text("connection_id"),
    execution: input.text("execution"),
    since: input.time("since"),
    askedAt: input.time("asked_at"),
    onPaused: input.oneOf("on_paused", ["skip", "fail", "resume"]),
    taskToken: input.text("task_token"),
    scheduleType: input.has("schedule_type") ? input.oneOf("schedule_type", ["auto", "manual"]) : undefined,
  };
}

export interface SyncPorts {
  readonly fivetran: Pick<FivetranClient, "getConnection" | "syncConnection" | "modifyConnection">;
  readonly waits: Pick<WaitTable, "store" | "remove" | "end">;
  readonly tasks: Tasks;
  readonly log: Pick<Log, "info" | "warn">;
  readonly count: (counts: OrchestrationCounts) => void;
  readonly now: () => Date;
}

/** What was done; the state machine goes by the task's output instead. */
export type SyncOutcome = "triggered" | "waiting" | "ended" | "overtaken";

/** A webhook's time is of Fivetran's clock, the end of a wait of ours. */
const CLOCKS_MS = 2 * 60 * 1000;

/**
 * Stores the token, then looks at the connection and decides: a webhook that comes at once finds the token, and one that
 * came before is made up for by the look. The state machine calls it again when it has heard nothing for a while, so a
 * connection that is idle is triggered, however it came to be.
 */
export async function syncConnection(request: SyncRequest, ports: SyncPorts): Promise<SyncOutcome> {
  const { connectionId, execution, taskToken } = request;
  const askedAt = new Date(request.askedAt).toISOString();
  const wait: Wait = { connectionId, execution, token: taskToken, askedAt, storedAt: ports.now().toISOString() };
  const { stored, unanswered } = await ports.waits.store(wait);
  if (!stored) {
    ports.log.warn("Overtaken by a later invocation for the same connection", { connectionId, execution });
    return "overtaken";
  }
  let looked = false;
  try {
    const connection = await ports.fivetran.getConnection(connectionId);
    looked = true;
    const outcome = await act(request, connection, wait, unanswered, ports);
    ports.log.info("Connection checked", { connectionId, execution, outcome });
    return outcome;
  } catch (error) {
    if (!looked || isRefusal(error)) await ports.waits.remove(wait);
    throw error;
  }
}

async function act(
  request: SyncRequest,
  connection: Connection,
  wait: Wait,
  unanswered: boolean,
  ports: SyncPorts,
): Promise<SyncOutcome> {
  const { connectionId, since, onPaused } = request;
  const decision = decide(connection, { since, onPaused, now: ports.now().getTime() });
  switch (decision.action) {
    case "trigger":
      await trigger(request, connection, decision.resume, ports);
      return "triggered";
    case "wait":
      ports.log.info("Nothing is triggered", { connectionId, reason: decision.reason });
      return "waiting";
    case "fail":
      await fail(wait, decision.error, decision.reason, ports);
      break;
    case "succeed": {
      const { status, rescheduledFor, reason } = decision;
      const output = { connection_id: connectionId, status, rescheduled_for: rescheduledFor, reason };
      await ports.tasks.succeed(wait.token, output);
    }
  }
  await settle(wait, decision, unanswered, ports);
  return "ended";
}

/** What becomes of a wait whose task was ended by a look, in view of webhooks that may still come. */
async function settle(
  wait: Wait,
  decision: { readonly status?: string; readonly error?: string },
  unanswered: boolean,
  { waits, count, log, now }: SyncPorts,
): Promise<void> {
  // Put off: the sync that Fivetran begins by itself later is this execution's.
  if (decision.status === "RESCHEDULED") return;
  if (decision.status !== "SUCCESSFUL" && decision.error !== "FivetranSyncFailed") {
    await waits.remove(wait);
    return;
  }
  await waits.end(wait, new Date(now().getTime() + CLOCKS_MS).toISOString());
  if (!unanswered) return;
  count({ StuckWaits: 1 });
  const { connectionId, execution } = wait;
  log.warn("The sync has ended, but no webhook came", { connectionId, execution });
}

async function trigger(
  { connectionId, scheduleType }: SyncRequest,
  connection: Connection,
  resume: boolean,
  { fivetran, count }: SyncPorts,
): Promise<void> {
  const reschedule = scheduleType !== undefined && scheduleType !== connection.schedule_type;
  if (resume || reschedule) {
    await fivetran.modifyConnection(connectionId, {
      paused: resume ? false : undefined,
      schedule_type: reschedule ? scheduleType : undefined,
    });
  }
  await fivetran.syncConnection(connectionId);
  count({ SyncsTriggered: 1 });
}

async function fail({ connectionId, token }: Wait, error: ConnectionError, reason: string, ports: SyncPorts) {
  await ports.tasks.fail(token, error, { connection_id: connectionId, reason, log_url: logUrl(connectionId) });
}

/**
 * Whether the API has refused a request. Where it gave no answer, a sync may have been begun all the same, and its webhook
 * has to find that it was this execution's.
 */
function isRefusal(error: unknown): boolean {
  return error instanceof FivetranApiError && error.status !== undefined && error.status < 500;
}
