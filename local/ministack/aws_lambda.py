"""Corrections of MiniStack's Lambda, each seen to be needed with the pinned version; a text that isn't found there any more
is an error at start, so that an upgrade is looked at."""

import logging
import threading
import time

from ministack.core import lambda_runtime
from ministack.core.responses import _request_account_id, _request_region
from ministack.services import dynamodb, lambda_svc

import aws_ledger

_log = logging.getLogger("local.lambda")

# What Lambda itself does with the function's role for an event source (developer guide, "Execution role permissions").
_SOURCE_ACTIONS = {
    "sqs": ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
    "dynamodb": ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"),
    "kinesis": ("kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"),
}
_ROLE_CHECK_SECONDS = 1.0
# A run shouldn't wait a minute for its last batch.
_LONGEST_WINDOW_SECONDS = 2.0


def install():
    _keep_error_names()
    _check_roles_of_event_sources()
    _gather_batches()
    _check_roles_of_logs()
    # Failed batches are paced by the queue's visibility timeout already.
    lambda_svc._ESM_BACKOFF_SECONDS = 0.2


def _replace(text, old, new):
    if old not in text:
        raise RuntimeError(f"MiniStack's Lambda worker has changed: {old!r} isn't in it; look at aws_lambda.py")
    return text.replace(old, new)


def _keep_error_names():
    """MiniStack reports every handler error as Runtime.HandlerError, so that Retry and Catch never match a custom name."""
    script = lambda_runtime._NODEJS_WORKER_SCRIPT
    script = _replace(
        script,
        'status: "error", error: String(err.message || err), trace: err.stack || ""',
        'status: "error", error: String(err.message || err), trace: err.stack || "", name: err.name || "Error"',
    )
    script = _replace(
        script,
        'status: "error", error: e.message, trace: e.stack',
        'status: "error", error: e.message, trace: e.stack, name: e.name || "Error"',
    )
    lambda_runtime._NODEJS_WORKER_SCRIPT = script
    last = threading.local()
    invoke, execute = lambda_runtime.Worker.invoke, lambda_svc._execute_function_warm

    def invoke_and_note(self, *args, **kwargs):
        result = invoke(self, *args, **kwargs)
        last.error = result if result.get("status") == "error" else None
        return result

    def execute_with_name(func, event, request_id):
        last.error = None
        result = execute(func, event, request_id)
        error = last.error
        if result.get("error") and error and error.get("name") and isinstance(result.get("body"), dict):
            trace = [line.strip() for line in (error.get("trace") or "").split("\n") if line.strip()]
            result["body"].update(errorType=error["name"], trace=trace)
        return result

    lambda_runtime.Worker.invoke = invoke_and_note
    lambda_svc._execute_function_warm = execute_with_name


def _check_roles_of_event_sources():
    """Lambda polls in the function's role. A source whose role may not is left alone and says so, as AWS does."""
    sources, checked = lambda_svc._iter_all_esms, {}

    def allowed(account, region, esm):
        arn = esm.get("EventSourceArn", "")
        actions = _SOURCE_ACTIONS.get(arn.split(":")[2] if arn.count(":") > 4 else "")
        known = checked.get(esm["UUID"])
        if not actions or (known and known[0] > time.monotonic()):
            return known[1] if known else True
        account_token, region_token = _request_account_id.set(account), _request_region.set(region)
        try:
            record, _config = lambda_svc._get_func_record_for_qualifier(esm["FunctionName"], esm.get("Qualifier"))
            role = ((record or {}).get("config") or {}).get("Role", "")
            denied = [a for a in actions if role and not aws_ledger.check_role(role, a, arn, region)]
        finally:
            _request_account_id.reset(account_token)
            _request_region.reset(region_token)
        if denied:
            esm["LastProcessingResult"] = f"PROBLEM: The function's role may not {', '.join(denied)} on {arn}"
            if known is None or known[1]:
                _log.warning(esm["LastProcessingResult"])
        checked[esm["UUID"]] = (time.monotonic() + _ROLE_CHECK_SECONDS, not denied)
        return not denied

    def allowed_sources():
        for account, region, esm in sources():
            if not esm.get("Enabled", True) or allowed(account, region, esm):
                yield account, region, esm

    lambda_svc._iter_all_esms = allowed_sources


def _gather_batches():
    """A stream's batch is sent when it is full or its window is over, which here is a short one. MiniStack sends what
    there is at each look: a hundred small files where AWS makes ten."""
    sources, waiting = lambda_svc._iter_all_esms, {}

    def is_due(esm):
        window, arn = esm.get("MaximumBatchingWindowInSeconds") or 0, esm.get("EventSourceArn", "")
        if not window or ":dynamodb:" not in arn:
            return True
        end = dynamodb.stream_end_position(arn.split(":table/")[1].split("/")[0])
        since, position = waiting.setdefault(esm["UUID"], (None, None))
        at = lambda_svc._dynamodb_stream_positions.get(esm["UUID"], 0)
        if end <= at:
            waiting[esm["UUID"]] = (None, at)
            return True
        if since is None or position != at:
            waiting[esm["UUID"]] = (time.monotonic(), at)
            return end - at >= esm.get("BatchSize", 100)
        return end - at >= esm.get("BatchSize", 100) or time.monotonic() - since >= min(window, _LONGEST_WINDOW_SECONDS)

    def due_sources():
        for account, region, esm in sources():
            account_token, region_token = _request_account_id.set(account), _request_region.set(region)
            try:
                due = is_due(esm)
            finally:
                _request_account_id.reset(account_token)
                _request_region.reset(region_token)
            if due:
                yield account, region, esm

    lambda_svc._iter_all_esms = due_sources


def _check_roles_of_logs():
    """A function whose role may not write its logs has none."""
    emit = lambda_svc._emit_lambda_logs

    def emit_if_allowed(func, *args, **kwargs):
        config = func.get("config") or func
        role, region = config.get("Role", ""), config.get("FunctionArn", ":::us-east-1").split(":")[3]
        name = config.get("FunctionName", "unknown")
        group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{name}"
        if role:
            arn = f"arn:aws:logs:{region}:{role.split(':')[4]}:log-group:{group}:log-stream:{time.strftime('%Y/%m/%d')}/[$LATEST]local"
            actions = ("logs:CreateLogStream", "logs:PutLogEvents")
            if not all([aws_ledger.check_role(role, action, arn, region) for action in actions]):
                _log.warning("%s writes no logs: its role may not", name)
                return None
        return emit(func, *args, **kwargs)

    lambda_svc._emit_lambda_logs = emit_if_allowed
