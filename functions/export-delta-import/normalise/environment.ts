import type { EnvironmentSpec } from "../../shared/environment";

/** What the component gives the normalise function. */
export const environment = {
  /** Physical name of the component: the dimension of its metrics. */
  PIPELINE: "string",
  REGISTRY_TABLE: "string",
  LOCK_TABLE: "string",
  LEASE_SECONDS: "integer",
  WORK_BUCKET: "string",
  /** MB of a part before it is packed. */
  PART_MEGABYTES: "integer",
  /** GB of a file's text. */
  MAX_UNPACKED_GIGABYTES: "integer",
} as const satisfies EnvironmentSpec;
