"""Policies, as the tests of callers write them."""

from __future__ import annotations

ADMIN = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def operation(method):
    """An operation, by boto3's name for it."""
    return "".join(word.capitalize() for word in method.split("_"))


def action(method):
    """The action of an operation, by boto3's name for it."""
    # Who may call a function may have its answer streamed.
    named = {"invoke": "InvokeFunction", "invoke_with_response_stream": "InvokeFunction"}
    return "lambda:" + named.get(method, operation(method.removesuffix("_by_arn")))


def policy(*statements):
    """A policy of 2012."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(*actions, resource="*", **more):
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}


def deny(*actions, resource="*", **more):
    return {"Effect": "Deny", "Action": list(actions), "Resource": resource, **more}
