"""summary.json: what the state machine tells people about a run of dbt. Small, because it travels between states."""

import json

MAX_NODES, MAX_MESSAGE, MAX_TAIL, MAX_COMMAND = 100, 500, 2_000, 500
# Of the whole file: with every failed connection it has to fit into one notification.
MAX_BYTES = 20_000
BAD = {"error", "fail", "runtime error", "partial success"}


def summarise(target, *, status, command, code, retried, tail, redact):
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
        "command": redact(" ".join(command))[:MAX_COMMAND],
        "exit_code": code,
        "retried": retried,
        "counts": counts,
        "nodes": [node(result, redact) for result in failed[:MAX_NODES]],
    }
    # Without a failed node the output is all there is to go by.
    if status != "succeeded" and not failed:
        summary["message"] = redact("\n".join(tail))[-MAX_TAIL:]
    return bounded(summary, len(failed))


def bounded(summary, failed):
    """As many of the failed nodes as fit."""
    while True:
        if failed > len(summary["nodes"]):
            summary["more_nodes"] = failed - len(summary["nodes"])
        content = json.dumps(summary, ensure_ascii=False).encode(errors="replace")
        if len(content) <= MAX_BYTES or not summary["nodes"]:
            return content
        summary["nodes"] = summary["nodes"][: len(summary["nodes"]) * 9 // 10]


def node(result, redact):
    """Redacted before it is cut: half a secret is one too."""
    message = " ".join(redact(str(result.get("message") or "")).split())
    return {"unique_id": result["unique_id"][:200], "status": result["status"], "message": message[:MAX_MESSAGE]}


def read_results(path):
    """A dbt that was killed may have left none, or half of one."""
    try:
        return json.loads(path.read_text())["results"]
    except (FileNotFoundError, ValueError, KeyError):
        return []
