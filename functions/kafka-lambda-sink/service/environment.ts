import type { EnvironmentSpec } from "../../shared/environment";

export const environment = {
  /** Physical name of the component: the dimension of its metrics. */
  PIPELINE: "string",
  /** The connector's keys and values, a JSON object; `${env:NAME}` stands for another variable. */
  SINK_CONFIG: "string",
  /** Where the health check is answered. */
  HEALTH_PORT: "integer",
  /** Seconds between SIGTERM and SIGKILL. */
  STOP_SECONDS: "integer",
} as const satisfies EnvironmentSpec;
