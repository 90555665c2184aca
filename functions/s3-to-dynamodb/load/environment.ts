import type { EnvironmentSpec } from "../../shared/environment";

/** What the component gives the load function. */
export const environment = {
  /** Physical name of the component: the dimension of its metrics. */
  PIPELINE: "string",
  /** Name of the table that the items go to. */
  TABLE: "string",
  LANDING_BUCKET: "string",
  LEDGER_TABLE: "string",
  /** Days after which an entry that nothing was heard of any more expires. */
  LEDGER_DAYS: "integer",
  LOAD_QUEUE_URL: "string",
} as const satisfies EnvironmentSpec;
