"""Kinesis for Lambda: MiniStack sends a batch of a shard again as a whole, whatever the function says. Here a reported item is
where the shard goes on, and a batch that fails is halved where the mapping asks for it. A record comes again until it is dealt
with: the mapping's own limits of tries and age aren't known here."""

import base64
import json
import time

from ministack.core.arn import parse_arn
from ministack.core.responses import _request_account_id, _request_region
from ministack.services import kinesis, lambda_svc

_MAX_BACKOFF_SECONDS = 2.0


def install():
    lambda_svc._poll_kinesis = poll


_states = {}


class _Shard:
    """How far a mapping is with a shard, and how it goes on after a failure."""

    def __init__(self, position):
        self.position, self.size, self.failures, self.not_before = position, None, 0, 0.0

    def failed(self, count, bisect):
        self.failures += 1
        self.size = max(1, count // 2) if bisect else count
        self.not_before = time.monotonic() + min(0.1 * 2**self.failures, _MAX_BACKOFF_SECONDS)

    def done(self, count):
        self.position += count
        self.size, self.failures, self.not_before = None, 0, 0.0


def poll():
    moved = False
    for account, region, esm in lambda_svc._iter_all_esms():
        tokens = _request_account_id.set(account), _request_region.set(region)
        try:
            moved = _poll_mapping(esm) or moved
        finally:
            _request_account_id.reset(tokens[0])
            _request_region.reset(tokens[1])
    return moved


def _poll_mapping(esm):
    arn = esm.get("EventSourceArn", "")
    if not arn.startswith("arn:") or ":kinesis:" not in arn or not esm.get("Enabled", True):
        return False
    source = parse_arn(arn)
    stream = kinesis._streams.get_scoped(source.account_id, source.region, arn.rpartition("/")[2])
    function, _ = lambda_svc._get_func_record_for_qualifier(esm["FunctionName"], esm.get("Qualifier"))
    if not stream or stream["StreamStatus"] != "ACTIVE" or function is None:
        return False
    moved = False
    for shard_id, shard in stream["shards"].items():
        first = 0 if esm.get("StartingPosition") == "TRIM_HORIZON" else len(shard["records"])
        state = _states.setdefault((esm["UUID"], shard_id), _Shard(first))
        if state.not_before <= time.monotonic():
            moved = _next_batch(esm, function, arn, shard_id, shard, state) or moved
    return moved


def _next_batch(esm, function, arn, shard_id, shard, state):
    size = min(esm.get("BatchSize", 100), state.size or 10_000)
    raw = shard["records"][state.position : state.position + size]
    if not raw:
        return False
    records = [_record(each, shard_id, arn, function) for each in raw]
    result = lambda_svc._execute_function(function, {"Records": records})
    numbers = [each["SequenceNumber"] for each in raw]
    left = 0 if result.get("error") else _dealt_with(result, numbers, esm)
    if left == len(raw):
        state.done(len(raw))
        esm["LastProcessingResult"] = f"OK - {len(raw)} records"
        return True
    if left:
        state.done(left)
    esm["LastProcessingResult"] = "PROBLEM: Function call failed"
    state.failed(len(raw) - left, esm.get("BisectBatchOnFunctionError", False))
    return left > 0


def _dealt_with(result, numbers, esm):
    """Records before the first one that the function has reported."""
    if "ReportBatchItemFailures" not in (esm.get("FunctionResponseTypes") or []):
        return len(numbers)
    body = result.get("body")
    if isinstance(body, (str, bytes)):
        body = json.loads(body or "{}")
    failures = (body or {}).get("batchItemFailures") or []
    named = [each.get("itemIdentifier") for each in failures]
    # An identifier that isn't of the batch makes all of it come again, as in AWS.
    if any(name not in numbers for name in named):
        return 0
    return min((numbers.index(name) for name in named), default=len(numbers))


def _record(record, shard_id, arn, function):
    data = record["Data"]
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": record["PartitionKey"],
            "sequenceNumber": record["SequenceNumber"],
            "data": data if isinstance(data, str) else base64.b64encode(data).decode(),
            "approximateArrivalTimestamp": record["ApproximateArrivalTimestamp"],
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{shard_id}:{record['SequenceNumber']}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": function["config"].get("Role", ""),
        "awsRegion": arn.split(":")[3],
        "eventSourceARN": arn,
    }
