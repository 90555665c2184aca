"""Snowpipe and COPY: takes the events of each channel, reads the objects in the integration's role and loads them.

What is loaded once, by https://docs.snowflake.com/en/user-guide/data-load-snowpipe-intro#data-duplication:
a pipe remembers the names that it loaded for 14 days, whatever is in a file of that name later; a table remembers what
COPY statements loaded for 64 days, by name and content. Neither knows of the other, and a pipe's memory goes with it.
"""

import logging
import threading
import time
import traceback
from collections import defaultdict, deque
from datetime import datetime, timedelta

import clock
from copy_load import load_file
from copy_statement import object_name, parse_copy
from error_messages import tell_file
from snowflake_aws import client
from snowflake_registry import Missing, location

_IDLE_SECONDS = 0.2
_PIPE_DAYS, _TABLE_DAYS, _REFRESH_DAYS = 14, 64, 7
log = logging.getLogger("local.snowpipe")


class Snowpipe:
    def __init__(self, registry, duck):
        self._registry, self._duck = registry, duck
        self._load_lock = threading.Lock()
        self._queues = defaultdict(deque)  # keys that wait, by pipe
        self._paused = set()
        self._busy = defaultdict(int)  # by pipe
        self.history = defaultdict(list)  # of a pipe's name
        self._table_history = defaultdict(list)  # of a table: what COPY statements loaded
        self._counts = defaultdict(lambda: {"received": 0, "ignored": 0, "notificationErrors": []})

    def start(self):
        threading.Thread(target=self._run, daemon=True, name="snowpipe").start()

    def forget(self, name):
        """A pipe that is dropped takes along its queue and what it knows of loaded files."""
        for kept in (self._queues, self.history, self._counts):
            kept.pop(name, None)
        self._paused.discard(name)

    def pause(self, name, paused):
        (self._paused.add if paused else self._paused.discard)(name)

    def status(self, name):
        pipe = self._registry.get("pipes", name)
        name = pipe["name"]
        pending = len(self._queues[name]) + self._busy[name]
        channel = self._registry.channels.get(pipe["bucket"])
        if channel and "notificationChannel" in pipe:
            pending += channel.waiting()
        state = self._registry.stopped(pipe) or ("PAUSED" if name in self._paused else "RUNNING")
        return {"pendingFiles": pending, "executionState": state, **self._counts[name]}

    def refresh(self, name, prefix="", modified_after=None):
        """Queues what was put under the stage in the last 7 days and neither the pipe nor a COPY has loaded. @returns the names"""
        pipe = self._registry.get("pipes", name)
        since = clock.now() - timedelta(days=_REFRESH_DAYS)
        if modified_after is not None:
            after = datetime.fromisoformat(modified_after)
            since = max(since, after if after.tzinfo else after.replace(tzinfo=since.tzinfo))
        copy = parse_copy(pipe["copyStatement"])
        found = [
            key
            for key, etag, modified, _ in self._objects(pipe["stage"], prefix)
            if modified >= since and not self._pipe_has(pipe["name"], key) and not self._table_has(copy.table, key, etag)
        ]
        self._queues[pipe["name"]].extend(found)
        return found

    def copy_now(self, sql, role):
        """A bulk COPY: the files of the stage that no COPY has loaded into the table. @returns rows as COPY gives them"""
        copy = parse_copy(sql)
        self._registry.may_copy(role, copy)
        results = []
        for key, etag, _, _ in self._objects(copy.stage, ""):
            if not self._table_has(copy.table, key, etag):
                entry = self._load(f"COPY into {'.'.join(copy.table)}", copy, key)
                self._table_history[copy.table].append(entry)
                results.append(_copy_row(entry))
        return results

    def list_stage(self, stage_name):
        _, bucket, _, _ = self._registry.stage_access(stage_name)
        return [
            {"name": f"s3://{bucket}/{key}", "size": size, "md5": etag, "last_modified": modified.isoformat()}
            for key, etag, modified, size in self._objects(stage_name, "")
        ]

    def pipe_loads_of(self, table):
        """What pipes loaded into a table, as COPY_HISTORY knows it."""
        wanted = tuple(object_name(table).split("."))
        return [
            entry
            for pipe in self._registry.list("pipes")
            if parse_copy(pipe["copyStatement"]).table == wanted
            for entry in self.history[pipe["name"]]
        ]

    def _objects(self, stage_name, prefix):
        """[(key, etag, last modified, size)] under a stage, as the integration's role may list them."""
        _, bucket, stage_prefix, credentials = self._registry.stage_access(stage_name)
        pages = client("s3", credentials).get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=stage_prefix + prefix)
        return [
            (found["Key"], found["ETag"].strip('"'), found["LastModified"], found["Size"])
            for page in pages
            for found in page.get("Contents", [])
            if not found["Key"].endswith("/")
        ]

    def _pipe_has(self, name, key):
        since = (clock.now() - timedelta(days=_PIPE_DAYS)).isoformat()
        return any(
            entry["file"] == key and entry["at"] >= since and entry["status"] != "LOAD_FAILED" for entry in self.history[name]
        )

    def _table_has(self, table, key, etag):
        since = (clock.now() - timedelta(days=_TABLE_DAYS)).isoformat()
        return any(
            (entry["file"], entry["etag"]) == (key, etag) and entry["at"] >= since and entry["status"] != "LOAD_FAILED"
            for entry in self._table_history[table]
        )

    def _run(self):
        while True:
            try:
                worked = self._work()
            except Exception:
                log.error("Snowpipe: %s", traceback.format_exc())
                worked = False
            if not worked:
                time.sleep(_IDLE_SECONDS)

    def _work(self):
        worked = False
        for channel in list(self._registry.channels.values()):
            for receipt, objects in channel.receive():
                worked = True
                for bucket, key in objects:
                    self._event(bucket, key)
                channel.delete(receipt)
        for pipe in self._registry.list("pipes"):
            name = pipe["name"]
            while self._queues[name] and name not in self._paused and not self._registry.stopped(pipe):
                worked = True
                self._busy[name] += 1
                try:
                    self._pipe_load(pipe, self._queues[name].popleft())
                except Missing:
                    log.warning("%s is gone; what it had waiting is nobody's", name)
                    break
                finally:
                    self._busy[name] -= 1
        return worked

    def _event(self, bucket, key):
        """An event is for the pipes that are there now; one that is made later never hears of it."""
        for pipe in self._registry.list("pipes"):
            if pipe["bucket"] != bucket or "notificationChannel" not in pipe:
                continue
            counts = self._counts[pipe["name"]]
            counts["received"] += 1
            prefix = location(self._registry.get("stages", pipe["stage"])["url"])[1]
            if key.startswith(prefix):
                self._queues[pipe["name"]].append(key)
            else:
                counts["ignored"] += 1

    def _pipe_load(self, pipe, key):
        name = pipe["name"]
        if self._pipe_has(name, key):
            self._counts[name]["ignored"] += 1
            return
        copy = parse_copy(pipe["copyStatement"])
        # A pipe loads with the rights of the role that owns it.
        self._registry.may_copy(self._registry.access.owner("PIPE", name), copy)
        entry = self._load(name, copy, key)
        self._registry.get("pipes", name)
        self.history[name].append(entry)
        # With CONTINUE Snowflake reports nothing.
        if entry["errors"] and pipe.get("errorIntegration") and copy.on_error == "SKIP_FILE":
            problem = tell_file(self._registry, pipe, entry)
            if problem:
                self._counts[name]["notificationErrors"].append(problem)

    def _load(self, owner, copy, key):
        started, etag = time.monotonic(), ""
        try:
            _, bucket, _, credentials = self._registry.stage_access(copy.stage)
            answer = client("s3", credentials).get_object(Bucket=bucket, Key=key)
            data, etag = answer["Body"].read(), answer["ETag"].strip('"')
            options = self._registry.get("formats", copy.format)
            with self._load_lock:
                entry = load_file(self._duck.cursor(), copy, data, key, options)
        except Exception as error:  # told in the history, as Snowflake tells it in COPY_HISTORY
            log.warning("%s: %s: %s", owner, key, error)
            entry = {"status": "LOAD_FAILED", "rowsParsed": 0, "rows": 0, "errors": 1, "firstError": str(error)}
        return entry | {
            "file": key,
            "etag": etag,
            "at": clock.now().isoformat(),
            "milliseconds": round((time.monotonic() - started) * 1000),
        }


def _copy_row(entry):
    return {
        "file": entry["file"], "status": entry["status"], "rows_parsed": entry["rowsParsed"],
        "rows_loaded": entry["rows"], "errors_seen": entry["errors"], "first_error": entry["firstError"],
    }  # fmt: skip
