"""Snowpipe: takes the events of each channel, reads the objects in the integration's role and runs the pipes' COPY."""

import json
import logging
import threading
import time
import traceback
import uuid
from collections import defaultdict, deque
from datetime import datetime, timezone

from copy_load import load_file
from copy_statement import is_copy, parse_copy
from snowflake_aws import client
from snowflake_registry import location

_IDLE_SECONDS = 0.2
log = logging.getLogger("local.snowpipe")


class Snowpipe:
    def __init__(self, registry, duck):
        self._registry, self._duck = registry, duck
        self._load_lock = threading.Lock()
        self.history = defaultdict(list)  # of a pipe's or a task's name
        self._counts = defaultdict(lambda: {"received": 0, "ignored": 0, "notificationErrors": []})
        self._backlog = deque()  # (pipe's name, key, etag) by refresh
        self._busy = 0

    def start(self):
        threading.Thread(target=self._run, daemon=True, name="snowpipe").start()

    def forget(self, name):
        """A pipe that is made anew has no load history."""
        self.history.pop(name, None)
        self._counts.pop(name, None)

    def status(self, name):
        pipe = self._registry.get("pipes", name)
        channel = self._registry.channels.get(pipe["bucket"])
        pending = sum(entry[0] == pipe["name"] for entry in list(self._backlog)) + self._busy
        if channel and "notificationChannel" in pipe:
            pending += channel.waiting()
        return {"pendingFiles": pending, "executionState": "RUNNING", **self._counts[pipe["name"]]}

    def refresh(self, name, prefix=""):
        """Queues what lies under the stage and isn't loaded yet; the number of files."""
        pipe = self._registry.get("pipes", name)
        files = [file for file in self._list(pipe["stage"], prefix) if not self._done(pipe["name"], *file)]
        self._backlog.extend((pipe["name"], key, etag) for key, etag in files)
        return len(files)

    def copy_now(self, owner, sql):
        """A bulk COPY: the files of the stage that this owner hasn't loaded, at once."""
        copy = parse_copy(sql)
        results = []
        for key, etag in self._list(copy.stage, ""):
            if not self._done(owner, key, etag):
                results.append(self._load(owner, copy, key, etag))
        return results

    def _list(self, stage_name, prefix):
        _, bucket, stage_prefix, credentials = self._registry.stage_access(stage_name)
        pages = client("s3", credentials).get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=stage_prefix + prefix)
        return [
            (found["Key"], found["ETag"].strip('"'))
            for page in pages
            for found in page.get("Contents", [])
            if not found["Key"].endswith("/")
        ]

    def _done(self, owner, key, etag):
        return any(
            entry["file"] == key and entry["etag"] == etag and entry["status"] != "LOAD_FAILED"
            for entry in self.history[owner]
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
                self._busy += 1
                try:
                    for bucket, key, etag in objects:
                        self._event(bucket, key, etag)
                finally:
                    self._busy -= 1
                channel.delete(receipt)
        while self._backlog:
            worked = True
            self._busy += 1
            try:
                self._pipe_load(*self._backlog.popleft())
            finally:
                self._busy -= 1
        return worked

    def _event(self, bucket, key, etag):
        for pipe in self._registry.list("pipes"):
            if pipe["bucket"] != bucket or "notificationChannel" not in pipe:
                continue
            counts = self._counts[pipe["name"]]
            counts["received"] += 1
            prefix = location(self._registry.get("stages", pipe["stage"])["url"])[1]
            if key.startswith(prefix):
                self._pipe_load(pipe["name"], key, etag)
            else:
                counts["ignored"] += 1

    def _pipe_load(self, name, key, etag):
        if self._done(name, key, etag):
            self._counts[name]["ignored"] += 1
            return
        pipe = self._registry.get("pipes", name)
        entry = self._load(name, parse_copy(pipe["copyStatement"]), key, etag)
        if entry["errors"] and pipe.get("errorIntegration"):
            self._tell(pipe, entry)

    def _load(self, owner, copy, key, etag):
        started = time.monotonic()
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
        entry |= {
            "file": key,
            "etag": etag,
            "at": datetime.now(timezone.utc).isoformat(),
            "milliseconds": round((time.monotonic() - started) * 1000),
        }
        self.history[owner].append(entry)
        return entry

    def _tell(self, pipe, entry):
        """Snowflake's error notification, through SNS by the notification integration's own user and role."""
        message = {
            "version": "1.0",
            "messageId": str(uuid.uuid4()),
            "messageType": "INGEST_FAILED_FILE",
            "timestamp": entry["at"],
            "accountName": "LOCAL",
            "pipeName": pipe["name"],
            "tableName": ".".join(parse_copy(pipe["copyStatement"]).table),
            "stageLocation": self._registry.get("stages", pipe["stage"])["url"],
            "messages": [{"fileName": entry["file"], "firstError": entry["firstError"]}],
        }
        try:
            integration = self._registry.get("notifications", pipe["errorIntegration"])
            identity = self._registry.identities[("notifications", integration["name"])]
            sns = client("sns", identity.assume(integration["roleArn"]))
            sns.publish(TopicArn=integration["topicArn"], Message=json.dumps(message))
        except Exception as error:
            log.warning("%s: error notification: %s", pipe["name"], error)
            self._counts[pipe["name"]]["notificationErrors"].append(str(error))


__all__ = ["Snowpipe", "is_copy"]
