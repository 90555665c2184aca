import type { EnvironmentSpec } from "../shared/environment";

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
  /** Connections whose syncs start an execution, as startOnText (startOn.ts) writes them: `a,b`, or `none`. */
  START_ON: "string",
} as const satisfies EnvironmentSpec;
