"""botocore's clients, answered by an emulator: one client (`attach`), a client of its own (`client`), or all of them.

The one idea to hold: everything of botocore stays real up to the call that would open a socket. What is replaced is
``URLLib3Session.send``, on one client's endpoint or on the class, and large packages travel beside the request::

    emulator = drylambda.Lambda()
    client = drylambda.attach(boto3.client("lambda", region_name="eu-west-1"), emulator)

Importing this package imports botocore; ``import drylambda`` does not import this package.
"""

from __future__ import annotations

from .attachment import attach, detach
from .client import client

__all__ = ["attach", "client", "detach"]
