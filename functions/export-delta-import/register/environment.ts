import type { EnvironmentSpec } from "../../shared/environment";

/** What the component gives the register function. */
export const environment = {
  /** Physical name of the component: the dimension of its metrics. */
  PIPELINE: "string",
  REGISTRY_TABLE: "string",
  STATE_MACHINE_ARN: "string",
} as const satisfies EnvironmentSpec;
