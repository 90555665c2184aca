"""What Step Functions refuses and MiniStack lets pass: data of more than 256 KiB, variables of the same Assign, errors that
nothing catches, and answers to the tokens of other state machines."""

import contextvars
import functools
import json

from ministack.core import iam_actions
from ministack.services import stepfunctions as sf

# Of a state's input, output, arguments, result, of one variable, and of all variables of one Assign.
MOST_BYTES = 262_144
# Neither is States.ALL: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
_UNCAUGHT = {"States.DataLimitExceeded", "States.Runtime"}
# ARN of the state machine that the current thread works for: a distributed Map's items have one of their own.
machine = contextvars.ContextVar("step_machine", default="")
# By task token: the state machine whose task it is. Tokens of tasks that are over are still somebody's.
_machines = {}


def install():
    sf._apply_jsonata_arguments = _bounded_arguments(sf._apply_jsonata_arguments)
    sf._apply_jsonata_output = _bounded_output(sf._apply_jsonata_output)
    sf._apply_state_assign = _assign
    sf._error_matches = _error_matches(sf._error_matches)
    sf._send_task_success = _answered(sf._send_task_success)
    iam_actions.extract_resource_arn = _extract_resource_arn(iam_actions.extract_resource_arn)


def remember(token):
    """Notes whose task a token is."""
    _machines[token] = machine.get()


def bounded(what, value):
    """@raises States.DataLimitExceeded for data that a state can't hold"""
    size = len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(errors="surrogatepass"))
    if size > MOST_BYTES:
        raise sf._ExecutionError("States.DataLimitExceeded", f"The {what} has {size} bytes, more than {MOST_BYTES}.")
    return value


def _bounded_arguments(apply):
    @functools.wraps(apply)
    def checked(state, given, ctx=None):
        return bounded("state's arguments", apply(state, given, ctx))

    return checked


def _bounded_output(apply):
    @functools.wraps(apply)
    def checked(state, given, ctx=None, result=None, error_output=None, default=None):
        bounded("state's result", result)
        return bounded("state's output", apply(state, given, ctx, result=result, error_output=error_output, default=default))

    return checked


def _assign(state, given, ctx, result=None, error_output=None):
    """All of an Assign's expressions see the variables as they were before it."""
    assign = state.get("Assign")
    if ctx is None or not isinstance(assign, dict) or sf._state_query_language(state, ctx) != "JSONata":
        return
    made = {
        name: sf._apply_jsonata_template(template, given, ctx, result=result, error_output=error_output)
        for name, template in assign.items()
    }
    ctx.setdefault("variables", {}).update(bounded("state's Assign", made))


def _error_matches(matches):
    @functools.wraps(matches)
    def matches_but_terminal(error_equals, error):
        return error in error_equals if error in _UNCAUGHT else matches(error_equals, error)

    return matches_but_terminal


def _answered(send):
    @functools.wraps(send)
    def within_bounds(data):
        if len(data.get("output", "").encode(errors="surrogatepass")) > MOST_BYTES:
            return sf.error_response_json("InvalidOutput", f"The output has more than {MOST_BYTES} bytes", 400)
        return send(data)

    return within_bounds


def _extract_resource_arn(extract):
    """An answer to a task's token is authorised against the state machine whose task it is."""

    @functools.wraps(extract)
    def of_tokens_too(service, method, path, headers, body, *rest):
        if service == "states":
            token = iam_actions._safe_json_field(body, "taskToken")
            if token in _machines:
                return _machines[token]
        return extract(service, method, path, headers, body, *rest)

    return of_tokens_too
