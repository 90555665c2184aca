"""What the dbt container runs: dbt, dbt retry once if nodes failed, then the artifacts, then the exit code.

    python entrypoint.py [--artifacts-dir DIR] <words after dbt>

Environment: RUN_ID; ARTIFACTS_BUCKET and ARTIFACTS_PREFIX unless --artifacts-dir is given; DBT_TIMEOUT_SECONDS for dbt
and its retry together; DBT_PROJECT_DIR; REDACTED_VARIABLES, see redaction.py. Ends with dbt's exit code, 124 after the time-out, 143 when it was stopped, 74
when dbt succeeded and the artifacts could not be handed in, 64 when it was called wrongly.
"""

import os
import signal
import sys
import tempfile
from pathlib import Path

from artifacts import FolderStore, S3Store
from dbt_run import DbtProcess, Deadline
from redaction import redactor
from summary import summarise

EXIT_USAGE, EXIT_UPLOAD, EXIT_TIMEOUT, EXIT_STOPPED = 64, 74, 124, 143
# Commands that leave a run_results.json which dbt retry takes up.
RETRIED = {"build", "run", "test", "seed", "snapshot", "compile", "run-operation", "clone", "docs"}


def main(words, env):
    """The exit code of the container."""
    try:
        store, command, deadline = settings(words, env)
    except ValueError as mistake:
        print(f"entrypoint: {mistake}", file=sys.stderr, flush=True)
        return EXIT_USAGE
    with tempfile.TemporaryDirectory(prefix="dbt-") as folder:
        target = Path(folder) / "target"
        target.mkdir()
        child = {**env, "DBT_TARGET_PATH": str(target), "DBT_LOG_PATH": str(Path(folder) / "logs")}
        redact = redactor(env)
        dbt = DbtProcess(child, env.get("DBT_PROJECT_DIR") or os.getcwd(), deadline, redact)
        signal.signal(signal.SIGTERM, lambda *_: dbt.stop())
        code, retried = run(dbt, command, target)
        status = "stopped" if dbt.stopped else "timed_out" if dbt.timed_out else "failed" if code else "succeeded"
        # From here on a second signal would only lose the evidence.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        summary = summarise(
            target, status=status, command=command, code=code, retried=retried, tail=dbt.tail(), redact=redact
        )
        handed_in = hand_in(store, target, summary, redact)
    if dbt.stopped:
        return EXIT_STOPPED
    if dbt.timed_out:
        return EXIT_TIMEOUT
    return code if code or handed_in else EXIT_UPLOAD


def run(dbt, command, target):
    """dbt, and once more for the nodes that failed. Gives the exit code and whether there was a retry."""
    code = dbt.run(command)
    results = target / "run_results.json"
    # 1: nodes failed; anything else is a mistake that a retry would meet again.
    if code != 1 or dbt.stopped or dbt.timed_out or command[0] not in RETRIED or not results.exists():
        return code, False
    (target / "run_results.first.json").write_bytes(results.read_bytes())
    print("entrypoint: nodes failed; dbt retry", flush=True)
    return dbt.run(["retry"]), True


def hand_in(store, target, summary, redact):
    """The summary last: where it is, the rest is too. Each without secrets: models and macros may print what they like."""
    names = ["manifest.json", "run_results.first.json", "run_results.json"]
    try:
        for name in names:
            if (target / name).exists():
                store.put(name, redact((target / name).read_text(errors="replace")).encode())
        store.put("summary.json", summary)
        return True
    except Exception as error:  # whatever the store threw: dbt's own outcome must still be told
        told = redact(f"entrypoint: the artifacts could not be handed in to {store}: {error}")
        print(told, file=sys.stderr, flush=True)
        return False


def settings(words, env):
    """Store, dbt's words, deadline. ValueError says what is wrong and what to set."""
    words = list(words)
    run_id = env.get("RUN_ID", "")
    if not run_id or "/" in run_id:
        raise ValueError(f"RUN_ID is {run_id!r}; the state machine sets it to the execution's name")
    if words and words[0] == "--artifacts-dir":
        if len(words) < 2:
            raise ValueError("--artifacts-dir needs a folder")
        store = FolderStore(Path(words[1]) / run_id)
        words = words[2:]
    elif env.get("ARTIFACTS_BUCKET"):
        store = S3Store(env["ARTIFACTS_BUCKET"], f"{env.get('ARTIFACTS_PREFIX', 'runs/')}{run_id}/")
    else:
        raise ValueError("ARTIFACTS_BUCKET is not set; give it, or --artifacts-dir DIR")
    seconds = env.get("DBT_TIMEOUT_SECONDS", "7200")
    if not seconds.isdigit() or int(seconds) == 0:
        raise ValueError(f"DBT_TIMEOUT_SECONDS is {seconds!r}; give a whole number of seconds above 0")
    return store, words or ["build"], Deadline(int(seconds))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], dict(os.environ)))
