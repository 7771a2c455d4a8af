"""Functions whose code is in the bucket ``deployments`` of a place, through every way in."""

from __future__ import annotations

from world import creation

OBJECT = {"S3Bucket": "deployments", "S3Key": "app/fn.zip"}


def emulated(way, place, **options):
    """The same way into an emulator with this place."""
    way = way.another(**place.options, **options)
    place.belongs_to(way.emulator)
    return way


def deployed(way, place):
    """The same, which has `F` and the bucket ``deployments``."""
    way = with_function(emulated(way, place))
    place.bucket("deployments")
    return way


def with_function(way):
    way.lambda_.create_function(**creation())
    way.settled("fn")
    return way


def update(way, **parameters):
    answer = way.lambda_.update_function_code(FunctionName="fn", **parameters)
    del answer["ResponseMetadata"]
    return answer


def code(way, **more):
    """What GetFunction says of the code."""
    return way.lambda_.get_function(FunctionName="fn", **more)["Code"]


def stored_bytes(way):
    return way.lambda_.get_account_settings()["AccountUsage"]["TotalCodeSize"]
