"""Loopback stands in for TLS: policies that refuse calls without it would otherwise refuse every call here."""

import functools

from ministack.core import iam_evaluator


def install() -> None:
    initialise = iam_evaluator.EvalContext.__init__

    @functools.wraps(initialise)
    def with_transport(self, *args, **kwargs):
        initialise(self, *args, **kwargs)
        self.secure_transport = True

    iam_evaluator.EvalContext.__init__ = with_transport
