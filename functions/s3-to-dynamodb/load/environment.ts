import type { EnvironmentSpec } from "../../shared/environment";

/** What the component gives the load function. */
export const environment = {
  /** Physical name of the component: the dimension of its metrics. */
  PIPELINE: "string",
  /** Name of the table that the items go to. */
  TABLE: "string",
  LANDING_BUCKET: "string",
  LEDGER_TABLE: "string",
  LOAD_QUEUE_URL: "string",
} as const satisfies EnvironmentSpec;
