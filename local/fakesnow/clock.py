"""The time of the local Snowflake: the machine's, moved forward by tests that can't wait for a schedule or a retention."""

import threading
from datetime import datetime, timedelta, timezone

_lock = threading.Lock()
_ahead = timedelta()


def now():
    with _lock:
        return datetime.now(timezone.utc) + _ahead


def advance(seconds):
    """Time only goes forward."""
    global _ahead
    if not isinstance(seconds, (int, float)) or isinstance(seconds, bool) or seconds < 0:
        raise ValueError(f"seconds is {seconds!r}; give a number that isn't negative")
    with _lock:
        _ahead += timedelta(seconds=seconds)
    return now()


def is_moved():
    with _lock:
        return _ahead > timedelta()
