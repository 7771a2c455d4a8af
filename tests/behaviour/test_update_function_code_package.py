"""What UpdateFunctionCode takes for a deployment package (section 3)."""

from __future__ import annotations

import packages
import pytest
from texts import EMPTY_ZIP, NOT_A_ZIP, REQUEST_TOO_LARGE, SEVERAL_SOURCES, UNZIPPED_TOO_LARGE, ZIPPED_TOO_LARGE
from world import UPDATING, ZIP_B, configuration, sha256

from drylambda import make_zip

case, fact, rule = pytest.mark.case, pytest.mark.fact, pytest.mark.rule

REFUSED_CASES = {
    "text": case(19),
    "base64_of_a_zip": case(20),
    "gzip_of_a_tar": case(21),
    "cut_by_ten_bytes": case(22),
    "encrypted": case(27),
    "bzip2": case(28),
}
ACCEPTED_CASES = {
    "handler_absent": case(23),
    "modes_000": case(24),
    "symlink": case(25),
    "streamed_zip64": case(26),
    "a_jar": case(30),
    "bytes_after_the_end": case(31),
}
EMPTY = {"end_record": packages.END_RECORD, "only_folders": packages.ONLY_FOLDERS, "no_bytes": b""}


def table(named, cases=None):
    return [pytest.param(it, id=name, marks=(cases or {}).get(name, ())) for name, it in named.items()]


@fact(360)
@rule("Z1", "Z5", "Z7")
@pytest.mark.parametrize("package", table(packages.REFUSED_AS_NOT_A_ZIP, REFUSED_CASES))
@pytest.mark.parametrize("options", [{}, {"DryRun": True}, {"Publish": True}], ids=["update", "dry_run", "publish"])
def test_what_is_not_a_sound_zip_is_refused_and_changes_nothing(way, fn, package, options):
    with way.unchanged("fn"):
        way.refused(way.lambda_.update_function_code, NOT_A_ZIP, FunctionName="fn", ZipFile=package, **options)


@rule("Z2", "Z3", "R55")
@pytest.mark.parametrize("package", table(EMPTY))
def test_a_zip_without_files_is_refused(way, fn, package):
    with way.unchanged("fn"):
        way.refused(way.lambda_.update_function_code, EMPTY_ZIP, FunctionName="fn", ZipFile=package)


@rule("Z4", "Z6", "Z9", "Z20", "Z21", "Z22", "Z23", "P4", "P5", "G1")
@pytest.mark.parametrize("package", table(packages.ACCEPTED, ACCEPTED_CASES))
def test_what_lambda_does_not_look_into_is_taken_as_it_is(way, fn, package):
    answer = way.lambda_.update_function_code(FunctionName="fn", ZipFile=package)
    del answer["ResponseMetadata"]
    assert answer == configuration(state=UPDATING, package=package)
    location = way.lambda_.get_function(FunctionName="fn")["Code"]["Location"]
    assert way.emulator.download(location) == package


@case(29)
@rule("Z8")
@pytest.mark.parametrize("name", packages.EVIL_NAMES)
def test_an_evil_name_is_taken_and_nothing_is_written_anywhere(way, fn, name, tmp_path, monkeypatch):
    deep = tmp_path / "deep" / "down"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    package = packages.named(name)
    answer = way.lambda_.update_function_code(FunctionName="fn", ZipFile=package)
    assert answer["CodeSize"] == len(package)
    assert sorted(tmp_path.rglob("*")) == [deep.parent, deep]


@case(43)
@fact(360)
@rule("Z13")
@pytest.mark.parametrize("package", [packages.bomb, packages.lying_bomb], ids=["honest", "lying"])
def test_a_bomb_is_refused_by_what_it_unzips_to(way, fn, package):
    assert len(package()) < 2_000_000
    refusal = UNZIPPED_TOO_LARGE if package is packages.bomb else NOT_A_ZIP
    with way.unchanged("fn"):
        way.refused(way.lambda_.update_function_code, refusal, FunctionName="fn", ZipFile=package())


@rule("Z13")
def test_the_unzipped_limit_itself_is_too_much_and_a_thousand_bytes_less_are_not(way, fn):
    limit = 262_144_000
    update = way.lambda_.update_function_code
    way.refused(update, UNZIPPED_TOO_LARGE, FunctionName="fn", ZipFile=packages.bomb(limit))
    assert update(FunctionName="fn", ZipFile=packages.bomb(limit - 1000))["LastUpdateStatus"] == "InProgress"


@case(42)
@rule("Z10", "Z18")
@pytest.mark.parametrize("options", [{}, {"DryRun": True}], ids=["update", "dry_run"])
def test_a_request_over_its_limit_is_refused_whatever_it_holds(way, fn, options):
    way.refused(
        way.lambda_.update_function_code, REQUEST_TOO_LARGE, FunctionName="fn", ZipFile=bytes(52_626_000), **options
    )
    assert way.settled("fn") == fn


@case(42)
@rule("Z10")
def test_a_body_that_botocore_really_wrote_is_too_large_too(way, fn, monkeypatch):
    # A client's large packages travel beside the request; here they do not.
    monkeypatch.setattr("drylambda.boto.package.THRESHOLD_BYTES", 2**40)
    way.refused(way.lambda_.update_function_code, REQUEST_TOO_LARGE, FunctionName="fn", ZipFile=bytes(52_626_000))


@rule("Z10")
def test_the_limit_is_that_of_the_body_to_the_byte(way, fn):
    # A key of S3 fills the request up; the request is judged before what it names.
    frame = len('{"ZipFile": "", "S3Key": ""}')
    package = bytes(52_625_382)
    filling = 70_167_211 - frame - -(-len(package) // 3) * 4
    assert 1 <= filling <= 1024
    parameters = {"FunctionName": "fn", "ZipFile": package}
    way.refused(way.lambda_.update_function_code, SEVERAL_SOURCES, **parameters, S3Key="k" * filling)
    way.refused(way.lambda_.update_function_code, REQUEST_TOO_LARGE, **parameters, S3Key="k" * (filling + 1))


@rule("Z10")
def test_the_size_of_a_request_comes_before_everything_else(way):
    # Section 4, step 1: no function, and no name a function could have.
    way.refused(way.lambda_.update_function_code, REQUEST_TOO_LARGE, FunctionName="no name!", ZipFile=bytes(52_626_000))


@rule("Z11", "Z18")
def test_a_package_over_50_mib_is_refused_in_a_request_that_is_small_enough(way, fn):
    way.refused(way.lambda_.update_function_code, ZIPPED_TOO_LARGE, FunctionName="fn", ZipFile=bytes(52_428_801))
    assert way.settled("fn") == fn


@rule("Z11")
def test_a_package_of_50_mib_is_not_too_large(way, fn):
    way.refused(way.lambda_.update_function_code, NOT_A_ZIP, FunctionName="fn", ZipFile=bytes(52_428_800))


@rule("V4")
def test_bytes_are_hashed_as_received_and_never_repacked(way, fn):
    # Two archives of the same files are two packages.
    one, other = packages.ACCEPTED["stored"], packages.zipped()
    update = way.lambda_.update_function_code
    first = update(FunctionName="fn", ZipFile=one)["CodeSha256"]
    way.settled("fn")
    assert update(FunctionName="fn", ZipFile=other)["CodeSha256"] != first


def test_a_refused_package_can_be_followed_by_a_good_one(way, fn):
    update = way.lambda_.update_function_code
    way.refused(update, NOT_A_ZIP, FunctionName="fn", ZipFile=ZIP_B[:-1])
    assert update(FunctionName="fn", ZipFile=ZIP_B)["LastUpdateStatus"] == "InProgress"


@rule("Z6", "Z17")
def test_there_is_no_limit_on_the_number_of_files(way, fn):
    # More than 65,535 entries need the ZIP64 end record.
    answer = way.lambda_.update_function_code(FunctionName="fn", ZipFile=packages.many_files())
    assert answer["CodeSize"] == len(packages.many_files())


@rule("R34", "Z22")
def test_binaries_of_another_architecture_are_not_looked_at(way, fn):
    # The first bytes of a shared object for AArch64, in a function for x86_64.
    binary = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00\xb7\x00" + bytes(44)
    package = make_zip({"app.py": "import native", "native.so": binary})
    answer = way.lambda_.update_function_code(FunctionName="fn", ZipFile=package)
    assert (answer["Architectures"], answer["CodeSha256"]) == (["x86_64"], sha256(package))
