import type { EnvironmentSpec } from "../shared/environment";

export const environment = {
  /** Dimension of the metrics. */
  PIPELINE: "string",
} as const satisfies EnvironmentSpec;

/** May be left unset. */
export const optionalEnvironment = {
  /** Where a historical load begins, unless the custom payload has `startFrom`. */
  START: "string",
} as const satisfies EnvironmentSpec;
