"""Faults that tests ask for: calls that are throttled, fail, come late, or are done by half."""

import asyncio
import json
import random
import threading
import uuid
from html import escape

_THROTTLES = {
    "s3": ("SlowDown", 503),
    "sqs": ("RequestThrottled", 403),
    "dynamodb": ("ProvisionedThroughputExceededException", 400),
    "kinesis": ("ProvisionedThroughputExceededException", 400),
    "lambda": ("TooManyRequestsException", 429),
}
_MODES = ("throttle", "error", "delay", "unprocessed")
_FIELDS = {
    "service", "operation", "contains", "role", "mode", "probability", "count", "code", "status", "milliseconds", "seed",
}  # fmt: skip


class Faults:
    def __init__(self):
        self._lock = threading.Lock()
        self._faults = {}

    def add(self, body):
        unknown = body.keys() - _FIELDS
        if unknown:
            raise ValueError(f"faults: unknown field {', '.join(sorted(unknown))}; known: {', '.join(sorted(_FIELDS))}")
        if body.get("mode") not in _MODES or not body.get("service"):
            raise ValueError(f"faults: give service (as botocore names it) and mode, one of {', '.join(_MODES)}")
        fault = {**body, "id": uuid.uuid4().hex[:8], "hits": 0}
        fault["random"] = random.Random(body.get("seed"))
        with self._lock:
            self._faults[fault["id"]] = fault
        return {"id": fault["id"]}

    def list(self):
        with self._lock:
            return [{key: value for key, value in fault.items() if key != "random"} for fault in self._faults.values()]

    def remove(self, fault_id=None):
        with self._lock:
            if fault_id is None:
                self._faults.clear()
                return True
            return self._faults.pop(fault_id, None) is not None

    def active(self):
        return bool(self._faults)

    def hit(self, request, role, text):
        """The fault that this request meets, already counted, or None."""
        return self.internal(request.service, request.operation, text, role)

    def internal(self, service, operation, text, role=None):
        """The same for a call that comes from a service and not over HTTP."""
        with self._lock:
            for fault in self._faults.values():
                if fault["service"] != service or fault.get("operation", operation) != operation:
                    continue
                if fault.get("role", role) != role or fault.get("contains", "") not in text:
                    continue
                if fault.get("count") is not None and fault["hits"] >= fault["count"]:
                    continue
                if fault["random"].random() >= fault.get("probability", 1):
                    continue
                fault["hits"] += 1
                return fault
        return None


async def apply(fault, request, body, go_on):
    """The response under a fault. go_on(body) passes the request to the service."""
    mode = fault["mode"]
    if mode == "delay":
        await asyncio.sleep(fault.get("milliseconds", 1000) / 1000)
        return await go_on(body)
    if mode == "unprocessed":
        return await _by_half(request, body, go_on)
    code, status = _THROTTLES.get(request.service, ("ThrottlingException", 400)) if mode == "throttle" else ("InternalError", 500)
    return error_response(request, fault.get("code", code), fault.get("status", status))


async def _by_half(request, body, go_on):
    """BatchWriteItem that does the first half of each table's items and hands back the rest."""
    if request.operation != "BatchWriteItem":
        raise ValueError(f"mode unprocessed is for dynamodb BatchWriteItem, not for {request.operation}")
    document = json.loads(body)
    items = document["RequestItems"]
    done = {table: writes[: len(writes) // 2] for table, writes in items.items() if len(writes) > 1}
    left = {table: writes[len(writes) // 2 :] for table, writes in items.items()}
    if not done:
        answer = json.dumps({"UnprocessedItems": left}).encode()
        return 200, {"Content-Type": "application/x-amz-json-1.0"}, answer
    status, headers, answer = await go_on(json.dumps({**document, "RequestItems": done}).encode())
    if status == 200:
        result = json.loads(answer)
        for table, writes in (result.get("UnprocessedItems") or {}).items():
            left[table] = writes + left.get(table, [])
        answer = json.dumps({**result, "UnprocessedItems": left}).encode()
        # The service's checksum and length are of its own answer.
        headers = {name: value for name, value in headers.items() if name.lower() not in ("x-amz-crc32", "content-length")}
    return status, headers, answer


def error_response(request, code, status):
    message, request_id = "Injected by the local cloud's fault.", str(uuid.uuid4())
    headers = {"x-amzn-requestid": request_id}
    if request.protocol == "cbor":
        import cbor2

        headers |= {"Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}
        return status, headers, cbor2.dumps({"__type": code, "message": message})
    if request.protocol in ("json", "rest-json"):
        headers |= {"Content-Type": "application/x-amz-json-1.0", "x-amzn-errortype": code}
        return status, headers, json.dumps({"__type": code, "message": message}).encode()
    inner = f"<Code>{escape(code)}</Code><Message>{message}</Message>"
    if request.service == "s3":
        text = f"<Error>{inner}<RequestId>{request_id}</RequestId></Error>"
    else:
        kind = "Receiver" if status >= 500 else "Sender"
        text = f"<ErrorResponse><Error><Type>{kind}</Type>{inner}</Error><RequestId>{request_id}</RequestId></ErrorResponse>"
    return status, {**headers, "Content-Type": "application/xml"}, f'<?xml version="1.0"?>{text}'.encode()
