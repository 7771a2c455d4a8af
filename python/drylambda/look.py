"""What is there, looked at without a call: functions with their versions and aliases.

The one idea to hold: looking settles no update, is not written into the journal and asks nobody's permission, so that a
test or a notebook sees the state in which a call would find the function.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._drylambda import Package
    from ._lambda import Lambda

__all__ = ["Function"]


class Function:
    """A function as it was when it was looked at.

    - ``configuration``: what GetFunctionConfiguration answers.
    - ``versions``: the configurations of published versions by number, as ``{"1": {...}}``; ``aliases``: what GetAlias
      answers, by name; ``tags``.
    """

    __slots__ = ("_lambda", "aliases", "configuration", "name", "tags", "versions")

    def __init__(self, lambda_: Lambda, name: str) -> None:
        found = lambda_._look(name)
        self._lambda = lambda_
        self.name: str = found["Configuration"]["FunctionName"]
        self.configuration: dict[str, Any] = found["Configuration"]
        self.versions: dict[str, dict[str, Any]] = {it["Version"]: it for it in found["Versions"]}
        self.aliases: dict[str, dict[str, Any]] = {it["Name"]: it for it in found["Aliases"]}
        self.tags: dict[str, str] = found["Tags"]

    def package(self, qualifier: str | None = None) -> Package:
        """Return the package that is deployed now; see `Lambda.package`."""
        return self._lambda.package(self.name, qualifier)

    @property
    def state(self) -> str:
        """The state in one word: ``Active``, ``Pending``, ``Inactive`` or ``Failed``, or that of the last update."""
        state, update = self.configuration["State"], self.configuration.get("LastUpdateStatus", "Successful")
        return str(state if state != "Active" or update == "Successful" else f"update {update}")

    def __repr__(self) -> str:
        parts = [self.state, f"{len(self.versions)} version{'s' if len(self.versions) != 1 else ''}"]
        parts += [f"{name} -> {points_to(alias)}" for name, alias in self.aliases.items()]
        return f"<drylambda.Function {self.name}: {', '.join(parts)}>"

    def _repr_html_(self) -> str:
        from . import html  # noqa: PLC0415 - only notebooks need it

        return html.function(self)


def points_to(alias: dict[str, Any]) -> str:
    """Write what an alias points to: ``2``, or ``2 75 %, 1 25 %``."""
    weights: dict[str, float] = alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
    version = alias["FunctionVersion"]
    if not weights:
        return str(version)
    shares = {version: 1 - sum(weights.values()), **weights}
    return ", ".join(f"{name} {100 * share:g} %" for name, share in shares.items())
