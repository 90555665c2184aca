import type { ArgumentCheck } from "./arguments";

/**
 * Days that CloudWatch keeps logs for.
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
 */
export const logRetentionDays: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** @throws ArgumentError for a number of days that CloudWatch doesn't keep logs for */
export function checkLogRetentionDays(check: ArgumentCheck, days: number): void {
  if (!logRetentionDays.includes(days)) {
    check.fail("logRetentionDays", days, `CloudWatch takes ${logRetentionDays.join(", ")}.`);
  }
}
