import type { OnPaused } from "../../shared/fivetran/connectionState";
import { Input } from "../../shared/input";

export interface SyncRequest {
  readonly groupId: string;
  readonly connectionId: string;
  /** ARN of the execution. */
  readonly execution: string;
  /** Counts the execution's waits for this connection. */
  readonly attempt: number;
  /** `wait`: the sync was triggered before, the wait is only renewed. */
  readonly mode: "trigger" | "wait";
  readonly onPaused: OnPaused;
  readonly taskToken: string;
  /** Sets the connection's schedule before its sync is triggered. */
  readonly scheduleType?: "auto" | "manual";
  /** Unix time in milliseconds since when the connection is waited for; a sync that has ended since then ends the wait. */
  readonly since?: number;
}

/** @throws InputError */
export function parseSyncRequest(event: unknown): SyncRequest {
  const input = new Input(event);
  return {
    groupId: input.text("group_id"),
    connectionId: input.text("connection_id"),
    execution: input.text("execution"),
    attempt: input.count("attempt"),
    mode: input.oneOf("mode", ["trigger", "wait"]),
    onPaused: input.oneOf("on_paused", ["skip", "fail", "resume"]),
    taskToken: input.text("task_token"),
    ...(input.has("schedule_type") ? { scheduleType: input.oneOf("schedule_type", ["auto", "manual"]) } : {}),
    ...(input.has("since") ? { since: input.time("since") } : {}),
  };
}
