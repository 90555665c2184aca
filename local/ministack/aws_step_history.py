"""Corrections of MiniStack's Step Functions in what is seen of an execution: events of states inside Map and Parallel, and
what a task's call was given."""

import copy
import functools
import json
import threading

from ministack.core.responses import now_iso
from ministack.services import stepfunctions as sf

import aws_step_limits
import aws_step_time

_lock = threading.Lock()
# The arguments of the task that the current thread is about to call.
_arguments = threading.local()


def install():
    sf._add_event = _one_at_a_time(_with_parameters(sf._add_event))
    sf._apply_jsonata_arguments = _kept(sf._apply_jsonata_arguments)
    sf._run_sub_machine = _run_sub_machine
    sf._apply_output_path = _output_of_succeed(sf._apply_output_path)
    for name in ("_execute_task", "_execute_map", "_execute_parallel", "_execute_pass"):
        setattr(sf, name, _limited(getattr(sf, name)))


def _one_at_a_time(add):
    @functools.wraps(add)
    def add_alone(*args, **kwargs):
        with _lock:
            return add(*args, **kwargs)

    return add_alone


def _kept(apply):
    @functools.wraps(apply)
    def keep(*args, **kwargs):
        _arguments.value = apply(*args, **kwargs)
        return _arguments.value

    return keep


def _with_parameters(add):
    @functools.wraps(add)
    def add_with_parameters(execution, kind, details=None, *args, **kwargs):
        if kind == "TaskScheduled" and hasattr(_arguments, "value"):
            scheduled = {**details["taskScheduledEventDetails"], "parameters": json.dumps(_arguments.value)}
            details = {**details, "taskScheduledEventDetails": scheduled}
            del _arguments.value
        return add(execution, kind, details, *args, **kwargs)

    return add_with_parameters


def _limited(execute):
    @functools.wraps(execute)
    def within_limit(state, *args, **kwargs):
        output, following = execute(state, *args, **kwargs)
        if aws_step_time.unwanted():
            raise aws_step_time.Ended
        return aws_step_limits.bounded("state's output", output), following

    return within_limit


def _run_sub_machine(states, start, given, execution, ctx):
    """As MiniStack's, with the events of its states, and ended with its execution."""
    name, value = start, copy.deepcopy(given)
    index = ctx["Map"]["Item"]["Index"] if "Map" in ctx else None
    details = {"name": ctx.get("State", {}).get("Name", ""), "index": index}
    if index is not None:
        sf._add_event(execution, "MapIterationStarted", {"mapIterationStartedEventDetails": details})
    try:
        while name:
            value, name = _run_state(states, name, value, execution, ctx)
    except sf._ExecutionError:
        if index is not None:
            sf._add_event(execution, "MapIterationFailed", {"mapIterationFailedEventDetails": details})
        raise
    if index is not None:
        sf._add_event(execution, "MapIterationSucceeded", {"mapIterationSucceededEventDetails": details})
    return value


def _run_state(states, name, value, execution, ctx):
    if aws_step_time.unwanted():
        raise aws_step_time.Ended
    state = states.get(name)
    if not state:
        raise sf._ExecutionError("States.Runtime", f"State '{name}' not found")
    kind = state.get("Type")
    ctx["State"] = {"Name": name, "EnteredTime": now_iso(), "RetryCount": 0}
    entered = {"name": name, "input": json.dumps(value)}
    sf._add_event(execution, f"{kind}StateEntered", {"stateEnteredEventDetails": entered})
    if kind == "Fail":
        raise sf._ExecutionError(*sf._fail_state_error(state, value, ctx))
    if kind == "Succeed":
        output, following = sf._apply_output_path(state, sf._apply_input_path(state, value, ctx), ctx), None
    elif kind in ("Task", "Parallel", "Map"):
        run = {"Task": sf._execute_task, "Parallel": sf._execute_parallel, "Map": sf._execute_map}[kind]
        output, following = run(state, value, execution, ctx)
    elif kind in ("Pass", "Choice", "Wait"):
        run = {"Pass": sf._execute_pass, "Choice": sf._execute_choice, "Wait": sf._execute_wait}[kind]
        output, following = run(state, value, ctx)
    else:
        raise sf._ExecutionError("States.Runtime", f"Unknown state type: {kind}")
    exited = {"name": name, "output": json.dumps(output)}
    sf._add_event(execution, f"{kind}StateExited", {"stateExitedEventDetails": exited})
    return output, following


def _output_of_succeed(apply):
    """The Output of a Succeed state in JSONata, which MiniStack passes over."""

    @functools.wraps(apply)
    def with_output(state, value, ctx=None):
        if state.get("Type") == "Succeed" and sf._state_query_language(state, ctx) == "JSONata":
            return sf._apply_jsonata_output(state, value, ctx, default=value)
        return apply(state, value, ctx)

    return with_output
