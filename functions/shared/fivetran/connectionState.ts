import type { Connection } from "./types";

/**
 * What becomes of a connection, by the state that the API reports. Read from the top; the first line that fits decides.
 * `since` is when the run began to wait for the connection.
 *
 * | state | outcome |
 * |---|---|
 * | `succeeded_at` after `since`, and not before `failed_at` | ends SUCCESSFUL |
 * | `failed_at` after `since`, `setup_state` neither broken nor incomplete | ends with FivetranSyncFailed |
 * | `paused`, or `sync_state` paused, and no sync at work; `on_paused` skip | ends SKIPPED |
 * | the same; `on_paused` fail | ends with FivetranConnectionPaused |
 * | `setup_state` incomplete | ends with FivetranSetupIncomplete |
 * | `setup_state` broken | ends with FivetranConnectionBroken |
 * | `sync_state` syncing, historical or not | is waited for; nothing is triggered, and the sync isn't stopped |
 * | paused; `on_paused` resume | is resumed, then triggered |
 * | `sync_state` rescheduled, `rescheduled_for` ahead | ends RESCHEDULED with that time |
 * | `sync_state` rescheduled, no time or past | is triggered: with `schedule_type` manual nobody else would |
 * | scheduled, and whatever Fivetran may add | is triggered; `force` is false, so it never stops a sync |
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
      readonly status: "SUCCESSFUL" | "SKIPPED" | "RESCHEDULED";
      /** ISO 8601. */
      readonly rescheduledFor?: string;
      readonly reason?: string;
    }
  | { readonly action: "fail"; readonly error: ConnectionError; readonly reason: string };

export interface Looking {
  /** Unix time in milliseconds: when the wait began. */
  readonly since: number;
  readonly onPaused: OnPaused;
  /** Unix time in milliseconds. */
  readonly now: number;
}

export function decide(connection: Connection, { since, onPaused, now }: Looking): SyncDecision {
  const status = connection.status ?? {};
  const atWork = status.sync_state === "syncing";
  const paused = connection.paused === true || status.sync_state === "paused";
  const ended = endSince(connection, since);
  if (ended !== undefined) return ended;
  if (paused && !atWork && onPaused === "skip") {
    return { action: "succeed", status: "SKIPPED", reason: "The connection is paused in Fivetran." };
  }
  if (paused && !atWork && onPaused === "fail") {
    const reason =
      "The connection is paused in Fivetran. Resume it there, or have paused connections skipped or resumed.";
    return { action: "fail", error: "FivetranConnectionPaused", reason };
  }
  if (status.setup_state === "incomplete") {
    const reason = `The connection's set-up isn't finished${notices(connection)}. Finish it in Fivetran.`;
    return { action: "fail", error: "FivetranSetupIncomplete", reason };
  }
  if (status.setup_state === "broken") {
    const reason = `Fivetran can't reach the source or the destination${notices(connection)}. Repair the connection in Fivetran.`;
    return { action: "fail", error: "FivetranConnectionBroken", reason };
  }
  if (atWork) {
    const kind = status.is_historical_sync === true ? "A historical sync" : "A sync";
    return { action: "wait", reason: `${kind} is already at work.` };
  }
  if (paused) return { action: "trigger", resume: true };
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

/** How the last sync ended, if it ended while the run was waiting for it. */
function endSince(connection: Connection, since: number): SyncDecision | undefined {
  const broken = connection.status?.setup_state === "broken" || connection.status?.setup_state === "incomplete";
  const succeeded = time(connection.succeeded_at) ?? 0;
  const failed = time(connection.failed_at) ?? 0;
  if (succeeded > since && succeeded >= failed) return { action: "succeed", status: "SUCCESSFUL" };
  if (failed > since && !broken) {
    return { action: "fail", error: "FivetranSyncFailed", reason: `The sync failed${notices(connection)}.` };
  }
  return undefined;
}

/** The connection's page in Fivetran's dashboard: its state, its syncs and their logs. */
export function logUrl(connectionId: string): string {
  return `https://fivetran.com/dashboard/connections/${encodeURIComponent(connectionId)}/status`;
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
