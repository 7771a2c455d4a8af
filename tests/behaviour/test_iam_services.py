"""What Lambda does in the caller's name: it passes roles, tags, encrypts, decrypts and pulls images (section 12)."""

from __future__ import annotations

import pytest
from policies import allow, deny, policy
from texts import NO_BUCKET, NO_VERSION, Refusal, denied, denied_by_s3, invalid, not_allowed
from world import ACCOUNT, ARN, ROLE, SETTLED, ZIP_A, ZIP_B, creation

case, rule = pytest.mark.case, pytest.mark.rule

KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OTHER_KEY = KEY[:-1] + "c"
REPOSITORY = f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/app"
IMAGE = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/app:1"
ENVIRONMENT = {"Variables": {"TOKEN": "secret"}}


def kms_refusal(what, key=KEY):
    return not_allowed(f"kms:{what}", key).message


UNREADABLE = {
    "Error": {
        "ErrorCode": "AccessDeniedException",
        "Message": "Lambda was unable to decrypt your environment variables because the KMS access was denied. Please check "
        f"your KMS permissions. KMS Exception: AccessDeniedException KMS Message: {kms_refusal('Decrypt')}",
    }
}


class TestRoles:
    @rule("E6")
    def test_a_role_must_be_passed(self, limited):
        way = limited(allow("lambda:*"))
        refusal = not_allowed("iam:PassRole", ROLE)
        way.refused(way.lambda_.create_function, refusal, **creation("new"))
        way.refused(way.lambda_.update_function_configuration, refusal, FunctionName="fn", Role=ROLE)
        way.lambda_.update_function_configuration(FunctionName="fn", Timeout=4)

    @rule("E6")
    def test_a_role_is_passed_to_lambda(self, limited):
        condition = {
            "StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"},
            "ArnLike": {"iam:AssociatedResourceArn": ARN[:-2] + "*"},
        }
        way = limited(allow("lambda:*"), allow("iam:PassRole", resource=ROLE, Condition=condition))
        way.lambda_.create_function(**creation("new"))
        way.lambda_.update_function_configuration(FunctionName="fn", Role=ROLE)
        other = ROLE + "-of-others"
        way.refused(way.lambda_.create_function, not_allowed("iam:PassRole", other), **creation("third", Role=other))


class TestLayers:
    LAYER = f"arn:aws:lambda:us-east-1:{ACCOUNT}:layer:tools"

    @rule("E6")
    def test_a_layer_must_be_readable(self, limited):
        way = limited(
            allow("lambda:*Function*", "iam:PassRole"), allow("lambda:GetLayerVersion", resource=f"{self.LAYER}:1")
        )
        for version in (1, 2):
            way.emulator.declare_layer(f"{self.LAYER}:{version}", ZIP_A)
        refusal = not_allowed("lambda:GetLayerVersion", f"{self.LAYER}:2")
        update = way.lambda_.update_function_configuration
        way.refused(update, refusal, FunctionName="fn", Layers=[f"{self.LAYER}:2"])
        way.refused(way.lambda_.create_function, refusal, **creation("new", Layers=[f"{self.LAYER}:2"]))
        assert [it["Arn"] for it in update(FunctionName="fn", Layers=[f"{self.LAYER}:1"])["Layers"]] == [
            f"{self.LAYER}:1"
        ]


class TestCodeSigning:
    @pytest.fixture
    def config(self):
        """Return a function: the ARN of a new configuration with these tags."""

        def make(way, **tags):
            publishers = {
                "SigningProfileVersionArns": [f"arn:aws:signer:us-east-1:{ACCOUNT}:/signing-profiles/mine/1234567890"]
            }
            made = way.lambda_.create_code_signing_config(AllowedPublishers=publishers, Tags=tags)
            return made["CodeSigningConfig"]["CodeSigningConfigArn"]

        return make

    @rule("E6")
    def test_a_function_is_given_a_configuration_with_rights_on_both(self, limited, config):
        way = limited(allow("lambda:PutFunctionCodeSigningConfig", resource=f"{ARN}*"))
        arn = config(way.admin)
        refusal = not_allowed("lambda:PutFunctionCodeSigningConfig", arn)
        put = way.lambda_.put_function_code_signing_config
        way.refused(put, refusal, FunctionName="fn", CodeSigningConfigArn=arn)

    @rule("E6")
    def test_a_configuration_has_tags_that_policies_ask_about(self, limited, config):
        condition = {"StringEquals": {"aws:ResourceTag/team": "red"}}
        way = limited(allow("lambda:GetCodeSigningConfig", "lambda:ListTags", Condition=condition))
        red, blue = config(way.admin, team="red"), config(way.admin, team="blue")
        way.lambda_.get_code_signing_config(CodeSigningConfigArn=red)
        assert way.lambda_.list_tags(Resource=red)["Tags"] == {"team": "red"}
        way.refused(
            way.lambda_.get_code_signing_config,
            not_allowed("lambda:GetCodeSigningConfig", blue),
            CodeSigningConfigArn=blue,
        )
        way.refused(way.lambda_.list_tags, not_allowed("lambda:ListTags", blue), Resource=blue)

    @rule("E6")
    def test_policies_ask_about_the_configuration_of_a_function(self, limited, config):
        condition = {"StringLike": {"lambda:CodeSigningConfigArn": "*"}}
        way = limited(allow("*"), deny("lambda:*Function*", Condition=condition))
        arn = config(way.admin)
        refusal = denied("lambda:CreateFunction", ARN[:-2] + "new")
        way.refused(way.lambda_.create_function, refusal, **creation("new", CodeSigningConfigArn=arn))
        refusal = denied("lambda:PutFunctionCodeSigningConfig")
        put = way.lambda_.put_function_code_signing_config
        way.refused(put, refusal, FunctionName="fn", CodeSigningConfigArn=arn)


class TestTags:
    @rule("E6")
    def test_making_a_function_with_tags_needs_the_right_to_tag(self, limited):
        way = limited(allow("lambda:CreateFunction", "iam:PassRole"))
        refusal = not_allowed("lambda:TagResource", ARN[:-2] + "new")
        way.refused(way.lambda_.create_function, refusal, **creation("new", Tags={"team": "red"}))

    @rule("G6")
    def test_only_who_may_list_tags_sees_them_with_the_function(self, limited):
        way = limited(allow("lambda:GetFunction"), Tags={"team": "red"})
        assert "Tags" not in way.lambda_.get_function(FunctionName="fn")
        assert way.admin.lambda_.get_function(FunctionName="fn")["Tags"] == {"team": "red"}
        condition = {"StringEquals": {"aws:ResourceTag/team": "red"}}
        way = limited(allow("lambda:GetFunction", "lambda:ListTags", Condition=condition), Tags={"team": "red"})
        assert way.lambda_.get_function(FunctionName="fn")["Tags"] == {"team": "red"}


class TestKeys:
    @rule("R44")
    @pytest.mark.parametrize("dry_run", [False, True])
    def test_the_key_of_a_package_must_be_usable(self, limited, dry_run):
        way = limited(allow("lambda:*", "iam:PassRole"), allow("kms:GenerateDataKey", resource=KEY))
        refusal = invalid(
            "Lambda was unable to encrypt your code because the KMS access was denied. Please check your KMS permissions. "
            f"KMS Exception: AccessDeniedException KMS Message: {kms_refusal('GenerateDataKey', OTHER_KEY)}"
        )
        parameters = {"FunctionName": "fn", "ZipFile": ZIP_B, "DryRun": dry_run}
        with way.admin.unchanged("fn"):
            way.refused(way.lambda_.update_function_code, refusal, **parameters, SourceKMSKeyArn=OTHER_KEY)
        way.lambda_.update_function_code(**parameters, SourceKMSKeyArn=KEY)
        code = {"ZipFile": ZIP_A, "SourceKMSKeyArn": OTHER_KEY}
        way.refused(way.lambda_.create_function, refusal, **{**creation("new"), "Code": code})

    @pytest.fixture
    def encrypted(self, limited):
        """Return a function: the way in for callers with these statements, where `F` has variables under a key."""

        def limit(*statements):
            return limited(*statements, Environment=ENVIRONMENT, KMSKeyArn=KEY)

        return limit

    @rule("P14")
    def test_who_may_not_decrypt_is_told_so_in_place_of_the_variables(self, encrypted):
        way = encrypted(allow("lambda:*", "iam:PassRole"))
        updated = way.lambda_.update_function_code(FunctionName="fn", ZipFile=ZIP_B, Publish=True)
        assert (updated["Version"], updated["Environment"]) == ("1", UNREADABLE)
        found = way.lambda_.get_function(FunctionName="fn")["Configuration"]
        assert {member: found[member] for member in SETTLED} == SETTLED
        assert found["Environment"] == UNREADABLE
        (listed,) = way.lambda_.list_functions()["Functions"]
        versions = way.lambda_.list_versions_by_function(FunctionName="fn")["Versions"]
        assert [it["Environment"] for it in (listed, *versions)] == [UNREADABLE] * 3
        made = way.lambda_.create_function(**creation("new", Environment=ENVIRONMENT, KMSKeyArn=KEY))
        assert made["Environment"] == UNREADABLE

    @rule("P14")
    def test_who_may_decrypt_reads_the_variables(self, encrypted):
        condition = {
            "StringEquals": {
                "kms:ViaService": "lambda.us-east-1.amazonaws.com",
                "kms:CallerAccount": ACCOUNT,
                "kms:EncryptionContext:aws:lambda:FunctionArn": ARN,
                "aws:CalledVia": "lambda.amazonaws.com",
            },
            "Bool": {"aws:ViaAWSService": "true"},
        }
        way = encrypted(allow("lambda:*"), allow("kms:Decrypt", resource=KEY, Condition=condition))
        assert way.lambda_.get_function_configuration(FunctionName="fn")["Environment"] == ENVIRONMENT

    @rule("P14")
    @pytest.mark.parametrize("key", ["", OTHER_KEY])
    def test_variables_move_to_another_key_only_for_who_may_read_them(self, encrypted, key):
        way = encrypted(allow("lambda:*"), allow("kms:Decrypt", resource=OTHER_KEY))
        refusal = invalid(UNREADABLE["Error"]["Message"])
        update = way.lambda_.update_function_configuration
        with way.admin.unchanged("fn"):
            way.refused(update, refusal, FunctionName="fn", KMSKeyArn=key)
        assert update(FunctionName="fn", KMSKeyArn=KEY)["Environment"] == UNREADABLE
        way.settled("fn")
        new = {"Variables": {"TOKEN": "new"}}
        assert update(FunctionName="fn", KMSKeyArn=key, Environment=new)["Environment"] == new
        way.settled("fn")
        assert way.admin.lambda_.update_function_configuration(FunctionName="fn", KMSKeyArn=KEY)["Environment"] == new

    @rule("P14")
    def test_variables_without_a_key_of_their_own_and_no_variables_are_read_by_everybody(self, limited):
        way = limited(allow("lambda:*"), Environment=ENVIRONMENT)
        assert way.lambda_.get_function_configuration(FunctionName="fn")["Environment"] == ENVIRONMENT
        way = limited(allow("lambda:*"), Environment={"Variables": {}}, KMSKeyArn=KEY)
        assert way.lambda_.get_function_configuration(FunctionName="fn")["Environment"] == {"Variables": {}}
        way = limited(allow("lambda:*"), KMSKeyArn=KEY)
        assert "Environment" not in way.lambda_.get_function_configuration(FunctionName="fn")


@rule("I4")
@pytest.mark.parametrize("missing", ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"])
def test_an_image_must_be_pullable(way, missing):
    rights = [it for it in ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer") if it != missing]
    way = way.another(iam=policy(allow("lambda:*", "iam:PassRole"), allow(*rights, resource=REPOSITORY)))
    refusal = Refusal(
        "AccessDeniedException",
        403,
        "Lambda does not have permission to access the ECR image. Check the ECR permissions.",
    )
    image = {"FunctionName": "fn", "Role": ROLE, "PackageType": "Image", "Code": {"ImageUri": IMAGE}}
    way.refused(way.lambda_.create_function, refusal, **image)
    way = way.another(iam=policy(allow("lambda:*", "iam:PassRole"), allow("ecr:*", resource=REPOSITORY)))
    assert way.lambda_.create_function(**image)["PackageType"] == "Image"


class TestObjects:
    OBJECT = "arn:aws:s3:::deployments/app/fn.zip"
    CODE = {"S3Bucket": "deployments", "S3Key": "app/fn.zip"}  # noqa: RUF012 - nothing changes it

    def e15(self, action):
        return denied_by_s3(not_allowed(action, self.OBJECT).message)

    @pytest.fixture
    def reader(self, limited):
        """Return a function: the way in for callers who may everything of Lambda's, and these actions on the object."""

        def reader(*actions):
            more = [allow(*actions, resource=self.OBJECT)] if actions else []
            way = limited(allow("lambda:*", "iam:PassRole"), *more)
            s3 = way.admin.emulator.s3
            s3.put("deployments", "app/fn.zip", ZIP_B)
            s3.put("deployments", "other.zip", ZIP_B)
            return way

        return reader

    @case(38)
    @rule("B1", "E15", "D6")
    def test_an_object_must_be_readable_by_the_caller(self, reader):
        way = reader("s3:PutObject")
        refusal = self.e15("s3:GetObject")
        with way.admin.unchanged("fn"):
            way.refused(way.lambda_.update_function_code, refusal, FunctionName="fn", **self.CODE)
            way.refused(way.lambda_.update_function_code, refusal, FunctionName="fn", **self.CODE, DryRun=True)
            way.refused(way.lambda_.create_function, refusal, **{**creation("new"), "Code": self.CODE})
        way = reader("s3:GetObject")
        assert way.lambda_.update_function_code(FunctionName="fn", **self.CODE)["CodeSize"] == len(ZIP_B)

    @rule("B1", "E15")
    def test_who_may_not_read_does_not_learn_what_there_is(self, limited):
        way = limited(allow("lambda:*"))
        way.refused(way.lambda_.update_function_code, self.e15("s3:GetObject"), FunctionName="fn", **self.CODE)
        way = limited(allow("lambda:*", "s3:GetObject"))
        way.refused(way.lambda_.update_function_code, NO_BUCKET, FunctionName="fn", **self.CODE)

    @rule("B1", "E15")
    def test_a_version_that_is_named_is_another_right(self, reader):
        versioned = {"FunctionName": "fn", **self.CODE, "S3ObjectVersion": "1"}
        way = reader("s3:GetObject")
        way.refused(way.lambda_.update_function_code, self.e15("s3:GetObjectVersion"), **versioned)
        way = reader("s3:GetObject", "s3:GetObjectVersion")
        way.refused(way.lambda_.update_function_code, NO_VERSION, **versioned)

    @rule("B1", "E15")
    def test_only_the_object_that_was_allowed_is_read(self, reader):
        way = reader("s3:GetObject")
        refusal = denied_by_s3(
            not_allowed("s3:GetObject", "arn:aws:s3:::deployments/other.zip").message, key="other.zip"
        )
        parameters = {"FunctionName": "fn", "S3Bucket": "deployments", "S3Key": "other.zip"}
        way.refused(way.lambda_.update_function_code, refusal, **parameters)
