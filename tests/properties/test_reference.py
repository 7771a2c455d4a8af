"""The emulator against the reference: whatever is asked, in whatever order, they answer the same, or refuse alike.

The one idea to hold: the reference does not know the emulator's ids. The first time it says a revision that it has not
said before, the emulator's id for it has to be one that was not seen before; from then on the two are the same.

The small profile asks some thousand questions. ``DRYLAMBDA_HYPOTHESIS=thorough pytest -s tests/properties/test_reference.py``
asks a hundred times as many, and says how many.
"""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from reference import LATEST, Reference, Refused, Revision
from world import ANY_UUID, ARN, ZIP_A, ZIP_B, creation, sha256

REASON = "InvalidZipFileException", "The zip could not be unpacked."
IDLE = "Idle", "The function is idle."
names = st.sampled_from(["fn", "fn", "fn", "fn", "other"])
packages = st.sampled_from([ZIP_A, ZIP_B, ZIP_A, ZIP_B, ZIP_A, ZIP_B, b"not a zip", b""])
aliases = st.sampled_from(["live", "beta"])
versions = st.sampled_from(["1", "1", "2", "3", LATEST])
qualifiers = st.sampled_from([None, None, None, None, LATEST, "1", "2", "3", "live", "beta", "nobody"])
revisions = st.sampled_from([*[None] * 6, "", "wrong", "right", "right", "right", "old"])
weights = st.sampled_from([None, None, None, {}, {"1": 0.5}, {"2": 0.25}])
texts = st.sampled_from([None, None, "", "one", "two"])
flags = st.sampled_from([False, False, False, True])


def asking(operation, /, **members):
    """Draw the method of the comparison that asks for an operation, and what it asks."""
    return st.tuples(st.just(operation), st.fixed_dictionaries(members))


UPDATES = asking("update_function_code", name=names, package=packages, publish=flags, revision=revisions, dry_run=flags)
CHANGES = st.one_of(
    UPDATES,
    UPDATES,
    asking("update_function_configuration", name=names, description=texts, revision=revisions),
    asking(
        "publish_version",
        name=names,
        description=texts,
        revision=revisions,
        package=st.sampled_from([None, None, None, ZIP_A, ZIP_B]),
    ),
)
MAKING = st.one_of(
    asking("create_function", name=names, package=packages, publish=flags, description=texts),
    asking("delete_function", name=names, qualifier=qualifiers),
    asking("tag_resource", name=names, key=st.sampled_from("ab")),
    asking("update_function_code", name=names, package=st.none(), publish=flags, revision=revisions, dry_run=flags),
)
ALIASES = st.one_of(
    asking("create_alias", name=names, alias=aliases, version=versions, weights=weights),
    asking(
        "update_alias",
        name=names,
        alias=aliases,
        version=versions | st.none(),
        weights=weights,
        revision=revisions,
    ),
    asking("delete_alias", name=names, alias=aliases),
    asking("get_alias", name=names, alias=aliases),
    asking("list_aliases", name=names, version=versions | st.none()),
)
READS = asking(
    "read", name=names, qualifier=qualifiers, operation=st.sampled_from(["get_function", "get_function_configuration"])
)
LISTS = st.one_of(
    asking("list_versions", name=names),
    asking("list_functions", every=st.booleans()),
    asking("account_settings"),
)


def given_members(**members):
    """Leave out what is not given."""
    return {name: value for name, value in members.items() if value is not None}


class Comparison(RuleBasedStateMachine):
    """An emulator and the reference, asked the same."""

    way = None  # into an emulator
    steps = 0

    @initialize(settle=st.sampled_from(["on_read", "instant", 1.0]), keep=st.booleans())
    def begin(self, settle, keep):
        self.emulator = self.way.another(settle=settle, keep_version_numbers=keep)
        self.reference = Reference(settle, keep_version_numbers=keep)
        self.ids = {}
        self.create_function("fn", ZIP_A, publish=False, description=None)

    @rule(call=CHANGES)
    def change(self, call):
        self.act(call)

    @rule(call=CHANGES, look=READS)
    def change_and_look(self, call, look):
        self.act(call)
        self.act(look)

    @rule(call=st.one_of(MAKING, ALIASES))
    def make(self, call):
        self.act(call)

    @rule(call=st.one_of(READS, LISTS))
    def look(self, call):
        self.act(call)

    # Asking both

    def act(self, call):
        operation, members = call
        getattr(self, operation)(**members)

    def ask(self, operation, expected, *, without=(), **parameters):
        """Require the answer, or the refusal, that the reference gives."""
        type(self).steps += 1
        call = getattr(self.emulator.lambda_, operation)
        try:
            expected = expected()
        except Refused as refused:
            self.emulator.refused(call, refused.refusal, **parameters)
            return
        answer = call(**parameters)
        answer = {name: value for name, value in answer.items() if name not in ("ResponseMetadata", *without)}
        if "Code" in answer:
            assert answer["Code"].pop("RepositoryType") == "S3"
            answer["Code"] = self.emulator.emulator.download(answer["Code"].pop("Location"))
        assert answer == self.with_ids(expected, answer)

    def with_ids(self, expected, answer):
        """Return what is expected with the emulator's ids, which are learnt from its answer."""
        if isinstance(expected, Revision):
            if expected not in self.ids:
                assert answer == ANY_UUID
                assert answer not in self.ids.values(), "a revision that is new has an id that is not"
                self.ids[expected] = answer
            return self.ids[expected]
        if isinstance(expected, dict) and isinstance(answer, dict):
            return {name: self.with_ids(value, answer.get(name)) for name, value in expected.items()}
        if isinstance(expected, list) and isinstance(answer, list) and len(expected) == len(answer):
            return [self.with_ids(*pair) for pair in zip(expected, answer, strict=True)]
        return expected

    def both(self, revision, now):
        """Return a revision to ask the reference for, and the emulator."""
        if revision == "right" and now in self.ids:
            return now, self.ids[now]
        older = [it for it in self.ids if it != now]
        if revision == "old" and older:
            return older[-1], self.ids[older[-1]]
        return (None, None) if revision in ("right", "old") else (revision, revision)

    def revision_of(self, name):
        """Return the revision that a function has now; a list tells the id of one that came with time."""
        if name not in self.reference.functions:
            return None
        now = self.reference.function(name).latest.revision
        if now not in self.ids:
            self.list_versions(name)
        return now

    # Writing

    def create_function(self, name, package, publish, description):
        self.ask(
            "create_function",
            lambda: self.reference.create_function(name, package, publish=publish, description=description or ""),
            **creation(name, ZipFile=package, Publish=publish, **given_members(Description=description)),
        )

    def update_function_code(self, name, package, publish, revision, dry_run):
        known, sent = self.both(revision, self.revision_of(name))
        self.ask(
            "update_function_code",
            lambda: self.reference.update_function_code(
                name, package, publish=publish, revision=known, dry_run=dry_run
            ),
            **given_members(FunctionName=name, ZipFile=package, Publish=publish, RevisionId=sent, DryRun=dry_run),
        )

    def update_function_configuration(self, name, description, revision):
        known, sent = self.both(revision, self.revision_of(name))
        self.ask(
            "update_function_configuration",
            lambda: self.reference.update_function_configuration(name, description=description, revision=known),
            **given_members(FunctionName=name, Description=description, RevisionId=sent),
        )

    def publish_version(self, name, description, revision, package):
        known, sent = self.both(revision, self.revision_of(name))
        code_sha256 = package and sha256(package)
        self.ask(
            "publish_version",
            lambda: self.reference.publish_version(
                name, description=description, revision=known, code_sha256=code_sha256
            ),
            **given_members(FunctionName=name, Description=description, RevisionId=sent, CodeSha256=code_sha256),
        )

    def delete_function(self, name, qualifier):
        self.ask(
            "delete_function",
            lambda: self.reference.delete_function(name, qualifier=qualifier),
            **given_members(FunctionName=name, Qualifier=qualifier),
        )

    def create_alias(self, name, alias, version, weights):
        self.ask(
            "create_alias",
            lambda: self.reference.create_alias(name, alias, version, weights=weights),
            **given_members(FunctionName=name, Name=alias, FunctionVersion=version, RoutingConfig=routing(weights)),
        )

    def update_alias(self, name, alias, version, weights, revision):
        function = self.reference.functions.get(name)
        known, sent = self.both(revision, function and function.aliases.get(alias, {}).get("RevisionId"))
        self.ask(
            "update_alias",
            lambda: self.reference.update_alias(name, alias, version=version, weights=weights, revision=known),
            **given_members(
                FunctionName=name,
                Name=alias,
                FunctionVersion=version,
                RoutingConfig=routing(weights),
                RevisionId=sent,
            ),
        )

    def delete_alias(self, name, alias):
        self.ask("delete_alias", lambda: self.reference.delete_alias(name, alias), FunctionName=name, Name=alias)

    def tag_resource(self, name, key):
        self.ask(
            "tag_resource",
            lambda: self.reference.tag_resource(name, {key: "v"}),
            Resource=ARN[:-2] + name,
            Tags={key: "v"},
        )

    # Time, and what AWS does by itself

    @rule(seconds=st.sampled_from([0.1, 0.3, 0.5, 1, 60]))
    def advance(self, seconds):
        self.reference.advance(seconds)
        self.emulator.clock.advance(seconds)

    @precondition(lambda self: "fn" in self.reference.functions)
    @rule(operation=st.sampled_from(["fail_update", "deactivate"]))
    def without_a_call(self, operation):
        reason = REASON if operation == "fail_update" else IDLE
        act = getattr(self.emulator.emulator, operation)
        try:
            getattr(self.reference, operation)("fn", reason)
        except Refused:
            with pytest.raises(ValueError, match="The operation cannot be performed at this time"):
                act("fn", *reason)
        else:
            act("fn", *reason)

    # Reading

    def read(self, name, qualifier, operation):
        self.ask(
            operation,
            lambda: getattr(self.reference, operation)(name, qualifier=qualifier),
            **given_members(FunctionName=name, Qualifier=qualifier),
        )

    def get_alias(self, name, alias):
        self.ask("get_alias", lambda: self.reference.get_alias(name, alias), FunctionName=name, Name=alias)

    def list_aliases(self, name, version):
        self.ask(
            "list_aliases",
            lambda: self.reference.list_aliases(name, version=version),
            **given_members(FunctionName=name, FunctionVersion=version),
        )

    def list_versions(self, name):
        self.ask("list_versions_by_function", lambda: self.reference.list_versions_by_function(name), FunctionName=name)

    def list_functions(self, every):
        parameters = {"FunctionVersion": "ALL"} if every else {}
        self.ask("list_functions", lambda: self.reference.list_functions(every=every), **parameters)

    def account_settings(self):
        usage = {"AccountUsage": self.reference.usage()}
        self.ask("get_account_settings", lambda: usage, without=["AccountLimit"])


def routing(weights):
    return None if weights is None else {"AdditionalVersionWeights": weights}


@pytest.mark.rule("V1", "V2", "V3", "V4", "V5", "V6", "V7", "V8", "V9", "V10", "N1", "N2", "N3", "N4")
@pytest.mark.rule("T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "D1", "D4", "D5", "D8", "D9", "D10", "Q3", "Q4")
@pytest.mark.parametrize("way", ["direct"], indirect=True)
def test_the_emulator_answers_as_the_reference_does(way, monkeypatch):
    monkeypatch.setattr(Comparison, "way", way)
    monkeypatch.setattr(Comparison, "steps", 0)
    profile = settings(stateful_step_count=60)
    run_state_machine_as_test(Comparison, settings=profile)
    print(f"{Comparison.steps} questions, and no disagreement")  # noqa: T201 - for whoever asks with -s
    assert Comparison.steps > 10 * profile.max_examples
