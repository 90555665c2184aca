"""Tasks: run when they are started and due, as the role that owns them, and tell of a run that failed."""

import logging
import threading
import time
import traceback
from collections import defaultdict
from datetime import datetime

import clock
from error_messages import tell_task
from schedule import next_run

_IDLE_SECONDS = 0.5
_SUSPENDED_AFTER = 10
log = logging.getLogger("local.tasks")


class Tasks:
    def __init__(self, registry, sql):
        self._registry, self._sql = registry, sql
        self._lock = threading.RLock()
        self._due = {}  # (task's name, since when it has run by its schedule) → when
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
            started = {(task["name"], task["since"]): task for task in self._registry.list("tasks") if _runs(task)}
            # One that was suspended or altered begins anew.
            self._due = {key: due for key, due in self._due.items() if key in started}
            for key, task in started.items():
                due = self._due.setdefault(key, next_run(task["schedule"], datetime.fromisoformat(task["since"])))
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
