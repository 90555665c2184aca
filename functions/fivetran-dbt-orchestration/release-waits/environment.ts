import type { EnvironmentSpec } from "../../shared/environment";

export const environment = {
  /** Physical name of the component: the dimension of its metrics. */
  PIPELINE: "string",
  /** The table of task tokens. */
  WAITS_TABLE: "string",
} as const satisfies EnvironmentSpec;
