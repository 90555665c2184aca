"""MiniStack with IAM enforced, each request held against its service's API model, decisions counted and faults on demand.

Usage: aws_server.py <port> <model problems file>
"""

import json
import logging
import os
import sys
from pathlib import Path

PORT, PROBLEMS_FILE = int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None
os.environ.update(
    AUTH="true",
    GATEWAY_PORT=str(PORT),
    MINISTACK_HOST="127.0.0.1",
    BIND_HOST="127.0.0.1",
    IOT_MTLS_ENABLED="0",
    ATHENA_ENGINE="duckdb",
    LOG_LEVEL=os.environ.get("LOG_LEVEL", "WARNING"),
)

import ministack.app as ministack  # noqa: E402  (reads its settings from the environment when imported)
from ministack.core import iam_evaluator  # noqa: E402
from ministack.core.responses import get_account_id  # noqa: E402
from ministack.core.router import extract_access_key_id  # noqa: E402

import aws_athena  # noqa: E402
import aws_context  # noqa: E402
import aws_ecs  # noqa: E402
import aws_faults  # noqa: E402
import aws_images  # noqa: E402
import aws_kinesis  # noqa: E402
import aws_lambda  # noqa: E402
import aws_ledger  # noqa: E402
import aws_models  # noqa: E402
import aws_s3  # noqa: E402
import aws_secrets  # noqa: E402
import aws_step_calls  # noqa: E402
import aws_step_history  # noqa: E402
import aws_step_limits  # noqa: E402
import aws_step_map  # noqa: E402
import aws_step_time  # noqa: E402
from aws_protocol import read_request  # noqa: E402

sys.path.append(str(Path(__file__).resolve().parents[1] / "processes"))
from own_address import only_own_address  # noqa: E402
from parent_watch import watch_parent  # noqa: E402

# What stands for the programs of containers' images.
images = aws_images.Images(os.environ.get("LOCAL_CONTAINER_PATH", os.defpath))
faults, model_problems = aws_faults.Faults(), aws_ledger.ModelProblems(PROBLEMS_FILE)
dispatch = ministack._dispatch_service_request
log = logging.getLogger("local.aws")
_principals = {}


def principal_of(headers, query):
    """The caller's ARN; kept by key, since an access key never changes its owner."""
    key = extract_access_key_id(headers, query)
    known = _principals.get(key)
    if known is None:
        found = iam_evaluator.resolve_principal(key or "", get_account_id())
        known = getattr(found, "arn", None)
        if known is None:
            return "unknown"
        _principals[key] = known
    return known


async def checked_dispatch(method, path, headers, body, query, request_id):
    async def go_on(sent):
        return await dispatch(method, path, headers, sent, query, request_id)

    plain = body
    if headers.get("content-encoding") == "gzip" and "amz-sdk-request" in headers and not path.startswith("/_"):
        plain = ministack._decompress_request_body(body, headers)
    try:
        request = read_request(method, path, headers, plain, query)
    except Exception as error:  # a body that can't be read is a finding, and the service's own answer is still wanted
        model_problems.add("unknown", f"{method} {path}", [("(request)", f"unreadable: {error!r}"[:200])], principal_of(headers, query))
        return await go_on(body)
    if request is None:
        return await go_on(body)
    principal = principal_of(headers, query)
    if request.model is None:
        found = [("(operation)", "the service has no such operation")]
    elif request.model.input_shape is None:
        found = []
    else:
        found = aws_models.problems(request.model.input_shape, request.params)
    model_problems.add(request.service, request.operation, found, principal)
    if faults.active():
        text = f"{path}?{query}" + ("" if request.service == "s3" else plain.decode(errors="replace"))
        fault = faults.hit(request, aws_ledger.role_of(principal), text)
        if fault:
            return await aws_faults.apply(fault, request, body, go_on)
    return await go_on(body)


def local_answer(method, path, body):
    if (method, path) == ("GET", "/_local/health"):
        return 200, {"ok": True}
    if (method, path) == ("GET", "/_local/model-problems"):
        return 200, model_problems.report()
    if (method, path) == ("POST", "/_local/model-problems/reset"):
        model_problems.reset()
        return 200, {}
    if (method, path) == ("GET", "/_local/iam-ledger"):
        return 200, {"entries": aws_ledger.entries()}
    if (method, path) == ("POST", "/_local/iam-ledger/reset"):
        aws_ledger.reset()
        return 200, {}
    if path == "/_local/images" and method == "GET":
        return 200, {"images": images.list()}
    if path == "/_local/images" and method == "POST":
        try:
            return 200, images.build(json.loads(body))
        except ValueError as error:
            return 400, {"error": str(error)}
    if path == "/_local/faults" and method == "GET":
        return 200, {"faults": faults.list()}
    if path == "/_local/faults" and method == "POST":
        try:
            return 200, faults.add(json.loads(body))
        except ValueError as error:
            return 400, {"error": str(error)}
    if path.startswith("/_local/faults") and method == "DELETE":
        fault_id = path.removeprefix("/_local/faults").strip("/") or None
        return (200, {}) if faults.remove(fault_id) else (404, {"error": f"no fault {fault_id}"})
    return 404, {"error": f"{method} {path}: unknown; see local/ministack/README.md"}


ministack_app = ministack.app


async def app(scope, receive, send):
    if scope["type"] != "http" or not scope["path"].startswith("/_local/"):
        return await ministack_app(scope, receive, send)
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    status, document = local_answer(scope["method"], scope["path"], body)
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(document).encode()})


if __name__ == "__main__":
    watch_parent()
    aws_context.install()
    aws_ledger.install()
    aws_lambda.install()
    aws_kinesis.install()
    aws_s3.install()
    aws_secrets.install()
    aws_ecs.install(images)
    aws_step_time.install()
    aws_step_history.install()
    aws_step_calls.install()
    aws_step_limits.install()
    aws_athena.install(faults)
    aws_step_map.install()
    ministack._dispatch_service_request = checked_dispatch
    ministack.app = only_own_address(app, PORT)
    sys.argv = sys.argv[:1]
    ministack.main()
