"""Corrections of MiniStack's ECS: tasks run as child processes in their roles' names, and end as they do in Fargate."""

import collections
import functools
import threading
import time

from ministack.core.responses import error_response_json, get_region
from ministack.services import ec2, ecs, secretsmanager

import aws_ledger
import aws_roles
from aws_containers import Client
from aws_images import UnknownImage

_SERVICE = "ecs-tasks.amazonaws.com"
_PULL = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
# When tasks of a service were started, by its name: ECS starts tasks that always fail less and less often.
_starts = collections.defaultdict(list)
_AT_ONCE, _LONGEST_PAUSE = 4, 15
# The task and its definition whose containers the current thread starts.
_starting = threading.local()


def install(images):
    ecs._docker = Client(images)
    _check_network()
    _start_in_roles()
    _resolve_secrets_in_role()
    _run_images(images)
    _stop_with_codes()


def _check_network():
    for name in ("_run_task", "_create_service", "_update_service"):
        setattr(ecs, name, _with_network_check(getattr(ecs, name)))


def _with_network_check(handle):
    @functools.wraps(handle)
    def checked(data):
        problem = _network_problem(data)
        return error_response_json("InvalidParameterException", problem, 400) if problem else handle(data)

    return checked


def _network_problem(data):
    network = (data.get("networkConfiguration") or {}).get("awsvpcConfiguration")
    definition = ecs._task_defs.get(ecs._resolve_td_key(data.get("taskDefinition", ""))) or {}
    is_update = "service" in data  # what it doesn't name stays as it was
    if definition.get("networkMode") != "awsvpc" or (is_update and not network):
        return None
    if not network:
        return "Network Configuration must be provided when networkMode 'awsvpc' is specified."
    for kind, known in (("subnets", ec2._subnets), ("securityGroups", ec2._security_groups)):
        for each in network.get(kind) or []:
            if each not in known:
                return f"Error retrieving {kind} information for [{each}]: the ID does not exist"
    return None


def _start_in_roles():
    start = ecs._start_task_worker

    @functools.wraps(start)
    def with_roles(task, td, overrides, client):
        time.sleep(_pause_before(task))
        _starting.task, _starting.definition = task, td
        region, source = get_region(), task["taskArn"]
        asked = task.get("overrides") or {}
        execution = asked.get("executionRoleArn") or td.get("executionRoleArn")
        role = asked.get("taskRoleArn") or td.get("taskRoleArn")
        _starting.execution_role, _starting.task_role = execution, role
        for each in filter(None, (execution, role)):
            if not aws_roles.trusts(each, _SERVICE, source, region):
                raise RuntimeError(f"ECS was unable to assume the role '{each}' that was provided for this task")
        for container in td.get("containerDefinitions", []):
            _check_pull(execution, container["image"], region)
            _check_logs(execution, container, source, region)
        return start(task, td, overrides, client)

    ecs._start_task_worker = with_roles


def _pause_before(task):
    group = task.get("group") or ""
    if not group.startswith("service:"):
        return 0
    now, earlier = time.monotonic(), _starts[task["clusterArn"] + group]
    earlier[:] = [each for each in earlier if now - each < 60]
    pause = 0 if len(earlier) < _AT_ONCE else min(_LONGEST_PAUSE, 2 ** (len(earlier) - _AT_ONCE))
    earlier.append(now + pause)
    return pause


def _may(role, action, resource, region):
    return role is not None and aws_ledger.check_role(role, action, resource, region)


def _check_pull(role, image, region):
    registry, _, rest = image.partition("/")
    if ".dkr.ecr." not in registry:
        return
    repository = rest.partition("@")[0].partition(":")[0]
    arn = f"arn:aws:ecr:{registry.split('.')[3]}:{registry.split('.')[0]}:repository/{repository}"
    wanted = [("ecr:GetAuthorizationToken", "*"), *((action, arn) for action in _PULL)]
    denied = [action for action, resource in wanted if not _may(role, action, resource, region)]
    if denied:
        raise ecs._ImagePullError(f"{image}: the execution role {role} may not {', '.join(denied)} on {arn}")


def _check_logs(role, container, task_arn, region):
    config = ecs._awslogs_config(container, task_arn.rpartition("/")[2], "container")
    if config is None:
        return
    account = task_arn.split(":")[4]
    arn = f"arn:aws:logs:{region}:{account}:log-group:{config['group']}:log-stream:{config['stream']}"
    denied = [action for action in ("logs:CreateLogStream", "logs:PutLogEvents") if not _may(role, action, arn, region)]
    if denied:
        raise RuntimeError(f"failed to validate logger args: the execution role {role} may not {', '.join(denied)} on {arn}")


def _resolve_secrets_in_role():
    resolve = ecs._resolve_container_secrets

    @functools.wraps(resolve)
    def in_role(container):
        role, region = _starting.execution_role, get_region()
        for secret in container.get("secrets", []):
            arn = ":".join(secret.get("valueFrom", "").split(":")[:7])
            if ":secretsmanager:" not in arn:
                raise ecs._SecretResolutionError(f"{arn}: the local cloud resolves secrets of Secrets Manager only")
            _, record = secretsmanager._resolve(arn, use_arn_scope=True)
            key = (record or {}).get("KmsKeyId") or ""
            wanted = [("secretsmanager:GetSecretValue", arn), *([("kms:Decrypt", key)] if key.startswith("arn:") else [])]
            for action, resource in wanted:
                if not _may(role, action, resource, region):
                    raise ecs._SecretResolutionError(f"the execution role {role} may not {action} on {resource}")
        return resolve(container)

    ecs._resolve_container_secrets = in_role


def _run_images(images):
    def run(client, container, kwargs, **_options):
        task, environment = _starting.task, dict(kwargs.get("environment") or {})
        # The address of this server, which MiniStack names as Docker would have to.
        environment = {name: str(value).replace("host.docker.internal", "127.0.0.1") for name, value in environment.items()}
        for name in ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN"):
            environment.pop(name, None)
        # In Fargate each task has an address of its own; here they share the machine's ports.
        if "HEALTH_PORT" in environment:
            environment["HEALTH_PORT"] = "0"
        region = get_region()
        environment |= {"AWS_REGION": region, "AWS_DEFAULT_REGION": region, "AWS_EXECUTION_ENV": "AWS_ECS_FARGATE"}
        if _starting.task_role:
            session = task["taskArn"].rpartition("/")[2]
            environment |= aws_roles.credentials(_starting.task_role, session)
        if not images.known(container["image"]):
            raise ecs._ImagePullError(str(UnknownImage(f"{container['image']}: the local cloud knows no build of it")))
        return client.containers.run(
            container["image"],
            entrypoint=container.get("entryPoint"),
            command=kwargs.get("command"),
            workdir=container.get("workingDirectory"),
            environment=environment,
            labels=kwargs.get("labels"),
            name=kwargs.get("name"),
        )

    ecs._run_docker_container = run


def _stop_with_codes():
    """The code of a stopped container is what its process ended with; MiniStack says 0."""
    stop_task, mark = ecs._stop_task, ecs._mark_task_stopped

    @functools.wraps(stop_task)
    def stop(data):
        cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
        task = ecs._resolve_task(data.get("task", ""), cluster) if cluster else None
        running = [ecs._docker.get(each) for each in (task or {}).get("_docker_ids") or []]
        if task is not None and task["lastStatus"] != "STOPPED":
            # Ended before it is marked: a task that is STOPPED has its containers' codes.
            task["_stopped_by_user"] = True
            for described, container in zip(task.get("containers", []), running):
                container.stop()
                described["exitCode"] = container.exit_code
        return stop_task(data)

    @functools.wraps(mark)
    def mark_stopped(task_arn, task, reason, stop_code, exit_code=None):
        if task.get("_stopped_by_user") and stop_code != "UserInitiated":
            return False
        if reason == "Essential container exited":
            reason = "Essential container in task exited"
        return mark(task_arn, task, reason, stop_code, exit_code)

    ecs._stop_task, ecs._mark_task_stopped = stop, mark_stopped
    ecs._ACTION_MAP.update(
        StopTask=stop,
        RunTask=ecs._run_task,
        CreateService=ecs._create_service,
        UpdateService=ecs._update_service,
    )
