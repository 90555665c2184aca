import type { FivetranClient } from "../../shared/fivetran/client";
import { logUrl, lookAt, type SyncStatus } from "../../shared/fivetran/connectionState";
import { Input } from "../../shared/input";
import type { Log } from "../../shared/log";
import type { OrchestrationCounts } from "../../shared/metrics";
import type { WaitTable } from "../waits/waits";

export interface PollRequest {
  readonly connectionId: string;
  /** ARN of the execution. */
  readonly execution: string;
  /** Unix time in milliseconds: when the sync was triggered, or the wait for it began. */
  readonly since: number;
}

export interface PollAnswer {
  readonly connection_id: string;
  readonly status: SyncStatus;
  /** ISO 8601; with RESCHEDULED, where Fivetran says it. */
  readonly rescheduled_for?: string;
  readonly reason?: string;
  readonly log_url: string;
}

export interface PollPorts {
  readonly fivetran: Pick<FivetranClient, "getConnection">;
  readonly waits: Pick<WaitTable, "waitsOf" | "remove" | "notePolled">;
  readonly log: Pick<Log, "info" | "warn">;
  readonly count: (counts: OrchestrationCounts) => void;
  readonly now: () => Date;
}

/** @throws InputError */
export function parsePollRequest(event: unknown): PollRequest {
  const input = new Input(event);
  return { connectionId: input.text("connection_id"), execution: input.text("execution"), since: input.time("since") };
}

/** By then an execution that goes on waiting has stored a new token. */
const RENEWAL_MS = 2 * 60 * 1000;

/**
 * What the API says of a sync whose webhook didn't come in time. The execution's tokens for the connection are dead by
 * then and removed before the look, so that they are gone even when the API doesn't answer. Noted before that: a webhook
 * that comes now finds nobody waiting, but is about the execution's own sync and must not start another execution.
 */
export async function pollConnection(request: PollRequest, ports: PollPorts): Promise<PollAnswer> {
  const { connectionId, execution, since } = request;
  await ports.waits.notePolled(connectionId, new Date(ports.now().getTime() + RENEWAL_MS).toISOString());
  for (const wait of await ports.waits.waitsOf(connectionId, execution)) await ports.waits.remove(wait);
  const { status, rescheduledFor, reason } = lookAt(await ports.fivetran.getConnection(connectionId), since);
  if (status === "SUCCESSFUL" || status === "FAILED" || status === "BROKEN") {
    ports.count({ StuckWaits: 1 });
    ports.log.warn("The sync has ended, but no webhook came", { connectionId, execution, status });
  } else {
    ports.log.info("Connection polled", { connectionId, execution, status, reason });
  }
  return {
    ...{ connection_id: connectionId, status },
    ...(rescheduledFor === undefined ? {} : { rescheduled_for: rescheduledFor }),
    ...(reason === undefined ? {} : { reason }),
    log_url: logUrl(connectionId),
  };
}
