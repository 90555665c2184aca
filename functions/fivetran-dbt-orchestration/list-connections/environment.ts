import type { EnvironmentSpec } from "../../shared/environment";

export const environment = {
  /** Physical name of the component. */
  PIPELINE: "string",
  /** For example `https://api.fivetran.com`. */
  FIVETRAN_API_URL: "string",
  /** Secret with the JSON text `{"apiKey": …, "apiSecret": …}`. */
  API_SECRET_ARN: "string",
} as const satisfies EnvironmentSpec;
