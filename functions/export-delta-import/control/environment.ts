import type { EnvironmentSpec } from "../../shared/environment";

/** What the component gives the control function. */
export const environment = {
  /** Physical name of the component: the dimension of its metrics. */
  PIPELINE: "string",
  REGISTRY_TABLE: "string",
  LOCK_TABLE: "string",
  WORK_BUCKET: "string",
  DATABASE: "string",
  STATE_MACHINE_ARN: "string",
  /** Names of the targets, with commas between. */
  TARGETS: "string",
  LEASE_SECONDS: "integer",
  APPROVAL_SECONDS: "integer",
  /** US cents that Athena takes for a terabyte. */
  CENTS_PER_TERABYTE: "integer",
} as const satisfies EnvironmentSpec;
