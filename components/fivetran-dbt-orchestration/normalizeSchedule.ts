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

/**
 * The longest time in seconds from one run to the next. Undefined where the last run is known (a year is given), or where
 * days are counted from a month's end or by its weeks: these are further apart than an alarm looks back.
 */
export function longestGap(expression: string): number | undefined {
  const [, count, unit = ""] = /^rate\((\d+) (minute|hour|day)/.exec(expression) ?? [];
  if (count !== undefined) return Number(count) * { minute: 60, hour: 3600, day: 86_400 }[unit as "minute"];
  const [minutes = "", hours = "", day = "", month = "", weekday = "", year] =
    /^cron\((.*)\)$/.exec(expression)?.[1]?.toUpperCase().split(" ") ?? [];
  if (year !== "*" || /[LW#]/.test(day) || /L|#/.test(weekday.replaceAll(/[A-Z]{3}/g, ""))) return undefined;
  const minutesOf = numbers(minutes, 0, 59);
  const times = [...numbers(hours, 0, 23)].flatMap((hour) => [...minutesOf].map((minute) => hour * 3600 + minute * 60));
  const days = day === "?" ? numbers(weekday, 1, 7, "SUN MON TUE WED THU FRI SAT") : numbers(day, 1, 31);
  const months = numbers(month, 1, 12, "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC");
  let [longest, before]: [number, number | undefined] = [0, undefined];
  // A leap year, and into the next one.
  for (let i = 0; i < 400; i++) {
    const date = new Date(Date.UTC(2028, 0, 1 + i));
    const fits = days.has(day === "?" ? date.getUTCDay() + 1 : date.getUTCDate());
    if (!fits || !months.has(date.getUTCMonth() + 1)) continue;
    for (const time of times.sort((a, b) => a - b)) {
      const at = i * 86_400 + time;
      longest = Math.max(longest, at - (before ?? at));
      before = at;
    }
  }
  return longest === 0 ? undefined : longest;
}

/** The numbers that a field of cron stands for; a range may go over the end. */
function numbers(field: string, least: number, most: number, names = ""): ReadonlySet<number> {
  const number = (text: string): number => {
    const named = names.split(" ").indexOf(text);
    return named < 0 ? Number(text) : least + named;
  };
  const found = new Set<number>();
  for (const part of field.split(",")) {
    const [range = "", step] = part.split("/");
    const [from = "", to] = range === "*" ? [String(least), String(most)] : range.split("-");
    const first = number(from);
    const last = to === undefined ? (step === undefined ? first : most) : number(to);
    const length = (last >= first ? last : last + most - least + 1) - first;
    for (let i = 0; i <= length; i += Number(step ?? 1)) found.add(least + ((first - least + i) % (most - least + 1)));
  }
  return found;
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
