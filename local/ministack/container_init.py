"""First process of a container's group: starts the command, passes SIGTERM on, ends with its code, and ends all of the
group when the service that started it is gone.

Usage: container_init.py <command> [<argument> …]
"""

import signal
import subprocess
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "processes"))
from parent_watch import watch_parent  # noqa: E402


def main() -> int:
    watch_parent()
    try:
        child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
    except OSError as error:
        print(f"exec {sys.argv[1]}: {error.strerror}", file=sys.stderr, flush=True)
        return 127
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    code = child.wait()
    # As a shell and Docker tell it: 128 and the number of the signal.
    return 128 - code if code < 0 else code


if __name__ == "__main__":
    sys.exit(main())
