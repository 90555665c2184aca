import type { EnvironmentSpec } from "../../shared/environment";

/** What the component gives the publish function. */
export const environment = {
  /** Physical name of the component: the dimension of its metrics. */
  PIPELINE: "string",
  REGISTRY_TABLE: "string",
  LOCK_TABLE: "string",
  LEASE_SECONDS: "integer",
  WORK_BUCKET: "string",
  STREAM: "string",
} as const satisfies EnvironmentSpec;
