"""Roles and security groups that are there and that are not, where a function says which."""

from __future__ import annotations

import pytest
from texts import invalid
from world import creation

import drylambda

fact = pytest.mark.fact

OTHER = "arn:aws:iam::123456789012:role/other"
NOT_ASSUMABLE = invalid("The role defined for the function cannot be assumed by Lambda.")


@pytest.fixture
def known(way):
    """The same way in, where only the role of ``creation`` is known."""
    return way.another(roles=[creation()["Role"]].__contains__)


def test_a_function_is_made_with_a_role_that_is_there(known):
    assert known.lambda_.create_function(**creation())["Role"] == creation()["Role"]


@fact(298)
def test_a_function_is_not_made_with_a_role_that_is_not_there(known):
    known.refused(known.lambda_.create_function, NOT_ASSUMABLE, **creation(Role=OTHER))
    assert known.lambda_.list_functions()["Functions"] == []


def test_a_configuration_gets_no_role_that_is_not_there(known):
    known.lambda_.create_function(**creation())
    known.settled("fn")
    with known.unchanged("fn"):
        known.refused(known.lambda_.update_function_configuration, NOT_ASSUMABLE, FunctionName="fn", Role=OTHER)
    assert known.lambda_.update_function_configuration(FunctionName="fn", Description="new")["Description"] == "new"


def test_without_somebody_who_knows_every_role_is_taken_on_trust(way):
    assert way.lambda_.create_function(**creation(Role=OTHER))["Role"] == OTHER


@pytest.mark.in_process
def test_what_goes_wrong_in_the_function_is_raised_as_it_is(way):
    broken = way.another(roles=lambda arn: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        broken.lambda_.create_function(**creation())
    assert broken.lambda_.list_functions()["Functions"] == []


def test_roles_is_a_function():
    with pytest.raises(TypeError, match="roles is a function of a role's ARN"):
        drylambda.Lambda(roles=True)
    with pytest.raises(TypeError, match="security_groups is a function of a security group's id"):
        drylambda.Lambda(security_groups=["sg-1"])


VPC = {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1", "sg-2"]}
NO_GROUP = invalid(
    "Error occurred while DescribeSecurityGroups. EC2 Error Code: InvalidGroup.NotFound. EC2 Error Message: The security "
    "group 'sg-2' does not exist"
)


# The subnet is not there either: of it nothing is said.
@fact(293, 295)
def test_a_security_group_that_is_not_there(way):
    groups = {"sg-1"}
    way = way.another(security_groups=groups.__contains__)
    way.refused(way.lambda_.create_function, NO_GROUP, **creation(VpcConfig=VPC))
    assert way.lambda_.list_functions()["Functions"] == []
    way.lambda_.create_function(**creation())
    way.settled("fn")
    with way.unchanged("fn"):
        way.refused(way.lambda_.update_function_configuration, NO_GROUP, FunctionName="fn", VpcConfig=VPC)
    groups.add("sg-2")
    answer = way.lambda_.update_function_configuration(FunctionName="fn", VpcConfig=VPC)
    assert answer["VpcConfig"]["SecurityGroupIds"] == ["sg-1", "sg-2"]
