import { logUrl } from "../../shared/fivetran/connectionState";
import type { Tasks } from "../waits/tasks";
import type { FoundWait, Wait } from "../waits/waits";
import type { WebhookPorts } from "./ports";
import type { SyncEnd } from "./syncEnd";

/** Ends one task in the way that the sync has ended. */
export type Completion = (tasks: Tasks, token: string) => Promise<boolean>;

/**
 * What the sync's status means to those who wait; undefined: nothing, the next look at the API decides.
 *
 * | data.status | |
 * |---|---|
 * | SUCCESSFUL | success |
 * | RESCHEDULED | success with that status; `rescheduled_for` only where the webhook says it, else ask the API |
 * | FAILURE, FAILURE_WITH_TASK | failure FivetranSyncFailed |
 * | CANCELED | the same: the data that dbt counts on isn't there |
 */
export function completionOf({
  connectionId,
  syncId,
  status,
  reason,
  rescheduledFor,
}: SyncEnd): Completion | undefined {
  const about = { connection_id: connectionId, sync_id: syncId, log_url: logUrl(connectionId) };
  const succeed: Completion = (tasks, token) =>
    tasks.succeed(token, {
      ...about,
      status,
      rescheduled_for: rescheduledFor,
      reason,
    });
  const fail =
    (words: string): Completion =>
    (tasks, token) =>
      tasks.fail(token, "FivetranSyncFailed", {
        ...about,
        reason: reason === undefined ? words : `${words}: ${reason}`,
      });
  switch (status) {
    case "SUCCESSFUL":
    case "RESCHEDULED":
      return succeed;
    case "FAILURE":
      return fail("The sync failed");
    case "FAILURE_WITH_TASK":
      return fail("The sync failed, and Fivetran asks for something to be done");
    case "CANCELED":
    case "CANCELLED":
      return fail("The sync was cancelled in Fivetran");
    default:
      return undefined;
  }
}

/** What a webhook has found. */
export interface Completed {
  /** Waits that this sync has completed. */
  readonly completed: readonly Wait[];
  /** Whether a look at the API had seen this sync's end before. */
  readonly seenBefore: boolean;
  /** Whether the sync is nobody's: no execution waits for the connection, nor has just done so. */
  readonly nobodys: boolean;
  /** Waits that are there for a later sync. */
  readonly later: number;
}

/**
 * Ends the tasks of all who waited as the sync ended, however many executions wait for the same sync. Removing the
 * waits is left to the caller, after it has noted the webhook.
 *
 * A wait stored after `created` waits for a later sync. The two times are of two clocks: where Fivetran's is behind by
 * more than the sync took, nothing is completed and the next look ends the wait; where it is ahead, a sync that ended
 * within the difference before the token was stored counts as the one that was waited for.
 */
export async function completeWaits(
  end: SyncEnd,
  completion: Completion,
  { waits, tasks, log }: Pick<WebhookPorts, "waits" | "tasks" | "log">,
): Promise<Completed> {
  const { connectionId, syncId } = end;
  const created = new Date(end.created).toISOString();
  const found = await waits.waitsFor(connectionId);
  const due = found.filter((wait) => isDue(wait, created, syncId));
  const later = found.filter(({ state, storedAt }) => state !== "over" && storedAt > created).length;
  const completed: Wait[] = [];
  for (const wait of due.filter(({ state }) => state !== "over")) {
    if (!(await waits.take(wait, syncId))) continue;
    // False: the task is over, or the execution. The sync was its own all the same.
    const told = await completion(tasks, wait.token);
    completed.push(wait);
    log.info("Wait completed", { connectionId, syncId, execution: wait.execution, told });
  }
  const seenBefore = due.some(({ state }) => state === "over");
  return { completed, seenBefore, nobodys: due.length === 0 && later === 0, later };
}

function isDue({ storedAt, state, syncId: takenBy, until }: FoundWait, created: string, syncId: string): boolean {
  if (state === "over") return until !== undefined && created <= until;
  if (storedAt > created) return false;
  return state === "waiting" || takenBy === syncId;
}
