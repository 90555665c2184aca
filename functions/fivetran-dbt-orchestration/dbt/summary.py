"""summary.json: what the state machine tells people about a run of dbt. Small, because it travels between states."""

import json

MAX_NODES, MAX_MESSAGE, MAX_TAIL = 100, 500, 2_000
BAD = {"error", "fail", "runtime error", "partial success"}


def summarise(target, *, status, command, code, retried, tail):
    """JSON text. The nodes are those that failed in the end; after a retry its results count for the nodes it ran."""
    results = {}
    for name in ["run_results.first.json", "run_results.json"]:
        for result in read_results(target / name):
            results[result["unique_id"]] = result
    failed = [result for result in results.values() if result.get("status") in BAD]
    counts = {}
    for result in results.values():
        counts[result["status"]] = counts.get(result["status"], 0) + 1
    summary = {
        "status": status,
        "command": " ".join(command),
        "exit_code": code,
        "retried": retried,
        "counts": counts,
        "nodes": [node(result) for result in failed[:MAX_NODES]],
    }
    if len(failed) > MAX_NODES:
        summary["more_nodes"] = len(failed) - MAX_NODES
    # Without a failed node the output is all there is to go by.
    if status != "succeeded" and not failed:
        summary["message"] = "\n".join(tail)[-MAX_TAIL:]
    return json.dumps(summary).encode()


def node(result):
    message = " ".join(str(result.get("message") or "").split())
    return {"unique_id": result["unique_id"], "status": result["status"], "message": message[:MAX_MESSAGE]}


def read_results(path):
    """A dbt that was killed may have left none, or half of one."""
    try:
        return json.loads(path.read_text())["results"]
    except (FileNotFoundError, ValueError, KeyError):
        return []
