"""Sections 6 to 8 of the specification, and what hangs from them, as plainly as they can be written.

The one idea to hold: this is the other way of writing it. Records are changed in place, whatever time has done to them is
done before anything else is looked at, and revisions are numbers that nobody has seen yet. It answers as an emulator
does, with :class:`Revision` in place of an id, and refuses by raising :class:`Refused`.
"""

from __future__ import annotations

import copy
import datetime as dt
import itertools
from dataclasses import dataclass, field

from texts import (
    EMPTY_ZIP,
    NO_SOURCE,
    NOT_A_ZIP,
    STALE_REVISION,
    conflict,
    in_progress,
    invalid,
    missing,
    not_found,
    pending,
)
from world import ARN, CREATING, SETTLED, UPDATING, configuration, listed, sha256

BEGIN = dt.datetime(2026, 1, 1)  # noqa: DTZ001 - UTC, as all of AWS's
LATEST = "$LATEST"


class Refused(Exception):  # noqa: N818 - what AWS does is no error of ours
    """A refusal instead of an answer."""

    def __init__(self, refusal):
        super().__init__(refusal)
        self.refusal = refusal


class Revision(int):
    """A revision id that stands for itself: two are the same if and only if their ids are."""


@dataclass
class Snapshot:
    """Code and configuration, and what they are going through."""

    package: bytes
    description: str
    modified: int  # in milliseconds
    revision: Revision
    doing: str = ""  # "creating" or "updating"
    ends: float | None = None  # in milliseconds; with the next read if there is none
    failure: tuple[str, str] | None = None  # what it ends with, as code and reason
    before: tuple[bytes, str] | None = None  # package and description that a failed update leaves
    is_now: dict = field(default_factory=lambda: SETTLED)  # the members of its state, unless it is doing something

    def state(self):
        return {"creating": CREATING, "updating": UPDATING}.get(self.doing, self.is_now)


@dataclass
class Function:
    """A function with all that belongs to it."""

    name: str
    latest: Snapshot
    versions: dict[int, Snapshot] = field(default_factory=dict)
    highest: int = 0
    published: int | None = None  # the version that nothing has been touched since (V4)
    aliases: dict[str, dict] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    doom: tuple[str, str] | None = None  # how its next update ends

    @property
    def arn(self):
        return arn(self.name)

    def found(self, qualifier):
        """Return version and snapshot that a qualifier names; nothing if it names none."""
        if qualifier in self.aliases:
            qualifier = self.aliases[qualifier]["FunctionVersion"]
        if qualifier in (None, LATEST):
            return LATEST, self.latest
        return (qualifier, self.versions[int(qualifier)]) if self.has(qualifier) else None

    def has(self, version):
        return version == LATEST or (version.isdigit() and int(version) in self.versions)


def arn(name, qualifier=None):
    return ARN[:-2] + name + (f":{qualifier}" if qualifier else "")


class Reference:
    """What AWS does, with clock, settling and the one switch of section 6."""

    def __init__(self, settle, *, keep_version_numbers):
        self.settle, self.keep_version_numbers = settle, keep_version_numbers
        self.functions, self.numbers, self.now, self.count = {}, {}, 0, itertools.count(1)

    # Time (section 8)

    def advance(self, seconds):
        self.now += round(seconds * 1000)

    def revision(self):
        return Revision(next(self.count))

    def ends(self):
        if self.settle == "on_read":
            return None
        return 0 if self.settle == "instant" else self.now + self.settle * 1000

    def function(self, name, qualifier=None):
        """Return a function as time has left it (E1)."""
        if name not in self.functions:
            raise Refused(not_found(arn(name, qualifier)))
        function = self.functions[name]
        self.pass_time(function, reading=False)
        return function

    def pass_time(self, function, *, reading):
        for snapshot in (function.latest, *function.versions.values()):
            over = reading if snapshot.ends is None else self.now >= snapshot.ends
            if snapshot.doing and over:
                self.end(function, snapshot)

    def end(self, function, snapshot):
        code, reason = snapshot.failure or ("", "")
        if not snapshot.failure:
            snapshot.is_now = SETTLED
        elif snapshot.doing == "creating":
            snapshot.is_now = {"State": "Failed", "StateReason": reason, "StateReasonCode": code}
        else:
            # T6: what was there before serves on, and is not what was published of the update.
            snapshot.package, snapshot.description = snapshot.before
            function.published = None
            status = {"LastUpdateStatusReason": reason, "LastUpdateStatusReasonCode": code}
            snapshot.is_now = {"State": "Active", "LastUpdateStatus": "Failed", **status}
        if snapshot is function.latest:
            snapshot.revision = self.revision()  # N1
        snapshot.doing, snapshot.failure, snapshot.before = "", None, None

    # What AWS does by itself (T6, T7)

    def fail_update(self, name, reason):
        function = self.function(name)
        doomed = [it for it in (function.latest, *function.versions.values()) if it.doing]
        if not function.latest.doing:
            function.doom = reason
            return
        for snapshot in doomed:
            snapshot.failure = reason

    def deactivate(self, name, reason):
        function = self.function(name)
        self.require_writable(function, None)
        state = {"State": "Inactive", "StateReason": reason[1], "StateReasonCode": reason[0]}
        function.latest.is_now = {**state, "LastUpdateStatus": "Successful"}

    # Writing (sections 6 and 7)

    def create_function(self, name, package, *, publish=False, description=""):
        if name in self.functions:
            raise Refused(conflict(f"Function already exist: {name}"))
        self.require_zip(package)
        latest = Snapshot(package, description, self.now, self.revision(), "creating", self.ends())
        function = self.functions[name] = Function(name, latest)
        function.highest = self.numbers.get(name, 0) if self.keep_version_numbers else 0
        answer = self.configured(function, LATEST, latest)
        if publish:
            number, _ = self.add_version(function, None, "creating")
            answer["Version"] = number
        return answer

    def update_function_code(self, name, package, *, publish=False, revision=None, dry_run=False):
        function = self.function(name)
        if package is None:
            raise Refused(NO_SOURCE)
        self.require_writable(function, revision)
        self.require_zip(package)
        if dry_run:
            return {
                **self.configured(function, LATEST, function.latest),
                "CodeSha256": sha256(package),
                "CodeSize": len(package),
            }
        self.touch(function, package, function.latest.description)
        if publish:
            number, version = self.add_version(function, None, "creating")
            function.latest.revision = self.revision()
            return self.configured(function, number, version, number)
        return self.configured(function, LATEST, function.latest)

    def update_function_configuration(self, name, *, description=None, revision=None):
        function = self.function(name)
        self.require_writable(function, revision)
        description = function.latest.description if description is None else description
        self.touch(function, function.latest.package, description)
        return self.configured(function, LATEST, function.latest)

    def publish_version(self, name, *, description=None, revision=None, code_sha256=None):
        function = self.function(name)
        self.require_writable(function, revision)
        now = sha256(function.latest.package)
        if code_sha256 not in (None, "", now):
            text = f"CodeSHA256 ({code_sha256}) is different from current CodeSHA256 in $LATEST ({now}). "
            raise Refused(invalid(f"{text}Please try again with the CodeSHA256 in $LATEST."))
        number = function.published
        if number not in function.versions:
            number, _ = self.add_version(function, description, "")
            function.latest.revision = self.revision()  # V7
        return self.configured(function, str(number), function.versions[int(number)], str(number))

    def delete_function(self, name, *, qualifier=None):
        if qualifier == LATEST:
            raise Refused(invalid("$LATEST version cannot be deleted without deleting the function."))
        function = self.function(name)
        if qualifier is None:
            self.numbers[name] = max(function.highest, self.numbers.get(name, 0))
            del self.functions[name]
        elif qualifier in function.aliases:
            raise Refused(invalid("Deletion of aliases is not currently supported."))
        elif qualifier.isdigit():
            uses = [it for it, alias in sorted(function.aliases.items()) if qualifier in routed(alias)]
            if uses:
                text = "Unable to delete version because the following aliases reference it"
                raise Refused(conflict(f"{text}: [{', '.join(uses)}]"))
            function.versions.pop(int(qualifier), None)
        return {"StatusCode": 204}

    def touch(self, function, package, description):
        before, modified = function.latest, self.now // 1000 * 1000  # P6: whole seconds
        function.latest = Snapshot(package, description, modified, self.revision(), "updating", self.ends())
        function.latest.before = before.package, before.description
        function.latest.failure, function.doom, function.published = function.doom, None, None

    def add_version(self, function, description, doing):
        function.highest += 1
        function.published = function.highest
        version = copy.copy(function.latest)  # V6: as it is, but for
        version.revision, version.doing, version.before, version.is_now = self.revision(), doing, None, SETTLED
        if description is not None:
            version.description = description
        function.versions[function.highest] = version
        return str(function.highest), version

    def require_writable(self, function, revision):
        if revision and revision != function.latest.revision:
            raise Refused(STALE_REVISION)  # N3
        if function.latest.doing:
            refusal = pending if function.latest.doing == "creating" else in_progress
            raise Refused(refusal(function.arn))

    def require_zip(self, package):
        if package and not package.startswith(b"PK"):
            raise Refused(NOT_A_ZIP)
        if not package:
            raise Refused(EMPTY_ZIP)

    # Aliases and tags

    def create_alias(self, name, alias, version, *, weights=None):
        function = self.function(name, version)
        self.require_routable(function, version, weights or {})
        if alias in function.aliases:
            raise Refused(conflict(f"Alias already exists: {arn(name, alias)}"))
        return self.put_alias(function, alias, version, weights or {})

    def update_alias(self, name, alias, *, version=None, weights=None, revision=None):
        function = self.function(name)
        if alias not in function.aliases:
            raise Refused(missing(f"Alias not found: {arn(name, alias)}"))
        now = function.aliases[alias]
        if revision and revision != now["RevisionId"]:
            raise Refused(STALE_REVISION)
        weights = weights_of(now) if weights is None else weights
        version = version or now["FunctionVersion"]
        self.require_routable(function, version, weights)
        return self.put_alias(function, alias, version, weights)

    def put_alias(self, function, alias, version, weights):
        routing = {"RoutingConfig": {"AdditionalVersionWeights": weights}} if weights else {}
        function.aliases[alias] = {
            "AliasArn": arn(function.name, alias),
            "Name": alias,
            "FunctionVersion": version,
            "Description": "",
            "RevisionId": self.revision(),
            **routing,
        }
        return function.aliases[alias]

    def require_routable(self, function, version, weights):
        if version in weights:
            text = f"Function version {version} is already included in routing configuration."
            raise Refused(invalid(f"Invalid function version {version}. {text}"))
        if version == LATEST and weights:
            text = "$LATEST is not supported for an alias pointing to more than 1 version"
            raise Refused(invalid(text, typed=False))
        for it in (version, *weights):
            if not function.has(it):
                raise Refused(not_found(arn(function.name, it)))

    def get_alias(self, name, alias):
        function = self.function(name)
        if alias not in function.aliases:
            raise Refused(missing(f"Cannot find alias arn: {arn(name, alias)}"))
        return function.aliases[alias]

    def delete_alias(self, name, alias):
        self.function(name).aliases.pop(alias, None)
        return {}

    def tag_resource(self, name, tags):
        function = self.function(name)
        function.tags |= tags
        function.latest.revision = self.revision()
        return {}

    # Reading (section 16)

    def configured(self, function, version, snapshot, qualifier=None):
        stamp = (BEGIN + dt.timedelta(milliseconds=snapshot.modified)).isoformat(timespec="milliseconds")
        return configuration(
            function.name,
            snapshot.state(),
            snapshot.package,
            FunctionArn=arn(function.name, qualifier),
            Version=version,
            Description=snapshot.description,
            LastModified=f"{stamp}+0000",
            RevisionId=snapshot.revision,
        )

    def get_function_configuration(self, name, *, qualifier=None):
        function = self.function(name, qualifier)
        if not function.found(qualifier):
            raise Refused(not_found(arn(name, qualifier)))
        self.pass_time(function, reading=True)
        return self.configured(function, *function.found(qualifier), qualifier)

    def get_function(self, name, *, qualifier=None):
        configured = self.get_function_configuration(name, qualifier=qualifier)
        function = self.functions[name]
        tags = {"Tags": function.tags} if function.tags else {}
        return {"Configuration": configured, "Code": function.found(qualifier)[1].package, **tags}

    def all_versions(self, function):
        pairs = [(LATEST, function.latest), *((str(it), function.versions[it]) for it in sorted(function.versions))]
        return [listed(self.configured(function, version, snapshot, version)) for version, snapshot in pairs]

    def list_versions_by_function(self, name):
        return {"Versions": self.all_versions(self.function(name))}

    def list_functions(self, *, every=False):
        functions = [self.function(name) for name in sorted(self.functions)]
        if every:
            return {"Functions": [version for function in functions for version in self.all_versions(function)]}
        return {"Functions": [listed(self.configured(it, LATEST, it.latest)) for it in functions]}

    def list_aliases(self, name, *, version=None):
        aliases = [alias for _, alias in sorted(self.function(name).aliases.items())]
        return {"Aliases": [it for it in aliases if version is None or version in routed(it)]}

    def usage(self):
        functions = [self.function(name) for name in self.functions]
        sizes = [len(it.package) for function in functions for it in (function.latest, *function.versions.values())]
        return {"TotalCodeSize": sum(sizes), "FunctionCount": len(functions)}


def weights_of(alias):
    return alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})


def routed(alias):
    """Return the versions that an alias leads to."""
    return [alias["FunctionVersion"], *weights_of(alias)]
