"""States: what one emulator wrote down, another goes on from."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from reads import of_buckets, of_world
from world import ACCOUNT, ARN, PROVIDER, ZIP_A, ZIP_B, creation, sha256

import drylambda

PROFILE = f"arn:aws:signer:us-east-1:{ACCOUNT}:/signing-profiles/profile/v1"
LAYER = f"arn:aws:lambda:us-east-1:{ACCOUNT}:layer:tools:1"
FONTS = f"arn:aws:lambda:us-east-1:{ACCOUNT}:layer:fonts:1"
IMAGE = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/app"
POLICY = '{"Version": "2012-10-17", "Statement": []}'
EMPTY = {"drylambda": {"state": 1, "now": 0}}


def parsed(emulator):
    return json.loads(emulator.dump())


def loaded(state, **options):
    emulator = drylambda.Lambda(**options)
    emulator.load(state if isinstance(state, (str, bytes)) else json.dumps(state))
    return emulator


def publish_layers(emulator):
    """Publish versions of a layer, of which one is deleted and one is shared."""
    emulator.publish_layer_version(
        LayerName="fonts", Content={"ZipFile": ZIP_B}, CompatibleRuntimes=[], CompatibleArchitectures=["arm64"]
    )
    for _ in range(2):
        emulator.publish_layer_version(LayerName="fonts", Content={"ZipFile": ZIP_A}, LicenseInfo="MIT")
    emulator.delete_layer_version(LayerName="fonts", VersionNumber=3)
    emulator.tag_resource(Resource=FONTS.rpartition(":")[0], Tags={"team": "a"})
    for sid, more in (
        ("one", {"Principal": "210987654321"}),
        ("all", {"Principal": "*", "OrganizationId": "o-0123456789"}),
    ):
        emulator.add_layer_version_permission(
            LayerName="fonts", VersionNumber=1, StatementId=sid, Action="lambda:GetLayerVersion", **more
        )


def map_sources(emulator):
    """Make a mapping of each form of source."""
    criteria = {"Filters": [{"Pattern": '{"a": [1]}'}]}
    queue, stream = (f"arn:aws:{it}:us-east-1:{ACCOUNT}" for it in ("sqs", "kinesis"))
    emulator.create_event_source_mapping(FunctionName="fn", EventSourceArn=f"{queue}:q", FilterCriteria=criteria)
    moment = {"StartingPosition": "AT_TIMESTAMP", "StartingPositionTimestamp": 1.5}
    emulator.create_event_source_mapping(
        FunctionName="fn:live", EventSourceArn=f"{stream}:stream/s", Enabled=False, Tags={"a": "b"}, **moment
    )
    servers = {"Endpoints": {"KAFKA_BOOTSTRAP_SERVERS": ["a:1"]}}
    secret = [{"Type": "BASIC_AUTH", "URI": "arn:aws:secretsmanager:us-east-1:123456789012:secret:s"}]
    emulator.create_event_source_mapping(
        FunctionName="fn", SelfManagedEventSource=servers, Topics=["topic"], SourceAccessConfigurations=secret
    )


@pytest.fixture
def functions():
    """One of each kind of thing that Lambda keeps."""
    emulator = drylambda.Lambda(seed=1, keep_version_numbers=True)
    emulator.declare_layer(LAYER, code_size=10, unzipped_size=20)
    emulator.sign(ZIP_B, PROFILE)
    emulator.images.push(f"{IMAGE}:1")
    emulator.images.deny(f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/other")
    publish_layers(emulator)
    config = emulator.create_code_signing_config(
        AllowedPublishers={"SigningProfileVersionArns": [PROFILE]}, Description="ours", Tags={"cost": "low"}
    )["CodeSigningConfig"]["CodeSigningConfigArn"]
    emulator.create_function(
        **creation(ZipFile=ZIP_B, Publish=True, Layers=[LAYER, FONTS], CodeSigningConfigArn=config, Tags={"team": "a"})
    )
    emulator.get_function(FunctionName="fn")
    emulator.create_alias(FunctionName="fn", Name="live", FunctionVersion="1", Description="what is live")
    emulator.update_function_code(FunctionName="fn", ZipFile=ZIP_B, Publish=True, Architectures=["arm64"])
    emulator.update_alias(FunctionName="fn", Name="live", RoutingConfig={"AdditionalVersionWeights": {"2": 0.1 + 0.2}})
    emulator.put_function_concurrency(FunctionName="fn", ReservedConcurrentExecutions=7)
    emulator.create_function_url_config(FunctionName="fn", AuthType="NONE", Cors={"MaxAge": 60})
    emulator.create_function_url_config(FunctionName="fn", Qualifier="live", AuthType="AWS_IAM")
    to = {"OnSuccess": {"Destination": f"arn:aws:sqs:us-east-1:{ACCOUNT}:queue"}}
    emulator.put_function_event_invoke_config(FunctionName="fn", MaximumRetryAttempts=1, DestinationConfig=to)
    emulator.put_function_event_invoke_config(FunctionName="fn", Qualifier="live", MaximumEventAgeInSeconds=60)
    emulator.put_function_recursion_config(FunctionName="fn", RecursiveLoop="Allow")
    runtime = {"UpdateRuntimeOn": "Manual", "RuntimeVersionArn": "arn:aws:lambda:us-east-1::runtime:abc"}
    emulator.put_runtime_management_config(FunctionName="fn", Qualifier="1", **runtime)
    grant = {"Action": "lambda:GetFunction", "Principal": "210987654321"}
    emulator.add_permission(FunctionName="fn", StatementId="one", **grant)
    statement = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": ARN}
    emulator.put_resource_policy(ResourceArn=f"{ARN}:live", Policy=json.dumps({"Id": 'a "b"', "Statement": statement}))
    map_sources(emulator)
    role = creation()["Role"]
    emulator.create_function(FunctionName="image", Role=role, PackageType="Image", Code={"ImageUri": f"{IMAGE}:1"})
    emulator.fail_update("image", "ImageDeleted", "It is gone.")
    provider = {"CapacityProviderArn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:capacity-provider:mine"}
    members = {"Tags": {"a": "b"}, "TelemetryConfig": {"LoggingConfig": {"LogGroup": "mine"}}}
    emulator.create_capacity_provider(**{**PROVIDER, **members})
    emulator.create_function(
        **creation("managed", CapacityProviderConfig={"LambdaManagedInstancesCapacityProviderConfig": provider})
    )
    emulator.get_function(FunctionName="managed")
    for package in (ZIP_A, ZIP_B):
        emulator.get_function(FunctionName="managed")
        emulator.update_function_code(FunctionName="managed", ZipFile=package, PublishTo="LATEST_PUBLISHED")
    scaling = {"MinExecutionEnvironments": 1}
    emulator.put_function_scaling_config(
        FunctionName="managed", Qualifier="$LATEST.PUBLISHED", FunctionScalingConfig=scaling
    )
    stored = {"S3Bucket": "bucket", "S3Key": "app.zip", "S3ObjectStorageMode": "REFERENCE"}
    emulator.s3.put("bucket", "app.zip", ZIP_A, versioned=True)
    emulator.create_function(**{**creation("referring"), "Code": stored})
    elsewhere = emulator.scope(region="eu-west-1", account_id="210987654321")
    elsewhere.create_function(**creation("there"))
    emulator.create_function(**creation("gone", Publish=True))
    emulator.get_function(FunctionName="gone")
    emulator.delete_function(FunctionName="gone")
    return emulator


@pytest.fixture
def buckets():
    """An S3 with versions, settings, and what requests said of objects."""
    emulator = drylambda.Lambda(seed=1)
    emulator.s3.put("plain", "a/ä b.zip", ZIP_A, region="eu-west-1")
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket="versions")
    s3.put_bucket_versioning(Bucket="versions", VersioningConfiguration={"Status": "Enabled"})
    labels = {"ContentType": "application/zip", "CacheControl": "no-cache", "Metadata": {"who": "me"}}
    s3.put_object(Bucket="versions", Key="key", Body=b"one", Tagging="a=1&b=2", ChecksumAlgorithm="SHA256", **labels)
    s3.put_object(Bucket="versions", Key="key", Body=b"two", StorageClass="GLACIER")
    s3.delete_object(Bucket="versions", Key="key")
    s3.put_object(Bucket="versions", Key="parts", Body=b"")
    upload = {"Bucket": "versions", "Key": "parts"}
    upload["UploadId"] = s3.create_multipart_upload(**upload)["UploadId"]
    part = s3.upload_part(**upload, PartNumber=3, Body=b"part")
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": [{"PartNumber": 3, "ETag": part["ETag"]}]})
    s3.put_bucket_policy(Bucket="versions", Policy=POLICY)
    s3.put_bucket_tagging(
        Bucket="versions", Tagging={"TagSet": [{"Key": "b", "Value": "<&>"}, {"Key": "a", "Value": ""}]}
    )
    s3.delete_public_access_block(Bucket="versions")
    encryption = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "key"}
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": encryption, "BucketKeyEnabled": True}]}
    s3.put_bucket_encryption(Bucket="versions", ServerSideEncryptionConfiguration=rules)
    rule = {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "x/"}, "Expiration": {"Days": 3}}
    s3.put_bucket_lifecycle_configuration(Bucket="versions", LifecycleConfiguration={"Rules": [rule]})
    return emulator


def test_all_of_lambda_is_there_again(functions):
    state = functions.dump()
    there = loaded(state, seed=2, keep_version_numbers=True)
    assert there.dump() == state
    for scope in ({}, {"region": "eu-west-1", "account_id": "210987654321"}):
        told = of_world(there.scope(**scope))
        assert len(told) > 3
        assert told == of_world(functions.scope(**scope))


def test_numbers_of_layers_go_on(functions):
    there = loaded(functions.dump())
    assert there.publish_layer_version(LayerName="fonts", Content={"ZipFile": ZIP_A})["Version"] == 4


def test_what_was_declared_counts_again(functions):
    there = loaded(functions.dump(), strict_images=True)
    there.create_function(**creation("more", ZipFile=ZIP_B, Layers=[LAYER]))
    role = creation()["Role"]
    there.create_function(FunctionName="other-image", Role=role, PackageType="Image", Code={"ImageUri": f"{IMAGE}:1"})
    with pytest.raises(drylambda.ClientError, match="AccessDeniedException"):
        there.create_function(
            FunctionName="denied",
            Role=role,
            PackageType="Image",
            Code={"ImageUri": f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/other:1"},
        )


def test_a_creation_that_is_to_fail_fails(functions):
    there = loaded(functions.dump())
    configuration = there.get_function_configuration(FunctionName="image")
    assert (configuration["State"], configuration["StateReason"]) == ("Failed", "It is gone.")


def test_version_numbers_go_on_where_they_are_kept(functions):
    there = loaded(functions.dump(), keep_version_numbers=True)
    assert there.create_function(**creation("gone", Publish=True))["Version"] == "2"
    assert loaded(functions.dump()).create_function(**creation("gone", Publish=True))["Version"] == "1"


def test_all_of_s3_is_there_again(buckets):
    state = buckets.dump()
    there = loaded(state, seed=2)
    assert there.dump() == state
    told = of_buckets(there)
    assert len(told) > 20
    assert told == of_buckets(buckets)


def test_uploads_under_way_stay_behind(buckets):
    s3 = buckets.client("s3")
    s3.create_multipart_upload(Bucket="plain", Key="big")
    uploads = loaded(buckets.dump()).client("s3").list_multipart_uploads(Bucket="plain")
    assert "Uploads" not in uploads


def test_each_content_stands_once_under_its_hash():
    emulator = drylambda.Lambda()
    emulator.s3.put("bucket", "one.zip", ZIP_A)
    emulator.s3.put("bucket", "two.zip", bytes(bytearray(ZIP_A)))
    for name in ("one", "two"):
        emulator.create_function(**creation(name))
    emulator.create_function(**{**creation("three"), "Code": {"S3Bucket": "bucket", "S3Key": "two.zip"}})
    assert parsed(emulator)["Contents"] == {sha256(ZIP_A): base64.b64encode(ZIP_A).decode()}


def test_the_same_state_is_the_same_text():
    texts = set()
    for names in (["b", "a", "c"], ["c", "b", "a"]):
        emulator = drylambda.Lambda(seed=1)
        for name in names:
            emulator.declare_layer(f"{LAYER}{len(name)}", code_size=1)
            emulator.sign(drylambda.make_zip({name: ""}), PROFILE)
            emulator.s3.put(f"bucket-{name}", name, name.encode())
        texts.add(emulator.dump())
    assert len(texts) == 1


def test_the_text_says_which_format_it_has_and_who_wrote_it():
    emulator = drylambda.Lambda(seed=1)
    assert parsed(emulator)["drylambda"] == {
        "state": 1,
        "version": drylambda.__version__,
        "now": 1_767_225_600_000,
    }


def test_another_process_goes_on(functions, tmp_path):
    (tmp_path / "state.json").write_text(functions.dump())
    program = (
        "import pathlib, drylambda\n"
        "emulator = drylambda.Lambda(seed=5)\n"
        "emulator.load(pathlib.Path('state.json').read_bytes())\n"
        "print(emulator.dump(), end='')\n"
    )
    run = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert run.stdout == functions.dump()


def test_loading_takes_the_place_of_everything_but_calls_and_faults(functions, buckets):
    location = functions.get_function(FunctionName="fn")["Code"]["Location"]
    fault = functions.fail("GetFunction", "TooManyRequestsException")
    calls = len(functions.journal)
    functions.load(buckets.dump())
    assert functions.dump() == buckets.dump()
    assert (len(functions.journal), len(functions.faults)) == (calls, 1)
    with pytest.raises(ValueError, match="404 NoSuchKey"):
        functions.download(location)
    with pytest.raises(ValueError, match="404 NoSuchKey" if False else "40"):
        functions.download(location.replace("there", "gone"))
    fault.remove()


def test_an_empty_state_is_a_reset(functions):
    functions.load(json.dumps(EMPTY))
    assert parsed(functions) == parsed(drylambda.Lambda(seed=1))


def test_options_are_the_receivers_own(functions):
    there = loaded(functions.dump(), settle="instant", code_storage_limit=1)
    assert there.get_account_settings()["AccountLimit"]["TotalCodeSize"] == 1
    with pytest.raises(drylambda.ClientError, match="CodeStorageExceededException"):
        there.create_function(**creation("more"))


@pytest.mark.parametrize(("wait", "status"), [(24, "InProgress"), (25, "Successful")])
def test_a_change_ends_at_its_moment(wait, status):
    emulator = drylambda.Lambda(seed=1, settle=25)
    emulator.create_function(**creation())
    emulator.clock.advance(25)
    emulator.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    there = loaded(emulator.dump(), seed=9, settle="instant")
    there.clock.advance(wait)
    assert there.get_function_configuration(FunctionName="fn")["LastUpdateStatus"] == status


def test_a_change_whose_moment_has_passed_is_over():
    emulator = drylambda.Lambda(seed=1, settle=25)
    emulator.create_function(**creation())
    assert emulator.get_function_configuration(FunctionName="fn")["State"] == "Pending"
    # Its clock runs, and shows a later year.
    assert loaded(emulator.dump()).get_function_configuration(FunctionName="fn")["State"] == "Active"


def test_what_waits_for_a_reader_waits_on():
    emulator = drylambda.Lambda(seed=1)
    emulator.create_function(**creation())
    there = loaded(emulator.dump(), settle="instant")
    with pytest.raises(drylambda.ClientError, match="ResourceConflictException"):
        there.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    there.get_function(FunctionName="fn")
    there.update_function_code(FunctionName="fn", ZipFile=ZIP_B)


def test_a_failed_update_has_what_was_there_before():
    emulator = drylambda.Lambda(seed=1, settle=25)
    emulator.create_function(**creation())
    emulator.clock.advance(25)
    emulator.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    emulator.fail_update("fn")
    there = loaded(emulator.dump(), seed=1)
    there.clock.advance(25)
    configuration = there.get_function_configuration(FunctionName="fn")
    assert (configuration["LastUpdateStatus"], configuration["CodeSha256"]) == ("Failed", sha256(ZIP_A))


def test_what_an_update_replaced_is_let_go_when_its_time_is_over():
    emulator = drylambda.Lambda(seed=1, settle=25)
    emulator.create_function(**creation())
    emulator.clock.advance(25)
    emulator.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
    there = loaded(emulator.dump(), seed=1)
    assert set(parsed(there)["Contents"]) == {sha256(ZIP_A), sha256(ZIP_B)}
    there.clock.advance(25)
    there.get_account_settings()  # any call
    assert set(parsed(there)["Contents"]) == {sha256(ZIP_B)}


def test_a_clock_that_stands_earlier_is_moved_on_and_no_other():
    later = drylambda.Lambda(seed=1)
    later.clock.advance(60)
    earlier, running = drylambda.Lambda(seed=1), drylambda.Lambda()
    before = running.clock.time()
    earlier.load(later.dump())
    assert earlier.clock.time() == later.clock.time()
    later.clock.advance(60)
    later.load(earlier.dump())
    assert later.clock.time() - earlier.clock.time() == 60
    running.load(later.dump())
    assert before <= running.clock.time() < before + 600


def test_ids_of_the_state_are_not_drawn_again():
    emulator = drylambda.Lambda(seed=1, settle="instant")
    first = emulator.create_function(**creation())["RevisionId"]
    version = emulator.s3.put("bucket", "key", b"one", versioned=True)
    one, other = (loaded(emulator.dump(), seed=1, settle="instant") for _ in range(2))
    changed = [it.update_function_code(FunctionName="fn", ZipFile=ZIP_B)["RevisionId"] for it in (one, other)]
    assert changed[0] == changed[1] != first
    assert one.s3.put("bucket", "key", b"two") == other.s3.put("bucket", "key", b"two") != version


def test_what_is_read_while_a_state_is_loaded_is_whole():
    states, packages = [], [drylambda.make_zip({"app.py": str(number), "noise": bytes(200_000)}) for number in range(2)]
    for package in packages:
        emulator = drylambda.Lambda(settle="instant", seed=1)
        emulator.create_function(**creation(ZipFile=package, Description=sha256(package)))
        states.append(emulator.dump())
    there = loaded(states[0])

    def read(_):
        configuration = there.get_function_configuration(FunctionName="fn")
        return configuration["Description"] == configuration["CodeSha256"]

    with ThreadPoolExecutor(4) as threads:
        loads = [threads.submit(there.load, states[number % 2]) for number in range(20)]
        assert all(threads.map(read, range(200)))
        assert [load.result() for load in loads] == [None] * 20


def test_bytes_and_text_are_both_taken_and_nothing_else(functions):
    state = functions.dump()
    assert loaded(state.encode()).function("fn").versions
    for given in (None, bytearray(state.encode()), json.loads(state)):
        with pytest.raises(TypeError, match="state is str or bytes, as dump"):
            functions.load(given)


def test_a_state_can_be_written_by_hand():
    package = drylambda.make_zip({"app.py": "pass"})
    emulator = drylambda.Lambda(seed=1)
    emulator.create_function(**creation(ZipFile=ZIP_A))
    state = parsed(emulator)
    digest = base64.b64encode(hashlib.sha256(package).digest()).decode()
    state["Contents"] = {digest: base64.b64encode(package).decode()}
    state["Functions"][0]["Latest"]["Code"]["Zip"]["CodeSha256"] = digest
    there = loaded({name: value for name, value in state.items() if value}, seed=1)
    assert there.get_function(FunctionName=ARN)["Configuration"]["CodeSize"] == len(package)
    assert there.package("fn").read("app.py") == b"pass"


def test_states_do_not_mix(deploy):
    def state(name):
        emulator = drylambda.Lambda(seed=1)
        deploy(emulator, name)
        emulator.s3.put(name, "key", b"x")
        return emulator.dump()

    states = {state("one-of-two"), state("other-of-two")}
    emulator = drylambda.Lambda(seed=1)
    emulator.load(min(states))

    def load(text):
        for _ in range(50):
            emulator.load(text)

    loading = [threading.Thread(target=load, args=(text,)) for text in states]
    for thread in loading:
        thread.start()
    while any(thread.is_alive() for thread in loading):
        assert emulator.dump() in states
    for thread in loading:
        thread.join()
