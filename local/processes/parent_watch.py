"""Ends this process, and every child in its group, when the process that started it is gone (also after SIGKILL).

The parent holds the other end of our standard input; its end closes with it.
"""

import os
import signal
import sys
import threading


def watch_parent() -> None:
    def wait() -> None:
        while sys.stdin.buffer.raw.read(1024):
            pass
        if os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)
        os._exit(0)

    threading.Thread(target=wait, daemon=True, name="parent-watch").start()
