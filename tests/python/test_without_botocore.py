"""drylambda on a machine that has neither boto3 nor botocore."""

from __future__ import annotations

import subprocess
import sys
import textwrap

BLOCKED = """
import sys

class NoBotocore:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("boto3", "botocore", "urllib3"):
            raise ImportError(f"{name} is not installed here")

sys.meta_path.insert(0, NoBotocore())
import drylambda
emulator = drylambda.Lambda()
"""


def run(program):
    program = BLOCKED + textwrap.dedent(program)
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_direct_calls_are_answered():
    assert run('print(emulator.list_functions()["Functions"])') == ["[]"]


def test_a_refusal_has_a_class_of_its_own_that_is_like_botocores():
    lines = run(
        """
        import pickle
        try:
            emulator.get_function(FunctionName="nobody")
        except drylambda.ClientError as error:
            copy = pickle.loads(pickle.dumps(error))
            print(type(error).__name__, error.operation_name, error.response["Error"]["Code"])
            print(error)
            print(str(copy) == str(error), copy.response == error.response, isinstance(copy, drylambda.ClientError))
        """
    )
    assert lines == [
        "ResourceNotFoundException GetFunction ResourceNotFoundException",
        (
            "An error occurred (ResourceNotFoundException) when calling the GetFunction operation: "
            "Function not found: arn:aws:lambda:us-east-1:123456789012:function:nobody"
        ),
        "True True True",
    ]


def test_wrong_parameters_have_a_class_of_their_own_that_is_like_botocores():
    lines = run(
        """
        import pickle
        try:
            emulator.get_function()
        except drylambda.ParamValidationError as error:
            print(error)
            print(error.kwargs, str(pickle.loads(pickle.dumps(error))) == str(error))
        """
    )
    assert lines == [
        "Parameter validation failed:",
        'Missing required parameter in input: "FunctionName"',
        "{'report': 'Missing required parameter in input: \"FunctionName\"'} True",
    ]


def test_a_mock_says_what_it_needs():
    lines = run(
        """
        try:
            drylambda.mock_lambda().start()
        except ImportError as error:
            print(error)
        """
    )
    assert lines == ["mock_lambda answers boto3, and botocore is not installed; drylambda.Lambda works without it"]
