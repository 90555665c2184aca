"""Corrections of MiniStack's Step Functions in time: heartbeats, time-outs of tasks and executions, and executions that are
stopped in the middle of what they do."""

import contextvars
import functools
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from datetime import datetime

from ministack.core.responses import new_uuid, now_iso
from ministack.services import stepfunctions as sf

import aws_step_limits

# The event that is set when what the current thread does is no longer wanted: the task timed out, or its execution ended.
_unwanted = contextvars.ContextVar("step_unwanted", default=None)
_stops = {}
_lock = threading.Lock()


class Ended(BaseException):
    """The execution has ended; nothing may catch it but the thread's own end."""


def install():
    sf._run_execution = _run_execution(sf._run_execution)
    sf._stop_execution = _stop_execution(sf._stop_execution)
    sf._fail_execution = _fail_execution(sf._fail_execution)
    sf._execute_task = _execute_task(sf._execute_task)
    sf._apply_jsonata_arguments = _fresh_token(sf._apply_jsonata_arguments)
    sf._invoke_with_callback = _invoke_with_callback
    sf._invoke_resource_with_timeout = _invoke_resource_with_timeout
    sf._scaled_sleep = sleep


def unwanted():
    """Whether the current thread works for nobody any more."""
    event = _unwanted.get()
    return event is not None and event.is_set()


def sleep(seconds):
    """Sleeps as long as the execution runs. @raises Ended"""
    event = _unwanted.get()
    if event is None:
        time.sleep(seconds)
    elif event.wait(seconds):
        raise Ended


class _Both:
    """Is set when one of two events is."""

    def __init__(self, outer):
        self._outer, self._own = outer, threading.Event()

    def set(self):
        self._own.set()

    def is_set(self):
        return self._own.is_set() or (self._outer is not None and self._outer.is_set())

    def wait(self, seconds):
        until = time.monotonic() + seconds
        while not self.is_set():
            left = until - time.monotonic()
            if left <= 0:
                return False
            self._own.wait(min(left, 0.1))
        return True


class _Stop(threading.Event):
    """Ends an execution: wakes up what it waits for."""

    def __init__(self):
        super().__init__()
        self.tokens = set()

    def set(self):
        super().set()
        for waiting in list(self.tokens):
            waiting.set()


def _stop_of(arn):
    with _lock:
        return _stops.setdefault(arn, _Stop())


def _run_execution(run):
    @functools.wraps(run)
    def until_ended(arn):
        execution, stop = sf._executions.get(arn), _stop_of(arn)
        _unwanted.set(stop)
        aws_step_limits.machine.set((execution or {}).get("stateMachineArn", ""))
        machine = sf._state_machines.get((execution or {}).get("stateMachineArn"))
        limit = json.loads(machine["definition"]).get("TimeoutSeconds") if machine else None
        if limit:
            context = contextvars.copy_context()
            timer = threading.Timer(limit, context.run, (_time_out, execution, stop))
            timer.daemon = True
            timer.start()
        try:
            run(arn)
        except Ended:
            pass
        finally:
            if limit:
                timer.cancel()

    return until_ended


def _time_out(execution, stop):
    if execution["status"] != "RUNNING":
        return
    execution.update(status="TIMED_OUT", stopDate=now_iso(), error="States.Timeout", cause=None)
    sf._add_event(execution, "ExecutionTimedOut", {"executionTimedOutEventDetails": {"error": "States.Timeout"}})
    stop.set()
    sf._emit_execution_status_event(execution)


def _stop_execution(stop):
    @functools.wraps(stop)
    def stop_all(data):
        answer = stop(data)
        if answer[0] == 200:
            _stop_of(data.get("executionArn")).set()
        return answer

    return stop_all


def _fail_execution(fail):
    @functools.wraps(fail)
    def fail_if_running(execution, error, cause):
        if execution["status"] == "RUNNING":
            fail(execution, error, cause)
            _stop_of(execution["executionArn"]).set()

    return fail_if_running


def _execute_task(execute):
    """Time-outs may be expressions; one that isn't a number is the definition's mistake."""

    @functools.wraps(execute)
    def with_numbers(state, given, execution, ctx):
        numbers = {}
        for field in ("TimeoutSeconds", "HeartbeatSeconds"):
            if isinstance(state.get(field), str):
                numbers[field] = sf._jsonata_state_field(state, field, "number", given, ctx)
            elif f"{field}Path" in state:
                numbers[field] = sf._resolve_path_or_ctx(state[f"{field}Path"], given, ctx)
        return execute({**state, **numbers}, given, execution, ctx)

    return with_numbers


def _fresh_token(apply):
    """Each attempt of a task has a token of its own."""

    @functools.wraps(apply)
    def with_token(state, given, ctx=None):
        if ctx is not None and ".waitForTaskToken" in state.get("Resource", ""):
            ctx["Task"] = {"Token": new_uuid()}
        return apply(state, given, ctx)

    return with_token


def _invoke_resource_with_timeout(resource, data, seconds):
    given_up = _Both(_unwanted.get())
    context = contextvars.copy_context()
    context.run(_unwanted.set, given_up)
    pool = ThreadPoolExecutor(max_workers=1)
    future = pool.submit(context.run, sf._invoke_resource, resource, data)
    pool.shutdown(wait=False)
    try:
        return future.result(timeout=seconds)
    except Late:
        given_up.set()
        raise sf._ExecutionError("States.Timeout", f"Task timed out after {seconds} seconds") from None


def _invoke_with_callback(resource, data, token, state):
    """Calls the service with the token and waits: for the token's answer, for the call's own failure, or for the end of
    the heartbeat, of the task, of the execution."""
    started, answered, stop = time.time(), threading.Event(), _unwanted.get()
    info = {"event": answered, "result": None, "error": None, "heartbeat": None}
    sf._task_tokens[token] = info
    aws_step_limits.remember(token)
    if isinstance(stop, _Stop):
        stop.tokens.add(answered)

    def call():
        try:
            sf._invoke_resource(resource.replace(".waitForTaskToken", ""), data)
        except sf._ExecutionError as error:
            if not answered.is_set():
                info["error"] = {"Error": error.error, "Cause": error.cause}
                answered.set()
        except Ended:
            answered.set()

    threading.Thread(target=contextvars.copy_context().run, args=(call,), daemon=True).start()
    limit, beat = state.get("TimeoutSeconds"), state.get("HeartbeatSeconds")
    try:
        while not answered.wait(_left(started, limit, beat, info)):
            if limit is not None and time.time() >= started + limit:
                raise sf._ExecutionError("States.Timeout", f"Task timed out after {limit} seconds")
            if beat is not None and time.time() >= _last_beat(started, info) + beat:
                raise sf._ExecutionError("States.HeartbeatTimeout", f"No heartbeat within {beat} seconds")
    finally:
        sf._task_tokens.pop(token, None)
        if isinstance(stop, _Stop):
            stop.tokens.discard(answered)
    if info["error"]:
        raise sf._ExecutionError(info["error"].get("Error", "TaskFailed"), info["error"].get("Cause", ""))
    if info["result"] is None:
        raise Ended
    try:
        return json.loads(info["result"])
    except json.JSONDecodeError:
        return info["result"]


def _last_beat(started, info):
    beat = info["heartbeat"]
    return datetime.fromisoformat(beat.replace("Z", "+00:00")).timestamp() if beat else started


def _left(started, limit, beat, info):
    ends = [started + limit] if limit is not None else []
    ends += [_last_beat(started, info) + beat] if beat is not None else []
    return max(min(ends) - time.time(), 0.001) if ends else None
