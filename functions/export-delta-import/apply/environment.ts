import type { EnvironmentSpec } from "../../shared/environment";

/** What the component gives the apply function. */
export const environment = {
  /** Physical name of the component: the dimension of its metrics. */
  PIPELINE: "string",
  REGISTRY_TABLE: "string",
  TARGET_TABLE: "string",
  /** Partition keys that the rows of one table are spread over. */
  TARGET_SHARDS: "integer",
  VERSION_ORDER: "string",
  /** Operations that can't be applied. */
  DLQ_URL: "string",
} as const satisfies EnvironmentSpec;
