import type { ArgumentCheck } from "../parts/arguments";
import type { OrchestrationScheduleArgs } from "./args";

export interface SchedulePlan {
  readonly expression: string;
  readonly timeZone: string;
  readonly enabled: boolean;
}

/** @throws ArgumentError for what EventBridge Scheduler would refuse */
export function normalizeSchedule(check: ArgumentCheck, args: OrchestrationScheduleArgs): SchedulePlan {
  check.knownKeys("schedule", args, { expression: true, timeZone: true, enabled: true });
  const { expression, timeZone = "UTC", enabled = true } = args;
  checkExpression(check, expression);
  if (!isTimeZone(timeZone)) {
    check.fail("schedule.timeZone", timeZone, 'Give an IANA name, for example "Europe/Zurich" or "UTC".');
  }
  return { expression, timeZone, enabled };
}

const example = 'for example "cron(0 5 ? * MON-FRI *)" or "rate(6 hours)"';

function checkExpression(check: ArgumentCheck, expression: string): void {
  const path = "schedule.expression";
  const rate = /^rate\((\d+) (minute|minutes|hour|hours|day|days)\)$/.exec(expression);
  if (rate !== null) {
    const [, count, unit = ""] = rate;
    if (Number(count) < 1 || unit.endsWith("s") !== Number(count) > 1) {
      check.fail(path, expression, 'Give 1 with a singular ("rate(1 hour)") and more with a plural ("rate(2 hours)").');
    }
    return;
  }
  const fields = /^cron\((.*)\)$/.exec(expression)?.[1]?.split(" ");
  if (fields?.length !== 6) {
    check.fail(
      path,
      expression,
      `Give a rate, or cron with six fields (minutes, hours, day, month, weekday, year), ${example}.`,
    );
  }
  const fit = fields.every((field, i) => fieldForms[i]?.test(field) === true);
  if (!fit) check.fail(path, expression, `A field has a form that its place doesn't take, ${example}.`);
  if ((fields[2] === "?") === (fields[4] === "?")) {
    check.fail(
      path,
      expression,
      "Exactly one of day of month and day of week must be ?, as EventBridge Scheduler asks.",
    );
  }
}

const list = (item: string): RegExp => {
  const part = `(?:\\*|${item}(?:-${item})?)(?:/\\d+)?`;
  return new RegExp(`^(?:${part}(?:,${part})*)$`, "i");
};
const fieldForms: readonly RegExp[] = [
  list("[0-5]?\\d"),
  list("(?:[01]?\\d|2[0-3])"),
  new RegExp(`${list("(?:0?[1-9]|[12]\\d|3[01])").source}|^\\?$|^LW?$|^\\d{1,2}W$`, "i"),
  list("(?:0?[1-9]|1[0-2]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)"),
  new RegExp(`${list("(?:[1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)").source}|^\\?$|^[1-7]?L$|^[1-7]#[1-5]$`, "i"),
  list("(?:19|20|21)\\d\\d"),
];

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}
