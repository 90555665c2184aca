"""Runs dbt as a child process: bounded in time, stoppable, its output passed on without secrets."""

import collections
import signal
import subprocess
import sys
import threading
import time

# dbt cancels its queries on SIGINT; after this long it is killed.
GRACE_SECONDS = 45


class Deadline:
    def __init__(self, seconds):
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self):
        return max(0.0, self._end - time.monotonic())


class DbtProcess:
    def __init__(self, env, folder, deadline, redact):
        self.stopped = False
        self.timed_out = False
        self._env = env
        self._folder = folder
        self._deadline = deadline
        self._redact = redact
        self._child = None
        self._tail = collections.deque(maxlen=30)

    def run(self, words):
        """dbt's exit code; 1 where a signal ended it."""
        if self.stopped:
            return 1
        try:
            self._child = subprocess.Popen(
                ["dbt", *words],
                cwd=self._folder,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            )
        except OSError as error:
            self._tail.append(f"dbt could not be started: {error}")
            print(f"entrypoint: dbt could not be started: {error}", file=sys.stderr, flush=True)
            return 2
        # The signal may have come while there was no child to pass it on to.
        if self.stopped:
            self._interrupt()
        pump = threading.Thread(target=self._pump, args=(self._child.stdout,), daemon=True)
        pump.start()
        code = self._wait()
        # A grandchild may hold the pipe open; what dbt itself wrote is read by then.
        pump.join(timeout=5)
        return code if code >= 0 else 1

    def stop(self):
        """Called by a signal handler."""
        self.stopped = True
        self._interrupt()

    def tail(self):
        return list(self._tail)

    def _wait(self):
        child = self._child
        try:
            # In steps, because a signal shortens what is left.
            while True:
                left = self._deadline.left()
                try:
                    return child.wait(timeout=min(left, 1.0))
                except subprocess.TimeoutExpired:
                    if self.stopped or self._deadline.left() <= 0:
                        break
            if not self.stopped:
                self.timed_out = True
                print(f"entrypoint: dbt has not ended after {self._deadline.seconds} s", flush=True)
                self._interrupt()
            return child.wait(timeout=GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            return child.wait()

    def _interrupt(self):
        child = self._child
        if child is not None and child.poll() is None:
            child.send_signal(signal.SIGINT)

    def _pump(self, stream):
        for line in stream:
            text = self._redact(line.rstrip("\n"))
            self._tail.append(text)
            print(text, flush=True)
