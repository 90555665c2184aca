import type { ArgumentCheck } from "./arguments";

const allowed = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** @throws ArgumentError for a number of days that CloudWatch doesn't keep logs for */
export function checkLogDays(check: ArgumentCheck, path: string, days: number): void {
  if (!allowed.includes(days)) check.fail(path, days, `CloudWatch takes ${allowed.join(", ")}.`);
}
