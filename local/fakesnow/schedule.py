"""When a task is due: `<n> MINUTES`, or cron in a time zone."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo


def next_run(schedule, after):
    """The first time after `after` that `<n> MINUTES` or `USING CRON <5 fields> <zone>` names."""
    if found := re.fullmatch(r"(\d+) MINUTES?", schedule):
        return after + timedelta(minutes=int(found[1]))
    found = re.fullmatch(r"USING CRON (\S+) (\S+) (\S+) (\S+) (\S+) (\S+)", schedule)
    if not found:
        raise ValueError(f"schedule {schedule}: expected '<n> MINUTES' or 'USING CRON <5 fields> <time zone>'")
    fields = [_field(found[i + 1], *limits) for i, limits in enumerate([(0, 59), (0, 23), (1, 31), (1, 12), (0, 7)])]
    minutes, hours, days, months, weekdays = fields
    any_day, any_weekday = found[3] == "*", found[5] == "*"
    at = after.astimezone(ZoneInfo(found[6])).replace(second=0, microsecond=0)
    for _ in range(366 * 24 * 60):
        at = (at.astimezone(after.tzinfo) + timedelta(minutes=1)).astimezone(at.tzinfo)
        # Cron's own rule: where both days are given, either will do.
        day, weekday = at.day in days, at.isoweekday() % 7 in {each % 7 for each in weekdays}
        right_day = (day and weekday) if any_day or any_weekday else (day or weekday)
        if at.minute in minutes and at.hour in hours and at.month in months and right_day:
            return at.astimezone(after.tzinfo)
    raise ValueError(f"schedule {schedule}: names no time in the next year")


def _field(text, low, high):
    values = set()
    for part in text.split(","):
        found = re.fullmatch(r"(?:\*|(\d+)(?:-(\d+))?)(?:/(\d+))?", part)
        if not found:
            raise ValueError(f"cron field {text}: {part} isn't read by the local cloud (numbers, *, ranges, steps)")
        first = low if found[1] is None else int(found[1])
        last = high if found[1] is None or (found[2] is None and found[3]) else int(found[2] or found[1])
        if not low <= first <= last <= high:
            raise ValueError(f"cron field {text}: {part} isn't within {low} to {high}")
        values |= set(range(first, last + 1, int(found[3] or 1)))
    return values
