import type { FivetranClient } from "../../shared/fivetran/client";
import { type ConnectionError, decideSync, logUrl, lookAt } from "../../shared/fivetran/connectionState";
import type { Connection } from "../../shared/fivetran/types";
import type { Log } from "../../shared/log";
import type { OrchestrationCounts } from "../../shared/metrics";
import type { Tasks } from "../waits/tasks";
import type { Wait, WaitTable } from "../waits/waits";
import type { SyncRequest } from "./request";

export interface SyncPorts {
  readonly fivetran: Pick<FivetranClient, "getConnection" | "syncConnection" | "modifyConnection">;
  readonly waits: Pick<WaitTable, "store" | "remove">;
  readonly tasks: Tasks;
  readonly log: Pick<Log, "info" | "warn">;
  readonly count: (counts: OrchestrationCounts) => void;
  readonly now: () => Date;
}

/** What was done; the state machine goes by the task's output instead. */
export type SyncOutcome = "triggered" | "waiting" | "ended" | "overtaken";

/**
 * Stores the token, then looks at the connection and triggers its sync: a webhook that comes at once finds the token.
 * Where there is nothing to wait for, ends the task itself. A wait whose sync could not be triggered isn't left behind.
 */
export async function syncConnection(request: SyncRequest, ports: SyncPorts): Promise<SyncOutcome> {
  const { connectionId, execution, attempt, taskToken } = request;
  const wait: Wait = { connectionId, execution, attempt, token: taskToken, storedAt: ports.now().toISOString() };
  if (!(await ports.waits.store(wait))) {
    ports.log.warn("Overtaken by a later invocation for the same attempt", { connectionId, execution, attempt });
    return "overtaken";
  }
  try {
    const connection = await ports.fivetran.getConnection(connectionId);
    const outcome =
      request.mode === "trigger"
        ? await trigger(request, connection, wait, ports)
        : await waitOn(request, connection, wait, ports);
    ports.log.info("Connection looked at", { connectionId, execution, attempt, mode: request.mode, outcome });
    return outcome;
  } catch (error) {
    await ports.waits.remove(wait);
    throw error;
  }
}

async function trigger(
  request: SyncRequest,
  connection: Connection,
  wait: Wait,
  ports: SyncPorts,
): Promise<SyncOutcome> {
  const { connectionId, onPaused, scheduleType } = request;
  const decision = decideSync(connection, onPaused, ports.now().getTime());
  switch (decision.action) {
    case "fail":
      return fail(wait, decision.error, decision.reason, ports);
    case "succeed": {
      const { status, rescheduledFor, reason } = decision;
      return succeed(wait, { status, ...(rescheduledFor ? { rescheduled_for: rescheduledFor } : {}), reason }, ports);
    }
    case "wait":
      ports.log.info("Nothing is triggered", { connectionId, reason: decision.reason });
      return "waiting";
    case "trigger": {
      const change = {
        ...(decision.resume ? { paused: false } : {}),
        ...(scheduleType !== undefined && scheduleType !== connection.schedule_type
          ? { schedule_type: scheduleType }
          : {}),
      };
      if (Object.keys(change).length > 0) await ports.fivetran.modifyConnection(connectionId, change);
      await ports.fivetran.syncConnection(connectionId);
      ports.count({ SyncsTriggered: 1 });
      return "triggered";
    }
  }
}

/** The sync may have ended between the poll that saw it at work and the token's arrival in the table. */
async function waitOn(request: SyncRequest, connection: Connection, wait: Wait, ports: SyncPorts) {
  if (request.since === undefined) return "waiting";
  const look = lookAt(connection, request.since);
  if (look.status === "SUCCESSFUL") return succeed(wait, { status: "SUCCESSFUL" }, ports);
  if (look.status === "FAILED") return fail(wait, "FivetranSyncFailed", look.reason ?? "The sync failed.", ports);
  return "waiting";
}

async function succeed(wait: Wait, output: Readonly<Record<string, string>>, ports: SyncPorts): Promise<SyncOutcome> {
  const { connectionId, token } = wait;
  await ports.tasks.succeed(token, { connection_id: connectionId, ...output, log_url: logUrl(connectionId) });
  await ports.waits.remove(wait);
  return "ended";
}

async function fail(wait: Wait, error: ConnectionError, reason: string, ports: SyncPorts): Promise<SyncOutcome> {
  const { connectionId, token } = wait;
  await ports.tasks.fail(token, error, { connection_id: connectionId, reason, log_url: logUrl(connectionId) });
  await ports.waits.remove(wait);
  return "ended";
}
