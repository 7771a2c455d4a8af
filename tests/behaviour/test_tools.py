"""The call sequences of real deploy tools, as far as their operations are built (section 17)."""

from __future__ import annotations

import base64

import pytest
from botocore.exceptions import ClientError
from dateutil import parser
from texts import in_progress, missing, not_found
from world import ARN, ROLE, ZIP_A, ZIP_B, creation, sha256

rule = pytest.mark.rule


def until(read, done, tries=3):
    """Poll as a tool does, but without its patience."""
    for _ in range(tries):
        if done(answer := read()):
            return answer
    pytest.fail("it is never done")


class TestTerraform:
    """`aws_lambda_function`: terraform-provider-aws `internal/service/lambda/function.go`."""

    def read(self, way, name="fn"):
        function = way.lambda_.get_function(FunctionName=name)
        assert function["Code"]["RepositoryType"] == "S3"
        versions = [
            version
            for page in way.paginator("list_versions_by_function").paginate(FunctionName=name, MaxItems=10000)
            for version in page["Versions"]
        ]
        signing = way.lambda_.get_function_code_signing_config(FunctionName=name)
        assert signing["ResponseMetadata"]["HTTPStatusCode"] == 200
        assert "CodeSigningConfigArn" not in signing
        return function, versions[-1]

    def wait_active(self, way):
        return until(
            lambda: way.lambda_.get_function(FunctionName="fn")["Configuration"], lambda it: it["State"] == "Active"
        )

    def wait_updated(self, way):
        return until(
            lambda: way.lambda_.get_function(FunctionName="fn")["Configuration"],
            lambda it: it["LastUpdateStatus"] == "Successful",
        )

    @rule("K10", "G6", "Q4")
    def test_create_plan_update_publish_and_delete(self, way):
        call = way.lambda_
        way.refused(call.get_function, not_found(), FunctionName="fn")
        call.create_function(
            **creation(
                Tags={"Name": "fn"},
                Environment={"Variables": {"STAGE": "dev"}},
                EphemeralStorage={"Size": 512},
                TracingConfig={"Mode": "PassThrough"},
                PackageType="Zip",
                Publish=False,
            )
        )
        self.wait_active(way)
        function, newest = self.read(way)
        assert function["Tags"] == {"Name": "fn"}
        assert newest["Version"] == "$LATEST"
        # A second plan finds nothing to do: what is read is what was read.
        del function["ResponseMetadata"]
        again, _ = self.read(way)
        del again["ResponseMetadata"]
        assert again == function

        call.update_function_configuration(
            FunctionName="fn",
            Role=ROLE,
            Handler="app.handler",
            Runtime="python3.13",
            MemorySize=256,
            Timeout=10,
            Environment={"Variables": {"STAGE": "prod"}},
            Layers=[],
            DeadLetterConfig={"TargetArn": ""},
            FileSystemConfigs=[],
            KMSKeyArn="",
            VpcConfig={"SubnetIds": [], "SecurityGroupIds": []},
        )
        self.wait_updated(way)
        call.update_function_code(FunctionName="fn", ZipFile=ZIP_B, Architectures=["x86_64"], SourceKMSKeyArn="")
        assert self.wait_updated(way)["CodeSha256"] == sha256(ZIP_B)
        published = call.publish_version(FunctionName="fn")
        # Read by the qualified ARN and the same number as the qualifier.
        until(
            lambda: call.get_function_configuration(
                FunctionName=published["FunctionArn"], Qualifier=published["Version"]
            ),
            lambda it: it.get("LastUpdateStatus") == "Successful",
        )
        function, newest = self.read(way)
        assert newest["Version"] == "1"
        assert newest["FunctionArn"] == f"{ARN}:1"
        assert function["Configuration"]["Environment"] == {"Variables": {"STAGE": "prod"}}

        call.delete_function(FunctionName="fn")
        way.refused(call.get_function, not_found(), FunctionName="fn")

    @rule("E3")
    def test_the_text_it_retries_publishing_on(self, way, fn):
        way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
        error = way.refused(way.lambda_.publish_version, in_progress(), FunctionName="fn")
        assert "in progress" in str(error)


class TestZappa:
    """Zappa `core.py` and `cli.py`: its code comes from S3, which is not built, so it is sent here."""

    def test_update(self, way):
        call = way.lambda_
        call.create_function(**creation(), Publish=True)
        way.waiter("function_active").wait(FunctionName="fn")

        modified = parser.parse(call.get_function(FunctionName="fn")["Configuration"]["LastModified"])
        assert modified.isoformat() == "2026-01-01T00:00:00+00:00"
        updated = call.update_function_code(FunctionName="fn", ZipFile=ZIP_B, Publish=True)
        assert (updated["FunctionArn"], updated["Version"]) == (f"{ARN}:2", "2")
        alias = "current-alb-version"
        way.refused(call.get_alias, missing(f"Cannot find alias arn: {ARN}:{alias}"), FunctionName="fn", Name=alias)

        # While the update is in progress: old versions go.
        versions = way.paginator("list_versions_by_function").paginate(FunctionName="fn").build_full_result()
        numbers = [it["Version"] for it in versions["Versions"]]
        assert numbers == ["$LATEST", "1", "2"]
        call.delete_function(FunctionName="fn", Qualifier="1")

        way.waiter("function_updated").wait(FunctionName="fn")
        current = call.get_function_configuration(FunctionName="fn")
        call.update_function_configuration(
            FunctionName="fn",
            Runtime=current["Runtime"],
            Role=current["Role"],
            Handler=current["Handler"],
            Timeout=30,
            MemorySize=512,
            VpcConfig={},
            Environment={"Variables": {}},
            TracingConfig={"Mode": "PassThrough"},
        )
        call.tag_resource(Resource=current["FunctionArn"], Tags={"ZappaProject": "app"})

    def test_rollback(self, way):
        call = way.lambda_
        call.create_function(**creation(), Publish=True)
        way.waiter("function_active").wait(FunctionName="fn")
        call.update_function_code(FunctionName="fn", ZipFile=ZIP_B, Publish=True)
        way.waiter("function_updated").wait(FunctionName="fn")

        versions = call.list_versions_by_function(FunctionName="fn")["Versions"]
        previous = call.get_function(FunctionName="fn", Qualifier=versions[-2]["Version"])
        package = way.emulator.download(previous["Code"]["Location"])
        back = call.update_function_code(FunctionName="fn", ZipFile=package, Publish=True)
        assert (back["Version"], back["CodeSha256"]) == ("3", sha256(ZIP_A))


class TestChalice:
    """chalice `awsclient.py`."""

    @rule("P10", "E3")
    def test_deploy(self, way, fn):
        call = way.lambda_
        call.get_function(FunctionName="fn")
        assert call.update_function_code(FunctionName="fn", ZipFile=ZIP_B)["LastUpdateStatus"] == "InProgress"
        way.waiter("function_updated").wait(FunctionName="fn")
        parameters = {"FunctionName": "fn", "Environment": {"Variables": {"NAME": "value"}}, "Runtime": "python3.13"}
        call.update_function_configuration(**parameters, Timeout=60, MemorySize=128, Role=ROLE)
        way.waiter("function_updated").wait(FunctionName="fn")
        existing = call.list_tags(Resource=ARN)["Tags"]
        assert existing == {}
        call.tag_resource(Resource=ARN, Tags={"aws-chalice": "version=1:stage=dev:app=app"})
        call.untag_resource(Resource=ARN, TagKeys=["aws-chalice"])

    def test_what_it_does_without_its_waiter(self, way, fn):
        way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
        for _ in range(3):
            way.refused(way.lambda_.update_function_configuration, in_progress(), FunctionName="fn", Description="new")
        way.settled("fn")
        way.lambda_.update_function_configuration(FunctionName="fn", Description="new")


class TestServerless:
    """oss-serverless `deploy-function.js`: an equal hash stops the deployment."""

    def test_deploy_function(self, way, fn):
        call = way.lambda_

        def deploy(package):
            remote = call.get_function(FunctionName="fn")["Configuration"]
            if base64.b64decode(remote["CodeSha256"]) == base64.b64decode(sha256(package)):
                return False
            call.update_function_code(FunctionName="fn", ZipFile=package)
            until(
                lambda: call.get_function(FunctionName="fn")["Configuration"],
                lambda it: (it["State"], it["LastUpdateStatus"]) == ("Active", "Successful"),
            )
            return True

        assert [deploy(ZIP_A), deploy(ZIP_B), deploy(ZIP_B), deploy(ZIP_A)] == [False, True, False, True]


class TestSamSync:
    """aws-sam-cli sync flow with AutoPublishAlias."""

    def test_sync(self, way, fn):
        call = way.lambda_
        for turn, package in enumerate([ZIP_B, ZIP_A], start=1):
            call.update_function_code(FunctionName="fn", ZipFile=package)
            way.waiter("function_updated").wait(FunctionName="fn")
            version = call.publish_version(FunctionName="fn")["Version"]
            assert version == str(turn)
            try:
                call.update_alias(FunctionName="fn", Name="live", FunctionVersion=version)
            except ClientError as error:
                assert error.response["Error"]["Message"] == f"Alias not found: {ARN}:live"
                call.create_alias(FunctionName="fn", Name="live", FunctionVersion=version)
            live = call.get_function_configuration(FunctionName="fn", Qualifier="live")
            assert (live["FunctionArn"], live["Version"], live["CodeSha256"]) == (
                f"{ARN}:live",
                version,
                sha256(package),
            )


class TestLambroll:
    """lambroll `deploy.go`, dry run and real."""

    @rule("D10")
    def test_deploy(self, way, fn):
        call = way.lambda_
        call.update_function_code(FunctionName="fn", ZipFile=ZIP_B, DryRun=True)
        assert call.get_function(FunctionName="fn")["Configuration"]["LastUpdateStatus"] == "Successful"
        call.update_function_configuration(FunctionName="fn", Description="new")
        way.settled("fn")
        assert call.list_tags(Resource=ARN)["Tags"] == {}
        published = call.update_function_code(FunctionName="fn", ZipFile=ZIP_B, Publish=True)
        way.settled("fn")
        call.create_alias(FunctionName="fn", Name="current", FunctionVersion=published["Version"])
        call.update_alias(FunctionName="fn", Name="current", FunctionVersion=published["Version"])


class TestAnsible:
    """amazon.aws `lambda.py`: publishes when the local hash differs, then reads what it published."""

    def test_update(self, way, fn):
        call = way.lambda_
        way.waiter("function_active").wait(FunctionName="fn")
        answer = call.update_function_code(FunctionName="fn", ZipFile=ZIP_B, Publish=True)
        read = call.get_function(FunctionName="fn", Qualifier=answer["Version"])["Configuration"]
        assert (read["Version"], read["CodeSha256"]) == ("1", sha256(ZIP_B))


class TestDeployScripts:
    """Pipelines with a dry run, found in public repositories; and the AWS action for GitHub."""

    def test_dry_run_update_publish_alias(self, way, fn):
        call = way.lambda_
        dry = call.update_function_code(FunctionName="fn", ZipFile=ZIP_B, DryRun=True)
        assert (dry["FunctionArn"], dry["Version"]) == (ARN, "$LATEST")
        call.update_function_code(FunctionName="fn", ZipFile=ZIP_B)
        way.waiter("function_updated_v2").wait(FunctionName="fn")
        assert call.get_function_configuration(FunctionName="fn")["CodeSha256"] == dry["CodeSha256"]
        version = call.publish_version(FunctionName="fn", CodeSha256=dry["CodeSha256"])["Version"]
        way.refused(call.get_alias, missing(f"Cannot find alias arn: {ARN}:prod"), FunctionName="fn", Name="prod")
        call.create_alias(FunctionName="fn", Name="prod", FunctionVersion=version)
        assert call.get_alias(FunctionName="fn", Name="prod")["FunctionVersion"] == "1"
