import type { EnvironmentSpec } from "../../shared/environment";

/** What the component gives the collect function. */
export const environment = {
  /** Physical name of the component: the dimension of its metrics. */
  PIPELINE: "string",
  LANDING_BUCKET: "string",
  LEDGER_TABLE: "string",
  /** Days after which an entry that nothing was heard of any more expires. */
  LEDGER_DAYS: "integer",
  LOAD_QUEUE_URL: "string",
  /** The function's own queue, for files that don't finish in one invocation. */
  COLLECT_QUEUE_URL: "string",
} as const satisfies EnvironmentSpec;
