"""Containers without Docker: child processes behind the few calls of the Docker client that MiniStack's ECS makes."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import uuid
from pathlib import Path

_INIT = str(Path(__file__).with_name("container_init.py"))
_LOG_LINES = 20_000


class Container:
    """One process group; its output is kept in memory, its folder goes when it ends."""

    def __init__(self, registry, command, environment, folder, workdir, labels, name):
        self.id = uuid.uuid4().hex * 2
        self.short_id, self.name, self.labels = self.id[:12], name, labels
        self.attrs = {"NetworkSettings": {"Networks": {}, "Ports": {}}, "State": {}, "Config": {"Labels": labels}}
        self._registry, self._folder = registry, folder
        self._lines, self._more, self._ended = [], threading.Condition(), threading.Event()
        # The pipe to its standard input is what tells the group that this service is gone.
        self._process = subprocess.Popen(
            [sys.executable, _INIT, *command],
            env=environment,
            cwd=workdir,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        threading.Thread(target=self._read, daemon=True, name=f"container-{self.short_id}").start()

    def _read(self):
        for line in self._process.stdout:
            with self._more:
                if len(self._lines) < _LOG_LINES:
                    self._lines.append(line)
                self._more.notify_all()
        self._process.wait()
        self._kill_group()
        self._process.stdin.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        with self._more:
            self._ended.set()
            self._more.notify_all()

    @property
    def status(self):
        return "exited" if self._ended.is_set() else "running"

    @property
    def exit_code(self):
        """The code once it has ended, as Docker tells it."""
        code = self._process.poll()
        return None if code is None else 128 - code if code < 0 else code

    def reload(self):
        self.attrs["State"] = {"Status": self.status, "Running": self.status == "running", "ExitCode": self.exit_code or 0}

    def wait(self, **_options):
        self._ended.wait()
        return {"StatusCode": self.exit_code}

    def logs(self, stream=False, **_options):
        return self._stream() if stream else b"".join(self._lines)

    def _stream(self):
        at = 0
        while True:
            with self._more:
                while at == len(self._lines) and not self._ended.is_set():
                    self._more.wait()
                fresh, done = self._lines[at:], self._ended.is_set()
            at += len(fresh)
            yield from fresh
            if done and not fresh:
                return

    def stop(self, timeout=5, **_options):
        if self._ended.is_set():
            return
        self._process.terminate()
        if not self._ended.wait(timeout):
            self._kill_group()
            self._ended.wait(timeout)

    def kill(self, **_options):
        self._kill_group()

    def _kill_group(self):
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass  # it is gone already

    def remove(self, **_options):
        self.stop()
        self._registry.pop(self.id, None)


class Client:
    """What `docker.from_env()` gives, as far as it is used."""

    def __init__(self, images):
        self._images, self._running = images, {}
        self.containers = self

    def run(self, image, environment=None, command=None, entrypoint=None, workdir=None, labels=None, name=None, **_options):
        started = self._images.unpack(image, entrypoint, command, environment or {}, workdir)
        container = Container(self._running, *started, labels or {}, name)
        self._running[container.id] = container
        return container

    def get(self, container_id):
        if container_id in self._running:
            return self._running[container_id]
        raise LookupError(f"No such container: {container_id}")

    def list(self, **_options):
        return list(self._running.values())
