import type { EnvironmentSpec } from "../../shared/environment";

export const environment = {
  /** Bucket of the stage. */
  STAGE_BUCKET: "string",
  /** Where the files go, for example `changes/orders/`. */
  PREFIX: "string",
  /** JSON array: the partition key's name, then the sort key's if there is one. */
  KEY_ATTRIBUTES: "string",
} as const satisfies EnvironmentSpec;
