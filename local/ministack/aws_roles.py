"""What a service does in the name of a role: whether the role trusts the service, and credentials for what it starts."""

import hashlib
import json

from ministack.core import iam_evaluator
from ministack.services import iam, sts

import aws_ledger


def trusts(role_arn, service, source_arn, region):
    """Whether the role may be taken by the service on behalf of that resource, as its trust policy says; recorded."""
    account, name = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    role = iam._roles.get_scoped(account, None, name)
    if role is None:
        return False
    ctx = iam_evaluator.EvalContext(
        principal_arn=service,
        principal_type="Service",
        principal_account=account,
        action="sts:AssumeRole",
        resource_arn=role_arn,
        region=region,
        service_context={"aws:sourceaccount": account, "aws:sourcearn": source_arn},
    )
    document = json.loads(role.get("AssumeRolePolicyDocument") or "{}")
    statements = document.get("Statement", [])
    statements = [statements] if isinstance(statements, dict) else statements
    # MiniStack takes no service for a principal: the statements that name it are asked as if they named everybody.
    own = [{**each, "Principal": "*"} for each in statements if service in _services(each)]
    return iam_evaluator.evaluate_trust_policy({**document, "Statement": own}, service, ctx)


def _services(statement):
    principal = statement.get("Principal")
    named = principal.get("Service", []) if isinstance(principal, dict) else []
    return [named] if isinstance(named, str) else named


def credentials(role_arn, session):
    """Environment variables of a session of that role."""
    account, name = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    digest = hashlib.sha256(f"{role_arn}:{session}".encode()).hexdigest()
    key, secret, token = f"ASIA{digest[:16].upper()}", digest[16:56], hashlib.sha256(digest.encode()).hexdigest()
    sts.register_session(
        key,
        {
            "Arn": f"arn:aws:sts::{account}:assumed-role/{name}/{session}",
            "UserId": f"{name}:{session}",
            "SecretAccessKey": secret,
            "SessionToken": token,
        },
    )
    return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": token}
