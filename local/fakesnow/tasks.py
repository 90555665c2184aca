"""Tasks: run when they are started and due, as the role that owns them, and tell of a run that failed."""

import logging
import re
import threading
import time
import traceback
from collections import defaultdict
from datetime import timedelta
from zoneinfo import ZoneInfo

import clock
from error_messages import tell_task

_IDLE_SECONDS = 0.5
_SUSPENDED_AFTER = 10
log = logging.getLogger("local.tasks")


class Tasks:
    def __init__(self, registry, sql):
        self._registry, self._sql = registry, sql
        self._lock = threading.RLock()
        self._due = {}  # (task's name, its schedule) → when
        self._failures = defaultdict(int)  # one after the other
        self.history = defaultdict(list)

    def start(self):
        threading.Thread(target=self._run, daemon=True, name="tasks").start()

    def _run(self):
        while True:
            try:
                self.run_due()
            except Exception:
                log.error("tasks: %s", traceback.format_exc())
            time.sleep(_IDLE_SECONDS)

    def run_due(self):
        """One run of each started task whose time has come; what came due several times runs once."""
        with self._lock:
            now = clock.now()
            started = {(task["name"], task["schedule"]): task for task in self._registry.list("tasks") if _runs(task)}
            # One that was suspended or altered begins anew.
            self._due = {key: due for key, due in self._due.items() if key in started}
            for key, task in started.items():
                due = self._due.setdefault(key, next_run(task["schedule"], now))
                if due <= now:
                    self._due[key] = next_run(task["schedule"], now)
                    self._attempt(task)

    def execute(self, name):
        """EXECUTE TASK: one run now, whether the task is started or not. @throws what the run throws"""
        with self._lock:
            return self._attempt(self._registry.get("tasks", name), raising=True)

    def switch(self, name, started):
        with self._lock:
            task = self._registry.get("tasks", name)
            self._registry.put("tasks", {**task, "started": started})
            self._failures[name] = 0

    def _attempt(self, task, raising=False):
        name, owner = task["name"], self._registry.access.owner("TASK", task["name"])
        run = {"scheduledAt": clock.now().isoformat(), "state": "SUCCEEDED", "error": None}
        try:
            self._may_run(task, owner)
            answer = self._sql.run(task["sql"], role=owner)
            self._failures[name] = 0
            return {"rows": answer["rows"]}
        except Exception as error:
            run |= {"state": "FAILED", "error": str(error)}
            self._failed(task, str(error))
            if raising:
                raise
            return None
        finally:
            self.history[name].append(run)

    def _may_run(self, task, owner):
        self._registry.access.require(owner, "EXECUTE TASK", "ACCOUNT", "")
        if task.get("warehouse"):
            self._registry.access.require(owner, "USAGE", "WAREHOUSE", task["warehouse"])
        else:
            self._registry.access.require(owner, "EXECUTE MANAGED TASK", "ACCOUNT", "")

    def _failed(self, task, error):
        name = task["name"]
        log.warning("task %s: %s", name, error)
        if task.get("errorIntegration"):
            problem = tell_task(self._registry, task, error)
            if problem:
                log.warning("task %s: its failure couldn't be told: %s", name, problem)
        self._failures[name] += 1
        given = task.get("suspendTaskAfterNumFailures")
        limit = _SUSPENDED_AFTER if given is None else given
        if limit and self._failures[name] >= limit and task.get("started"):
            self._registry.put("tasks", {**task, "started": False})


def _runs(task):
    return task.get("started") is True and task.get("schedule")


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
