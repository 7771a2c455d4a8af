"""The hosts at which Lambda answers, those included that moto does not know."""

from __future__ import annotations

import re

_ENDPOINT = re.compile(
    r"(?:[a-z0-9-]+\.)?lambda(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(?:(?:vpce\.)?amazonaws\.com(?:\.cn)?"
    r"|api\.(?:aws|amazonwebservices\.com\.cn)|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)"
    r"(?::\d+)?\Z"
)

#: As moto writes them; the first one is moto's own.
URL_BASES = [
    r"https?://lambda\.(.+)\.amazonaws\.com",
    r"https?://lambda-fips\.(.+)\.amazonaws\.com",
    r"https?://lambda(-fips)?\.(.+)\.api\.aws",
    r"https?://lambda(-fips)?\.(.+)\.api\.amazonwebservices\.com\.cn",
    r"https?://[^/]+\.lambda\.(.+)\.vpce\.amazonaws\.com",
]


def region_of(host: str) -> str | None:
    """Return the Region of an endpoint of Lambda's; nothing for any other host."""
    found = _ENDPOINT.match(host) if "lambda" in host else None
    return found["region"] if found else None
