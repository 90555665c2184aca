"""What IAM decided and what the API models refused, counted in memory while the server runs."""

import contextvars
import functools
import json
import threading
from collections import Counter

from ministack.core import iam_evaluator

_lock = threading.Lock()
_decisions = Counter()
# The context of the evaluation that runs inside the current enforce(); a root caller never gets there.
_context = contextvars.ContextVar("ledger_context", default=None)


def record(principal, action, resource, decision, layer):
    with _lock:
        _decisions[(principal, action, resource, decision, layer)] += 1


def role_of(principal):
    """The role's name of an assumed-role ARN, a role ARN, or None."""
    tail = principal.split(":", 5)[-1]
    if tail.startswith("assumed-role/"):
        return tail.split("/")[1]
    return tail.rpartition("/")[2] if tail.startswith("role/") else None


def entries():
    with _lock:
        counted = list(_decisions.items())
    return [
        {
            "principal": principal,
            "role": role_of(principal),
            "action": action,
            "resource": resource,
            "decision": decision,
            "layer": layer,
            "count": count,
        }
        for (principal, action, resource, decision, layer), count in counted
    ]


def reset():
    with _lock:
        _decisions.clear()


def install():
    """Records at enforce(), where identity and resource policies are already combined, and at role trust policies."""
    evaluate, enforce, trust = iam_evaluator.evaluate, iam_evaluator.enforce, iam_evaluator.evaluate_trust_policy

    @functools.wraps(evaluate)
    def evaluate_and_note(ctx, policies, *limits):
        _context.set(ctx)
        return evaluate(ctx, policies, *limits)

    @functools.wraps(enforce)
    def enforce_and_record(*args, **kwargs):
        _context.set(None)
        result = enforce(*args, **kwargs)
        ctx = _context.get()
        if ctx is not None:
            decision = getattr(result, "decision", None) or ("Allow" if result is None else result.code)
            record(ctx.principal_arn, ctx.action, ctx.resource_arn, decision, "call")
        return result

    @functools.wraps(trust)
    def trust_and_record(document, caller, ctx=None):
        allowed = trust(document, caller, ctx)
        if ctx is not None:
            record(caller, ctx.action, ctx.resource_arn, "Allow" if allowed else "ImplicitDeny", "trust")
        return allowed

    iam_evaluator.evaluate = evaluate_and_note
    iam_evaluator.enforce = enforce_and_record
    iam_evaluator.evaluate_trust_policy = trust_and_record


def check_role(role_arn, action, resource, region, context=None):
    """Whether a role's own policies allow what a service does in its name, recorded as any other decision.

    context: the condition keys of that call, in lower case.
    """
    account, name = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    policies = iam_evaluator._gather_role_policies(name, account)
    ctx = iam_evaluator.EvalContext(
        principal_arn=role_arn,
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=region,
        service_context=context or {},
    )
    decision = iam_evaluator.evaluate(ctx, policies).decision
    record(role_arn, action, resource, decision, "service")
    return decision == "Allow"


class ModelProblems:
    """Counts of checked calls and of problems; the first of each kind is also written to a JSON-lines file."""

    def __init__(self, path):
        self._path = path
        self._lock = threading.Lock()
        self.checked = Counter()
        self.found = Counter()

    def add(self, service, operation, problems, principal):
        with self._lock:
            self.checked[f"{service}.{operation}"] += 1
            for member, constraint in problems:
                key = (service, operation, member, constraint, principal)
                self.found[key] += 1
                if self.found[key] == 1 and self._path:
                    with open(self._path, "a", encoding="utf-8") as file:
                        file.write(json.dumps(self._row(key, 1)) + "\n")

    @staticmethod
    def _row(key, count):
        names = ("service", "operation", "member", "constraint", "principal")
        return {**dict(zip(names, key)), "count": count}

    def report(self):
        with self._lock:
            return {
                "checked": dict(self.checked),
                "problems": [self._row(key, count) for key, count in self.found.items()],
            }

    def reset(self):
        with self._lock:
            self.checked.clear()
            self.found.clear()
