"""Corrections of the context in which MiniStack asks IAM, so that it asks what AWS asks."""

import functools

from ministack.core import iam_evaluator

# SQS has no actions of these names: a batch is allowed by the action of its entries.
_single = {
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
}


def install() -> None:
    initialise = iam_evaluator.EvalContext.__init__

    @functools.wraps(initialise)
    def fixed(self, *args, **kwargs):
        initialise(self, *args, **kwargs)
        self.action = _single.get(self.action, self.action)
        # Loopback stands in for TLS: policies that refuse calls without it would otherwise refuse every call here.
        self.secure_transport = True

    iam_evaluator.EvalContext.__init__ = fixed
