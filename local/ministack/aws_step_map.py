"""Distributed Map states in JSONata, which MiniStack runs in JSONPath only: each item is an execution of its own, with its
own history, without the outer variables, and counted in a Map Run."""

import contextvars
import copy
import functools
import json
import threading
from concurrent.futures import ThreadPoolExecutor, wait

from ministack.core.responses import new_uuid, now_iso
from ministack.services import stepfunctions as sf

import aws_step_calls
import aws_step_limits
import aws_step_time

_UNKNOWN = ("ItemReader", "ItemBatcher", "ResultWriter")
_MOST_AT_ONCE = 64


def install():
    run = sf._run_distributed_map

    @functools.wraps(run)
    def in_jsonata(state, given, effective, iterator, execution, ctx):
        if sf._state_query_language(state, ctx) != "JSONata":
            return run(state, given, effective, iterator, execution, ctx)
        return _run(state, given, iterator, execution, ctx)

    sf._run_distributed_map = in_jsonata


def _run(state, given, iterator, execution, ctx):
    unknown = [field for field in _UNKNOWN if field in state]
    if unknown:
        raise sf._ExecutionError("States.Runtime", f"the local cloud doesn't know {', '.join(unknown)} in JSONata; see aws_step_map.py")
    aws_step_calls.require_children(execution["stateMachineArn"])
    items = sf._jsonata_state_field(state, "Items", "array", given, ctx)
    most = _number(state, "MaxConcurrency", given, ctx)
    arn, label = execution["stateMachineArn"], state.get("Label") or new_uuid()
    run = {
        "mapRunArn": f"{arn.replace(':stateMachine:', ':mapRun:')}/{label}:{new_uuid()}",
        "executionArn": execution["executionArn"],
        "status": "RUNNING",
        "startDate": now_iso(),
        "maxConcurrency": int(most),
        "toleratedFailurePercentage": _number(state, "ToleratedFailurePercentage", given, ctx),
        "toleratedFailureCount": int(_number(state, "ToleratedFailureCount", given, ctx)),
        "redriveCount": 0,
        "_stateMachineArn": f"{arn}/{label}",
    }
    counts = {name: 0 for name in ("pending", "running", "succeeded", "failed", "timedOut", "aborted", "total", "resultsWritten")}
    counts.update(total=len(items), pending=len(items))
    run["itemCounts"] = run["executionCounts"] = counts
    sf._map_runs[run["mapRunArn"]] = run
    sf._add_event(execution, "MapRunStarted", {"mapRunStartedEventDetails": {"mapRunArn": run["mapRunArn"]}})
    children = [_child(state, given, ctx, run, number, item) for number, item in enumerate(items)]
    lock = threading.Lock()

    def work(child, child_ctx):
        if aws_step_time.unwanted():
            return
        with lock:
            counts["pending"] -= 1
            counts["running"] += 1
        outcome = _run_child(iterator, child, child_ctx)
        with lock:
            counts["running"] -= 1
            counts[outcome] += 1

    with ThreadPoolExecutor(max_workers=min(int(most) or _MOST_AT_ONCE, _MOST_AT_ONCE)) as pool:
        wait([pool.submit(contextvars.copy_context().run, work, *each) for each in children])
    if aws_step_time.unwanted():
        run["status"] = "ABORTED"
        raise aws_step_time.Ended
    _judge(state, run, execution, len(items))
    results = [json.loads(child["output"]) if child["output"] else None for child, _ in children]
    output = sf._apply_jsonata_output(state, given, ctx, result=results, default=results)
    sf._apply_state_assign(state, given, ctx, result=results)
    return output, sf._next_or_end(state)


def _number(state, field, given, ctx):
    return sf._jsonata_state_field(state, field, "number", given, ctx) if field in state else 0


def _child(state, given, ctx, run, number, item):
    item_ctx = copy.deepcopy(ctx)
    item_ctx["Map"] = {"Item": {"Index": number, "Value": item}}
    selector = state.get("ItemSelector")
    value = sf._apply_jsonata_template(selector, given, item_ctx) if selector else item
    machine, name = run["_stateMachineArn"], new_uuid()
    child = {
        "executionArn": f"{machine.replace(':stateMachine:', ':execution:')}:{name}",
        "stateMachineArn": machine,
        "name": name,
        "status": "RUNNING",
        "startDate": now_iso(),
        "stopDate": None,
        "input": json.dumps(value),
        "output": None,
        "mapRunArn": run["mapRunArn"],
        "events": [],
        "mockAttempts": {},
    }
    del item_ctx["Map"]
    item_ctx["variables"] = {}
    item_ctx["Execution"] = {"Id": child["executionArn"], "Input": value, "Name": name, "StartTime": child["startDate"]}
    return child, item_ctx


def _run_child(iterator, child, ctx):
    """What the execution counts as; one that is stopped with its parent ends in that."""
    sf._executions[child["executionArn"]] = child
    aws_step_limits.machine.set(child["stateMachineArn"])
    sf._add_event(child, "ExecutionStarted", {"executionStartedEventDetails": {"input": child["input"]}})
    try:
        output = sf._run_sub_machine(iterator["States"], iterator["StartAt"], json.loads(child["input"]), child, ctx)
        child.update(status="SUCCEEDED", output=json.dumps(output))
        sf._add_event(child, "ExecutionSucceeded", {"executionSucceededEventDetails": {"output": child["output"]}})
    except sf._ExecutionError as error:
        child.update(status="FAILED", error=error.error, cause=error.cause)
        sf._add_event(child, "ExecutionFailed", {"executionFailedEventDetails": {"error": error.error, "cause": error.cause}})
    except aws_step_time.Ended:
        child.update(status="ABORTED")
        sf._add_event(child, "ExecutionAborted", {})
    child["stopDate"] = now_iso()
    return child["status"].lower()


def _judge(state, run, execution, total):
    """@raises the Map's error when more failed than it tolerates; without a threshold that is one"""
    failed = run["itemCounts"]["failed"]
    over = []
    if "ToleratedFailureCount" in state:
        over.append(failed > run["toleratedFailureCount"])
    if "ToleratedFailurePercentage" in state:
        over.append(failed * 100 > run["toleratedFailurePercentage"] * total)
    exceeded = failed > 0 and (any(over) if over else True)
    run.update(status="FAILED" if exceeded else "SUCCEEDED", stopDate=now_iso())
    sf._add_event(execution, "MapRunFailed" if exceeded else "MapRunSucceeded", {})
    if exceeded:
        raise sf._ExecutionError("States.ExceedToleratedFailureThreshold", "The specified tolerated failure threshold was exceeded")
