import type { EnvironmentSpec } from "../shared/environment";

/** What the component gives a connector; START, where the historical load begins, only if it is told. */
export const environment = {
  /** Physical name of the component: the dimension of its metrics. */
  PIPELINE: "string",
} as const satisfies EnvironmentSpec;
