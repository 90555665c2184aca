import type { Connection } from "./types";

/**
 * What becomes of a connection, by the state that the API tells. The tables are read from the top; the first line that
 * fits decides.
 *
 * Before a sync (`decideSync`):
 *
 * | state | outcome |
 * |---|---|
 * | `paused`, or `sync_state` paused; `on_paused` skip | ends SKIPPED |
 * | the same; `on_paused` fail | ends with FivetranConnectionPaused |
 * | `setup_state` incomplete | ends with FivetranSetupIncomplete |
 * | `setup_state` broken | ends with FivetranConnectionBroken |
 * | paused; `on_paused` resume | is resumed, then triggered |
 * | `sync_state` syncing, historical or not | is waited for; nothing is triggered, and the sync isn't stopped |
 * | `sync_state` rescheduled, `rescheduled_for` ahead | ends RESCHEDULED with that time |
 * | `sync_state` rescheduled, no time or past | is triggered: with `schedule_type` manual nobody else would |
 * | scheduled, and whatever Fivetran may add | is triggered; `force` is false, so it never stops a sync |
 *
 * When no webhook came (`lookAt`), `since` being when the wait began:
 *
 * | state | outcome |
 * |---|---|
 * | `succeeded_at` after `since`, and not before `failed_at` | SUCCESSFUL |
 * | `failed_at` after `since` | BROKEN when `setup_state` is, else FAILED |
 * | `setup_state` broken or incomplete | BROKEN |
 * | `sync_state` syncing | SYNCING |
 * | `paused`, or `sync_state` paused | PAUSED |
 * | `sync_state` rescheduled | RESCHEDULED, with `rescheduled_for` where it is known |
 * | scheduled | SYNCING: about to start, or stopped by somebody; the state machine's bound ends it |
 */

export type OnPaused = "skip" | "fail" | "resume";

/** Names of the errors that a connection's state ends its task with. */
export type ConnectionError =
  | "FivetranSyncFailed"
  | "FivetranConnectionBroken"
  | "FivetranConnectionPaused"
  | "FivetranSetupIncomplete";

export type SyncDecision =
  | { readonly action: "trigger"; readonly resume: boolean }
  | { readonly action: "wait"; readonly reason: string }
  | {
      readonly action: "succeed";
      readonly status: "SKIPPED" | "RESCHEDULED";
      readonly rescheduledFor?: string;
      readonly reason: string;
    }
  | { readonly action: "fail"; readonly error: ConnectionError; readonly reason: string };

/** @param now Unix time in milliseconds */
export function decideSync(connection: Connection, onPaused: OnPaused, now: number): SyncDecision {
  const status = connection.status ?? {};
  const paused = isPaused(connection);
  if (paused && onPaused === "skip") {
    return { action: "succeed", status: "SKIPPED", reason: "The connection is paused in Fivetran." };
  }
  if (paused && onPaused === "fail") {
    const reason =
      "The connection is paused in Fivetran. Resume it there, or have paused connections skipped or resumed.";
    return { action: "fail", error: "FivetranConnectionPaused", reason };
  }
  if (status.setup_state === "incomplete") {
    const reason = `The connection's set-up isn't finished${notices(connection)}. Finish it in Fivetran.`;
    return { action: "fail", error: "FivetranSetupIncomplete", reason };
  }
  if (status.setup_state === "broken") {
    return { action: "fail", error: "FivetranConnectionBroken", reason: brokenReason(connection) };
  }
  if (paused) return { action: "trigger", resume: true };
  if (status.sync_state === "syncing") {
    const kind = status.is_historical_sync === true ? "A historical sync" : "A sync";
    return { action: "wait", reason: `${kind} is already at work.` };
  }
  const at = status.sync_state === "rescheduled" ? time(status.rescheduled_for) : undefined;
  if (at !== undefined && at > now) {
    return {
      action: "succeed",
      status: "RESCHEDULED",
      rescheduledFor: new Date(at).toISOString(),
      reason: "Fivetran has put the sync off, most often because the source's request limit is used up.",
    };
  }
  return { action: "trigger", resume: false };
}

export type SyncStatus = "SYNCING" | "SUCCESSFUL" | "FAILED" | "RESCHEDULED" | "PAUSED" | "BROKEN";

export interface SyncLook {
  readonly status: SyncStatus;
  readonly rescheduledFor?: string;
  readonly reason?: string;
}

/** @param since Unix time in milliseconds: when the wait began */
export function lookAt(connection: Connection, since: number): SyncLook {
  const status = connection.status ?? {};
  const broken = status.setup_state === "broken" || status.setup_state === "incomplete";
  const succeeded = time(connection.succeeded_at) ?? 0;
  const failed = time(connection.failed_at) ?? 0;
  if (succeeded > since && succeeded >= failed) return { status: "SUCCESSFUL" };
  if (failed > since && !broken) return { status: "FAILED", reason: `The sync failed${notices(connection)}.` };
  if (broken) return { status: "BROKEN", reason: brokenReason(connection) };
  if (status.sync_state === "syncing") return { status: "SYNCING" };
  if (isPaused(connection)) {
    return { status: "PAUSED", reason: "The connection was paused in Fivetran while its sync was waited for." };
  }
  if (status.sync_state === "rescheduled") {
    const at = time(status.rescheduled_for);
    return {
      status: "RESCHEDULED",
      ...(at === undefined ? {} : { rescheduledFor: new Date(at).toISOString() }),
      reason: "Fivetran has put the sync off.",
    };
  }
  return { status: "SYNCING", reason: "The sync hasn't begun yet, or was stopped." };
}

/** The connection's page in Fivetran's dashboard: its state, its syncs and their logs. */
export function logUrl(connectionId: string): string {
  return `https://fivetran.com/dashboard/connections/${encodeURIComponent(connectionId)}/status`;
}

function isPaused({ paused, status }: Connection): boolean {
  return paused === true || status?.sync_state === "paused";
}

function brokenReason(connection: Connection): string {
  return `Fivetran can't reach the source or the destination${notices(connection)}. Repair the connection in Fivetran.`;
}

/** What Fivetran asks a person to do, else its warnings. */
function notices({ status }: Connection): string {
  const tasks = status?.tasks ?? [];
  const chosen = tasks.length > 0 ? tasks : (status?.warnings ?? []);
  const texts = chosen.map(({ code, message }) => message || code).filter((text) => typeof text === "string");
  return texts.length === 0 ? "" : `: ${texts.join("; ").slice(0, 1_000).replace(/\.$/, "")}`;
}

function time(text: string | null | undefined): number | undefined {
  const parsed = Date.parse(text ?? "");
  return Number.isNaN(parsed) ? undefined : parsed;
}
