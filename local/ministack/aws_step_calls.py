"""Calls that a state machine makes: allowed by its role (MiniStack asks nobody), S3's getObject, and ECS tasks that are
waited for."""

import contextvars
import functools
import json

from ministack.core.responses import get_account_id, get_region
from ministack.services import athena, ecs, s3
from ministack.services import stepfunctions as sf

import aws_ledger
import aws_roles
import aws_step_time

_SERVICE = "states.amazonaws.com"
_ECS_RULE = "StepFunctionsGetEventsForECSTaskRule"
_POLL_SECONDS = 0.2
# The role and the ARN of the state machine that the current thread works for.
_role = contextvars.ContextVar("step_role", default=("", ""))


def install():
    run, invoke, sdk = sf._run_execution, sf._invoke_resource, sf._invoke_aws_sdk_integration

    @functools.wraps(run)
    def with_role(arn):
        machine = sf._state_machines.get((sf._executions.get(arn) or {}).get("stateMachineArn")) or {}
        _role.set((machine.get("roleArn", ""), machine.get("stateMachineArn", "")))
        return run(arn)

    @functools.wraps(invoke)
    def allowed(resource, data):
        _require(resource, data if isinstance(data, dict) else {})
        return invoke(resource, data)

    @functools.wraps(sdk)
    def with_objects(resource, data):
        return _get_object(data) if resource.endswith("aws-sdk:s3:getObject") else sdk(resource, data)

    sf._run_execution, sf._invoke_resource, sf._invoke_aws_sdk_integration = with_role, allowed, with_objects
    sf._SERVICE_DISPATCH["arn:aws:states:::ecs:runTask"] = _run_task


def _arn(service, resource):
    return f"arn:aws:{service}:{get_region()}:{get_account_id()}:{resource}"


def _table(data):
    name = data.get("TableName", "")
    return name if name.startswith("arn:") else _arn("dynamodb", f"table/{name}")


def _function(data):
    name = data.get("FunctionName", "")
    return name if name.startswith("arn:") else _arn("lambda", f"function:{name}")


def _ecs_needs(data, waited):
    key = ecs._resolve_td_key(data.get("TaskDefinition", ""))
    definition = ecs._task_defs.get(key) or {}
    cluster = data.get("Cluster", "default")
    cluster = cluster if cluster.startswith("arn:") else _arn("ecs", f"cluster/{cluster}")
    needs = [("ecs:RunTask", definition.get("taskDefinitionArn", _arn("ecs", f"task-definition/{key}")), {"ecs:cluster": cluster})]
    for role in {definition.get("taskRoleArn"), definition.get("executionRoleArn")} - {None, ""}:
        needs.append(("iam:PassRole", role, {"iam:passedtoservice": "ecs-tasks.amazonaws.com"}))
    if waited:
        task = _arn("ecs", f"task/{cluster.rpartition('/')[2]}/*")
        needs += [(action, task, {"ecs:cluster": cluster}) for action in ("ecs:DescribeTasks", "ecs:StopTask")]
        rule = _arn("events", f"rule/{_ECS_RULE}")
        needs += [(action, rule, {}) for action in ("events:PutTargets", "events:PutRule", "events:DescribeRule")]
    return needs


def _athena_needs(call, data, waited):
    """What the statement itself reads and writes is asked for when it runs (aws_athena.py)."""
    group = data.get("WorkGroup") or (athena._executions.get(data.get("QueryExecutionId")) or {}).get("WorkGroup", "primary")
    also = ["athena:GetQueryExecution", "athena:StopQueryExecution"] if waited else []
    actions = [f"athena:{call[7].upper()}{call[8:]}", *also]
    return [(action, _arn("athena", f"workgroup/{group}"), {}) for action in actions]


def _glue_needs(call, data):
    action, database = f"glue:{call[13].upper()}{call[14:]}", data.get("DatabaseName", "")
    tables = data.get("TablesToDelete") or [(data.get("TableInput") or {}).get("Name", "")]
    on = ["catalog", f"database/{database}", *(f"table/{database}/{name}" for name in tables)]
    return [(action, _arn("glue", each), {}) for each in on]


def role_of_step():
    """The role of the state machine that the current thread works for; None outside of one."""
    return _role.get()[0] or None


def _needs(call, data, waited):
    """(action, resource, condition keys) of a call; undefined calls are an error, so that none goes unasked."""
    if call == "lambda:invoke":
        return [("lambda:InvokeFunction", _function(data), {})]
    if call in ("sns:publish", "aws-sdk:sns:publish"):
        return [("sns:Publish", data.get("TopicArn", "*"), {})]
    if call == "sqs:sendMessage":
        return [("sqs:SendMessage", _arn("sqs", data.get("QueueUrl", "").rpartition("/")[2]), {})]
    if call.startswith(("dynamodb:", "aws-sdk:dynamodb:")):
        action = call.rpartition(":")[2]
        return [(f"dynamodb:{action[0].upper()}{action[1:]}", _table(data), {})]
    if call == "aws-sdk:s3:getObject":
        return [("s3:GetObject", f"arn:aws:s3:::{data.get('Bucket')}/{data.get('Key')}", {})]
    if call == "aws-sdk:sfn:describeExecution":
        return [("states:DescribeExecution", data.get("ExecutionArn", ""), {})]
    if call == "states:startExecution":
        return [("states:StartExecution", data.get("StateMachineArn", ""), {})]
    if call == "ecs:runTask":
        return _ecs_needs(data, waited)
    if call.startswith("athena:"):
        return _athena_needs(call, data, waited)
    if call in ("aws-sdk:glue:createTable", "aws-sdk:glue:batchDeleteTable"):
        return _glue_needs(call, data)
    raise sf._ExecutionError("States.Runtime", f"{call}: the local cloud doesn't know what it needs; add it in aws_step_calls.py")


_DENIED = {"lambda": "Lambda.AWSLambdaException", "dynamodb": "DynamoDB.AmazonDynamoDBException", "ecs": "ECS.AccessDeniedException"}


def _require(resource, data):
    if resource.startswith("arn:aws:states:::") and _role.get()[0]:
        call = resource.removeprefix("arn:aws:states:::").split(".")[0]
        name = _DENIED.get(call.split(":")[0], f"{call.split(':')[-2].capitalize()}.AccessDeniedException")
        _check(name, _needs(call, data, ".sync" in resource))


def require_children(machine):
    """What a distributed Map needs: to start executions of its own state machine."""
    if _role.get()[0]:
        _check("States.Permissions", [("states:StartExecution", machine, {})])


def _check(error, needs):
    role, machine = _role.get()
    region = get_region()
    if not aws_roles.trusts(role, _SERVICE, machine, region):
        raise sf._ExecutionError("States.Permissions", f"Neither the global service principal {_SERVICE} is authorized to assume {role}")
    denied = [
        f"{action} on {on}"
        for action, on, context in needs
        if not aws_ledger.check_role(role, action, on, region, context)
    ]
    if denied:
        raise sf._ExecutionError(error, f"{role} is not authorized to perform: {', '.join(denied)}")


def _get_object(data):
    bucket, key = data.get("Bucket", ""), data.get("Key", "")
    status, headers, body = s3._get_object(bucket, key, {}, {})
    if status == 200:
        told = {name.lower(): value for name, value in headers.items()}
        text = body.decode("utf-8", errors="replace")
        return {"Body": text, "ContentType": told.get("content-type", ""), "ContentLength": len(body), "ETag": told.get("etag", "")}
    role, _ = _role.get()
    # Who may not list the bucket isn't told that an object isn't there.
    if role and not aws_ledger.check_role(role, "s3:ListBucket", f"arn:aws:s3:::{bucket}", get_region()):
        raise sf._ExecutionError("S3.S3Exception", "Access Denied (Service: S3, Status Code: 403)")
    missing = "S3.NoSuchKeyException" if bucket in s3._buckets else "S3.NoSuchBucketException"
    raise sf._ExecutionError(missing, f"{bucket}/{key} (Service: S3, Status Code: {status})")


def _pascal(value):
    if isinstance(value, list):
        return [_pascal(each) for each in value]
    if isinstance(value, dict):
        return {name[:1].upper() + name[1:]: _pascal(each) for name, each in value.items()}
    return value


def _run_task(resource, data):
    """A failed task's Cause is the task as JSON, as AWS tells it; a task nobody waits for any more is stopped."""
    asked = sf._pascal_to_camel(data)
    status, _, body = ecs._run_task({"startedBy": "AWS Step Functions", **asked})
    answer = json.loads(body)
    if status != 200:
        raise sf._ExecutionError(f"ECS.{answer.get('__type', 'AmazonECSException').rpartition('#')[2]}", answer.get("message", ""))
    if answer.get("failures"):
        # No place for the task: a name that isn't the service's own, with the whole answer as its cause.
        raise sf._ExecutionError("AmazonECS.Unknown", json.dumps(_pascal(answer)))
    if not resource.endswith(".sync"):
        return _pascal(answer)
    task = {"cluster": asked.get("cluster", "default"), "tasks": [answer["tasks"][0]["taskArn"]]}
    while True:
        try:
            aws_step_time.sleep(_POLL_SECONDS)
        except aws_step_time.Ended:
            ecs._stop_task({"cluster": task["cluster"], "task": task["tasks"][0], "reason": "Task stopped by AWS Step Functions"})
            raise
        described = json.loads(ecs._describe_tasks(task)[2])["tasks"][0]
        if described["lastStatus"] == "STOPPED":
            told = _pascal(described)
            failed = described.get("stopCode") != "EssentialContainerExited"
            if failed or any(container.get("exitCode") != 0 for container in described["containers"]):
                raise sf._ExecutionError("States.TaskFailed", json.dumps(told))
            return told
