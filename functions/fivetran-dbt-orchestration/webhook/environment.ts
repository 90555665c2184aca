import type { EnvironmentSpec } from "../../shared/environment";

export const environment = {
  /** Physical name of the component: the dimension of its metrics. */
  PIPELINE: "string",
  /** Secret with the JSON text `{"webhookSecret": …}`. */
  WEBHOOK_SECRET_ARN: "string",
  /** The table of task tokens. */
  WAITS_TABLE: "string",
  STATE_MACHINE_ARN: "string",
  /** Webhooks of other groups have no effect. */
  GROUP_ID: "string",
  /** Connections whose syncs start an execution, as `startOnText` writes them: `a,b`, or `none`. */
  START_ON: "string",
} as const satisfies EnvironmentSpec;

/** What START_ON says when no connection starts executions: a variable is never empty. */
const NOTHING_STARTS = "none";

/** START_ON's text for these connections. */
export function startOnText(connectionIds: readonly string[]): string {
  return connectionIds.length === 0 ? NOTHING_STARTS : connectionIds.join(",");
}

/** The connections that START_ON names. */
export function parseStartOn(text: string): ReadonlySet<string> {
  const ids = text.split(",").map((id) => id.trim());
  return new Set(text === NOTHING_STARTS ? [] : ids.filter((id) => id !== ""));
}
