import { Logger } from "@aws-lambda-powertools/logger";

/** The part of Powertools' logger that the functions use; tests pass a narrow fake. */
export type Log = Pick<Logger, "debug" | "info" | "warn" | "error">;

/** A structured logger. Level by POWERTOOLS_LOG_LEVEL. @default level INFO */
export function createLogger(serviceName: string): Logger {
  return new Logger({ serviceName });
}
