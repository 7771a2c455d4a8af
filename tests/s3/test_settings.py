"""What deploy tools set on a bucket: public access, encryption, tags, life cycle; and what a new one has of it."""

from __future__ import annotations

import json

import pytest

BUCKET = "my-bucket"
AT = {"Bucket": BUCKET}
KEY = "arn:aws:kms:us-east-1:123456789012:key/1"
ACCESS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
RULE = {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 7}}
RULES = [
    RULE,
    {
        "ID": "versions",
        "Status": "Disabled",
        "Filter": {"And": {"Prefix": "", "Tags": [{"Key": "a", "Value": "b"}], "ObjectSizeGreaterThan": 1000}},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 30, "NewerNoncurrentVersions": 2},
        "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}],
    },
    {"ID": "uploads", "Status": "Enabled", "Prefix": "", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}},
]
DEFAULT_SIZE = "all_storage_classes_128K"


def missing(code, text):
    return 404, code, text, {"BucketName": BUCKET}


def encrypted(algorithm, *, bucket_key=False, **more):
    return [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm, **more}, "BucketKeyEnabled": bucket_key}]


def access(s3):
    return s3.get_public_access_block(**AT)["PublicAccessBlockConfiguration"]


def encryption(s3):
    return s3.get_bucket_encryption(**AT)["ServerSideEncryptionConfiguration"]["Rules"]


def encrypt(s3, *rules):
    s3.put_bucket_encryption(**AT, ServerSideEncryptionConfiguration={"Rules": list(rules)})


def test_a_bucket_is_set_up_as_deploy_tools_do(client):
    s3 = client("eu-west-1")
    s3.create_bucket(**AT, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_public_access_block(**AT, PublicAccessBlockConfiguration=dict.fromkeys(ACCESS, True))
    encrypt(s3, {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}})
    s3.put_bucket_tagging(**AT, Tagging={"TagSet": [{"Key": "team", "Value": "a"}]})
    s3.put_bucket_versioning(**AT, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_lifecycle_configuration(**AT, LifecycleConfiguration={"Rules": [RULE]})
    s3.put_bucket_policy(**AT, Policy=json.dumps({"Version": "2012-10-17", "Statement": []}))
    assert access(s3) == dict.fromkeys(ACCESS, True)
    assert encryption(s3) == encrypted("AES256")
    assert s3.get_bucket_tagging(**AT)["TagSet"] == [{"Key": "team", "Value": "a"}]
    assert s3.get_bucket_lifecycle_configuration(**AT)["Rules"] == [RULE]


def test_public_access_is_blocked_until_somebody_says_otherwise(s3, refused):
    assert access(s3) == dict.fromkeys(ACCESS, True)
    s3.put_public_access_block(**AT, PublicAccessBlockConfiguration={"BlockPublicAcls": True})
    assert access(s3) == {**dict.fromkeys(ACCESS, False), "BlockPublicAcls": True}
    text = "The public access block configuration was not found"
    for _ in range(2):
        s3.delete_public_access_block(**AT)
        found = refused(s3.get_public_access_block, **AT)
        assert found == missing("NoSuchPublicAccessBlockConfiguration", text)


def test_encryption_is_s3s_own_until_somebody_says_otherwise(s3):
    assert encryption(s3) == encrypted("AES256")
    encrypt(s3, *encrypted("aws:kms", KMSMasterKeyID=KEY, bucket_key=True))
    assert encryption(s3) == encrypted("aws:kms", KMSMasterKeyID=KEY, bucket_key=True)
    s3.delete_bucket_encryption(**AT)
    assert encryption(s3) == encrypted("AES256")


def test_a_new_object_is_encrypted_as_its_bucket_unless_it_says_otherwise(s3):
    s3.put_object(**AT, Key="before", Body=b"")
    encrypt(s3, *encrypted("aws:kms", KMSMasterKeyID=KEY))
    by_bucket = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": KEY}
    for made in (
        s3.put_object(**AT, Key="new", Body=b""),
        s3.copy_object(**AT, Key="copy", CopySource=f"{BUCKET}/before"),
        s3.create_multipart_upload(**AT, Key="upload"),
        s3.head_object(**AT, Key="new"),
    ):
        assert {name: made.get(name) for name in by_bucket} == by_bucket
    said = s3.put_object(**AT, Key="said", Body=b"", ServerSideEncryption="AES256")
    assert (said["ServerSideEncryption"], said.get("SSEKMSKeyId")) == ("AES256", None)
    assert s3.head_object(**AT, Key="before")["ServerSideEncryption"] == "AES256"


@pytest.mark.parametrize("rules", [[], [{}], encrypted("AES128"), encrypted("AES256") * 2])
def test_encryption_has_one_rule_of_an_algorithm_that_there_is(s3, refused, rules):
    configuration = {"ServerSideEncryptionConfiguration": {"Rules": rules}}
    assert refused(s3.put_bucket_encryption, **AT, **configuration)[:2] == (400, "MalformedXML")
    assert encryption(s3) == encrypted("AES256")


def test_tags_are_replaced_as_a_set(s3, refused):
    text = "The TagSet does not exist"
    assert refused(s3.get_bucket_tagging, **AT) == missing("NoSuchTagSet", text)
    for tags in ([{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}], [{"Key": "c", "Value": "3"}]):
        s3.put_bucket_tagging(**AT, Tagging={"TagSet": tags})
        assert s3.get_bucket_tagging(**AT)["TagSet"] == tags
    for _ in range(2):
        s3.delete_bucket_tagging(**AT)
        assert refused(s3.get_bucket_tagging, **AT) == missing("NoSuchTagSet", text)


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["a", "a"], "Cannot provide multiple Tags with the same key"),
        (["k" * 129], "The TagKey you have provided is invalid"),
        ([f"k{number}" for number in range(51)], "Bucket tag count cannot be greater than 50"),
    ],
    ids=["twice", "long", "51"],
)
def test_tags_that_cannot_be(s3, refused, names, text):
    fifty = [{"Key": f"k{number}", "Value": ""} for number in range(50)]
    s3.put_bucket_tagging(**AT, Tagging={"TagSet": fifty})
    tags = [{"Key": name, "Value": ""} for name in names]
    assert refused(s3.put_bucket_tagging, **AT, Tagging={"TagSet": tags}) == (400, "InvalidTag", text, {})
    assert s3.get_bucket_tagging(**AT)["TagSet"] == fifty


def test_the_rules_of_a_life_cycle_are_told_as_they_were_put(s3, refused):
    text = "The lifecycle configuration does not exist"
    absent = missing("NoSuchLifecycleConfiguration", text)
    assert refused(s3.get_bucket_lifecycle_configuration, **AT) == absent
    put = s3.put_bucket_lifecycle_configuration(**AT, LifecycleConfiguration={"Rules": RULES})
    found = s3.get_bucket_lifecycle_configuration(**AT)
    assert found["Rules"] == RULES
    for answer in (put, found):
        assert answer["TransitionDefaultMinimumObjectSize"] == DEFAULT_SIZE
    for _ in range(2):
        s3.delete_bucket_lifecycle(**AT)
        assert refused(s3.get_bucket_lifecycle_configuration, **AT) == absent


def test_a_rule_without_an_id_gets_one(s3):
    nameless = {name: RULE[name] for name in RULE if name != "ID"}
    s3.put_bucket_lifecycle_configuration(**AT, LifecycleConfiguration={"Rules": [nameless, nameless]})
    rules = s3.get_bucket_lifecycle_configuration(**AT)["Rules"]
    assert [{name: rule[name] for name in rule if name != "ID"} for rule in rules] == [nameless] * 2
    assert len({rule["ID"] for rule in rules}) == 2


@pytest.mark.parametrize(
    ("rules", "code", "text"),
    [
        ([], "MalformedXML", None),
        ([{**RULE, "Status": "On"}], "MalformedXML", None),
        ([{**RULE, "Prefix": ""}], "MalformedXML", None),
        ([{"ID": "x", "Status": "Enabled", "Expiration": {"Days": 1}}], "MalformedXML", None),
        (
            [{"Status": "Enabled", "Filter": {"Prefix": ""}}],
            "InvalidRequest",
            "At least one action needs to be specified in a rule",
        ),
        ([RULE, RULE], "InvalidArgument", "Rule ID must be unique. Found same ID for one or more rules"),
    ],
    ids=["none", "status", "two_filters", "no_filter", "no_action", "one_id"],
)
def test_rules_that_cannot_be(s3, refused, rules, code, text):
    s3.put_bucket_lifecycle_configuration(**AT, LifecycleConfiguration={"Rules": [RULE]})
    found = refused(s3.put_bucket_lifecycle_configuration, **AT, LifecycleConfiguration={"Rules": rules})
    assert found[:2] == (400, code)
    assert text in (None, found[2])
    assert s3.get_bucket_lifecycle_configuration(**AT)["Rules"] == [RULE]


def test_settings_are_of_a_bucket_that_there_is_and_of_its_owner(s3, refused):
    for name in ("get_public_access_block", "get_bucket_encryption", "get_bucket_tagging", "delete_bucket_tagging"):
        assert refused(getattr(s3, name), Bucket="missing")[:2] == (404, "NoSuchBucket")
        denied = refused(getattr(s3, name), **AT, ExpectedBucketOwner="210987654321")
        assert denied[:2] == (403, "AccessDenied")


def test_a_new_bucket_has_nothing_of_one_that_was_deleted(s3, refused):
    s3.put_bucket_tagging(**AT, Tagging={"TagSet": [{"Key": "a", "Value": "1"}]})
    s3.delete_public_access_block(**AT)
    s3.delete_bucket(**AT)
    s3.create_bucket(**AT)
    assert refused(s3.get_bucket_tagging, **AT)[1] == "NoSuchTagSet"
    assert access(s3) == dict.fromkeys(ACCESS, True)
