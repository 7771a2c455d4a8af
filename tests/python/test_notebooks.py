"""What notebooks show: plain texts, and HTML that is safe whatever names are in it."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

import drylambda
from drylambda import html

ROLE = "arn:aws:iam::123456789012:role/lambda"
HOSTILE = "<img src=x onerror=alert(1)>\"'&\x1b[2J"
OLD = drylambda.make_zip({"app.py": "one\ntwo\n", "lib/a.py": "x" * 100, "lib/deep/b.py": ""})
NEW = drylambda.make_zip({"app.py": "one\n2\n", f"lib/{HOSTILE}": HOSTILE})


#: Elements that do nothing.
PASSIVE = ["div", "span", "b", "br", "code", "pre", "table", "thead", "tbody", "tr", "th", "td", "details", "summary"]


class Checked(HTMLParser):
    """What a browser would make of it: elements that are balanced, and none that can do anything."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.text = [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        assert tag in PASSIVE, tag
        assert {name for name, _ in attributes} <= {"style", "scope"}
        assert all("url" not in value and "#" not in value for _, value in attributes)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def shown(it):
    """Return the text that a notebook shows of an object."""
    return " ".join(" ".join(Checked(it._repr_html_()).text).split())


@pytest.fixture
def emulator():
    emulator = drylambda.Lambda(seed=1)
    function = {"FunctionName": "app", "Runtime": "python3.13", "Handler": "app.handler", "Role": ROLE}
    emulator.create_function(**function, Code={"ZipFile": OLD}, Publish=True, Tags={"team": "a"})
    emulator.get_function(FunctionName="app")
    emulator.create_alias(FunctionName="app", Name="live", FunctionVersion="1", Description=HOSTILE)
    emulator.update_function_code(FunctionName="app", ZipFile=NEW, Publish=True)
    return emulator


def test_looking_settles_nothing_and_is_no_call(emulator):
    calls = len(emulator.journal)
    for _ in range(2):
        assert emulator.function("app").state == "update InProgress"
        assert "update InProgress" in shown(emulator)
    assert len(emulator.journal) == calls


def test_a_function_has_its_versions_aliases_and_tags(emulator):
    function = emulator.function("app")
    emulator.get_function(FunctionName="app")
    assert function.configuration["LastUpdateStatus"] == "InProgress"  # as it was
    function = emulator.function("app")
    answer = emulator.get_function(FunctionName="app")
    assert (function.configuration, function.tags) == (answer["Configuration"], answer["Tags"])
    assert list(function.versions) == ["1", "2"]
    assert function.versions["2"] == {
        name: value
        for name, value in emulator.get_function_configuration(FunctionName="app", Qualifier="2").items()
        if name != "ResponseMetadata"
    }
    assert function.aliases["live"]["FunctionVersion"] == "1"
    assert bytes(function.package("live")) == OLD
    with pytest.raises(ValueError, match="Function not found"):
        emulator.function("nobody")


def test_plain_texts_say_what_counts(emulator):
    assert repr(emulator.function("app")) == "<drylambda.Function app: update InProgress, 2 versions, live -> 1>"
    emulator.get_function(FunctionName="app")
    emulator.update_alias(FunctionName="app", Name="live", RoutingConfig={"AdditionalVersionWeights": {"2": 0.25}})
    assert repr(emulator.function("app")) == "<drylambda.Function app: Active, 2 versions, live -> 1 75 %, 2 25 %>"


def test_an_emulator_shows_its_functions(emulator):
    text = shown(emulator)
    assert text.startswith("drylambda us-east-1 123456789012 1 function, 4 calls function state runtime")
    assert "app update InProgress python3.13" in text
    assert "live 1" in text
    assert shown(drylambda.Lambda(region="eu-west-1")) == "drylambda eu-west-1 123456789012 0 functions, 0 calls"


def test_a_function_shows_its_versions_newest_first(emulator):
    emulator.get_function(FunctionName="app")
    text = shown(emulator.function("app"))
    assert text.startswith("app Active app.handler, 128 MB, 3 s")
    assert text.index("$LATEST") < text.index(" 2 python") < text.index(" 1 python")


def test_a_package_shows_its_folders_with_their_sizes():
    text = shown(drylambda.Package(OLD))
    assert "3 files" in text
    assert text.endswith("lib/ 100 bytes deep/ 0 bytes b.py 0 bytes a.py 100 bytes app.py 8 bytes")


def test_a_diff_shows_the_lines_that_changed():
    text = shown(drylambda.Package(OLD).diff(NEW))
    assert "changed app.py @@ -1,2 +1,2 @@ one -two +2" in text
    assert "removed lib/a.py" in text
    assert shown(drylambda.Package(OLD).diff(OLD)) == "Package diff nothing"


def test_a_journal_shows_calls_and_refusals(emulator):
    with pytest.raises(drylambda.ClientError):
        emulator.get_function(FunctionName="nobody")
    text = shown(emulator.journal)
    assert text.startswith("5 calls time operation parameters answer 00:00:00 CreateFunction FunctionName='app'")
    assert "ResourceNotFoundException Function not found: arn:aws:lambda:us-east-1:123456789012:function:nobody" in text


def test_hostile_names_are_shown_and_nothing_else(emulator):
    for it in (emulator.function("app"), drylambda.Package(NEW), drylambda.Package(OLD).diff(NEW), emulator.journal):
        html = it._repr_html_()
        assert "<img" not in html
        assert "\x1b" not in html
        assert "<img src=x onerror=alert(1)>" in shown(it)


def test_a_package_with_a_file_that_is_also_a_folder_is_shown():
    text = shown(drylambda.Package(drylambda.make_zip({"a": "1", "a/b": "22", "/c": "333", "d//e": ""})))
    assert "a/ 2 bytes b 2 bytes" in text
    assert "a 1 bytes" in text


def test_a_package_is_shown_however_deep_its_folders_are():
    deep = ["/".join(["d"] * depth) + "/app.py" for depth in range(1, 2000, 100)]
    text = shown(drylambda.Package(drylambda.make_zip(dict.fromkeys(deep, "12345678"))))
    assert "20 files" in text
    assert "d/ 160 bytes d/ 152 bytes" in text
    assert "/".join(["d"] * (1901 - html.DEPTH)) + "/app.py 8 bytes" in text


def test_a_function_that_is_deleted_meanwhile_is_shown_as_such(emulator):
    class Late(drylambda.Lambda):
        def _names(self):
            return ["app", "gone"]

    late = Late(sharing=emulator)
    assert "gone deleted meanwhile" in shown(late)
    assert "app update InProgress" in shown(late)


def test_a_function_is_shown_as_it_was_when_it_was_looked_at(emulator):
    function = emulator.function("app")
    before = shown(function)
    emulator.delete_function(FunctionName="app")
    assert shown(function) == before
    with pytest.raises(ValueError, match="Function not found"):
        function.package()


def test_what_is_long_is_cut():
    package = drylambda.Package(drylambda.make_zip({f"{number}.py": "" for number in range(60)}))
    assert shown(package).endswith("and 10 more")
    emulator = drylambda.Lambda()
    for _ in range(60):
        emulator.list_functions()
    assert "10 earlier" in shown(emulator.journal)
