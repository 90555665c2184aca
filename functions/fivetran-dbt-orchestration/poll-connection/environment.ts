import type { EnvironmentSpec } from "../../shared/environment";

export const environment = {
  /** Physical name of the component: the dimension of its metrics. */
  PIPELINE: "string",
  /** For example `https://api.fivetran.com`. */
  FIVETRAN_API_URL: "string",
  /** Secret with the JSON text `{"apiKey": …, "apiSecret": …}`. */
  API_SECRET_ARN: "string",
  /** The table of task tokens. */
  WAITS_TABLE: "string",
} as const satisfies EnvironmentSpec;
