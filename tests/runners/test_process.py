"""Functions in processes of their own: what a handler is given, and what comes of every way to end."""

from __future__ import annotations

import base64
import json
import os
import re
import sys
import threading
import urllib.request
from pathlib import Path

import pytest
from executables import executable
from functions import eventually, of

import drylambda

ECHO = "def handler(event, context):\n    return event"


def test_a_handler_is_run_by_awss_own_client(deployed):
    function = deployed(
        "def handler(event, context):\n    print('hello')\n    return {'event': event, 'id': context.aws_request_id}"
    )
    answer = function.invoke({"a": 1}, LogType="Tail")
    request_id = answer["ResponseMetadata"]["RequestId"]
    assert json.loads(answer["Payload"].read()) == {"event": {"a": 1}, "id": request_id}
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    start, hello, end, report = base64.b64decode(answer["LogResult"]).decode().splitlines()
    assert (start, hello, end) == (
        f"START RequestId: {request_id} Version: $LATEST",
        "hello",
        f"END RequestId: {request_id}",
    )
    numbers = r"Duration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\tMax Memory Used: \d+ MB\tInit Duration: [\d.]+ ms\t"
    assert re.fullmatch(rf"REPORT RequestId: {request_id}\t{numbers}", report)


def test_an_environment_stays_warm_until_the_function_changes(deployed):
    function = deployed(
        "import os\nn = 0\ndef handler(event, context):\n    global n\n    n += 1\n    return [os.getpid(), n]"
    )
    (first, _), (again, count) = function(), function()
    assert (again, count) == (first, 2)
    function.update("import os\ndef handler(event, context): return [os.getpid(), 'new']")
    other, said = function()
    assert said == "new"
    assert other != first
    function.emulator.update_function_configuration(FunctionName="fn", Timeout=9)
    assert function()[0] not in (first, other)


def test_calls_at_the_same_time_have_environments_of_their_own(deployed, tmp_path):
    code = "import os, time\ndef handler(event, context):\n    while len(os.listdir(event)) < 2:\n        open(f'{event}/{os.getpid()}', 'w').close()\n        time.sleep(0.001)\n    return os.getpid()"
    function = deployed(code, Timeout=30)
    found = []
    threads = [threading.Thread(target=lambda: found.append(function(str(tmp_path)))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 2


ENDS = {
    "raises": ("raise ValueError('no')", {"errorMessage": "no", "errorType": "ValueError"}),
    "returns_what_json_cannot_hold": ("return object()", {"errorType": "Runtime.MarshalError"}),
    "exits": ("import sys; sys.exit(3)", {"errorType": "Runtime.ExitError", "errorMessage": "exit status 3"}),
    "exits_well": (
        "import os; os._exit(0)",
        {"errorType": "Runtime.ExitError", "errorMessage": "without providing a reason"},
    ),
    "crashes": (
        "import os; os.kill(os.getpid(), 11)",
        {"errorType": "Runtime.ExitError", "errorMessage": "signal: segmentation fault"},
    ),
    "takes_too_long": (
        "import time; time.sleep(60)",
        {"errorType": "Sandbox.Timedout", "errorMessage": "Error: Task timed out after 1.00 seconds"},
    ),
    "takes_too_much_memory": (
        "kept = [bytearray(10_000_000) for _ in range(100)]",
        {"errorType": "Runtime.ExitError", "errorMessage": "signal: killed"},
    ),
    "answers_too_much": (
        "return 'x' * 7_000_000",
        {
            "errorType": "Function.ResponseSizeTooLarge",
            "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
        },
    ),
}


@pytest.mark.parametrize("name", ENDS)
def test_every_end_is_told_as_lambda_tells_it(deployed, name):
    body, expected = ENDS[name]
    function = deployed(
        f"def handler(event, context):\n    if event == 'well': return 1\n    {body}",
        Timeout=1 if "long" in name else 20,
    )
    error = function.error()
    assert error["errorType"] == expected["errorType"]
    assert expected.get("errorMessage", "") in error["errorMessage"]
    if error["errorType"].startswith(("Runtime.Exit", "Sandbox")):
        assert error["errorMessage"].startswith(f"RequestId: {function.request_id} Error: ")
    # Whatever it was, the next call is served.
    assert function("well") == 1


def test_a_trace_shows_places_as_lambda_has_them(deployed):
    error = deployed("def handler(event, context):\n    raise ValueError('no')").error()
    assert error["stackTrace"] == ["  File \"/var/task/app.py\", line 2, in handler\n    raise ValueError('no')\n"]


INITS = {
    "no_module": (
        "import nothing_like_it",
        "app.handler",
        "Runtime.ImportModuleError",
        "Unable to import module 'app': No module named 'nothing_like_it'",
    ),
    "no_handler": ("", "app.other", "Runtime.HandlerNotFound", "Handler 'other' missing on module 'app'"),
    "no_syntax": ("def", "app.handler", "Runtime.UserCodeSyntaxError", "Syntax error in module 'app'"),
}


@pytest.mark.parametrize("name", INITS)
def test_what_cannot_begin_says_why(deployed, name):
    # Z22
    code, handler, kind, text = INITS[name]
    error = deployed(code, Handler=handler).error()
    assert error["errorType"] == kind
    assert text in error["errorMessage"]


def test_the_surroundings_are_lambdas(deployed):
    names = [
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_REGION",
        "LANG",
        "TZ",
        "_HANDLER",
        "OWN",
        "AWS_PROFILE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
    ]
    code = f"import os, tempfile\ndef handler(event, context): return [os.environ.get(name) for name in {names}] + [os.path.exists(tempfile.gettempdir()), os.access('app.py', os.W_OK) and os.getuid() != 0]"
    os.environ["AWS_PROFILE"] = "the developer's own"
    try:
        function = deployed(code, Environment={"Variables": {"OWN": "x"}})
        assert function() == [
            "fn",
            "us-east-1",
            "en_US.UTF-8",
            ":UTC",
            "app.handler",
            "x",
            None,
            "/aws/lambda/fn",
            True,
            False,
        ]
    finally:
        del os.environ["AWS_PROFILE"]


def test_ten_megabytes_of_output_are_logged(deployed):
    function = deployed("def handler(event, context):\n    for _ in range(100_000): print('y' * 99)")
    assert function() is None
    assert len(function.log) > 10_000_000


LOGS = """
import logging
def handler(event, context):
    print("one", end="")
    logging.error("two\\nlines")
    print("three\\nfour")
    raise ValueError("five")
"""


@pytest.mark.parametrize("runner", ["process", "in_process"])
def test_what_a_logger_is_given_is_one_entry(deployed, emulator, runner):
    emulator.bind("fn", runner)
    function = deployed(LOGS)
    error = function.error()
    _, one, two, three, four, told, *_ = emulator.logs("fn").messages
    assert (one, three, four) == ("one", "three", "four")
    assert re.fullmatch(r"\[ERROR\]\t[^\t]*\t[^\t]*\ttwo\nlines", two)
    assert told.splitlines()[:2] == ["[ERROR] ValueError: five", "Traceback (most recent call last):"]
    assert told.endswith('raise ValueError("five")')
    assert error["errorMessage"] == "five"


LOOK = """
import os, sys
def handler(event, context):
    own = ("AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_RUNTIME_API", "AWS_ENDPOINT_URL_LAMBDA", "HOME", "TMPDIR", "_X_AMZN_TRACE_ID")
    variables = {name: value for name, value in os.environ.items() if name not in own}
    return [variables, sys.path, os.getcwd(), sys.stdin.read(), sys.flags[:], sys.argv[1:], len(os.listdir("/proc/self/fd"))]
"""


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="Linux tells what a process has open")
def test_an_interpreter_that_has_waited_is_like_a_new_one(deployed):
    # The first cold start has one for itself; later ones have one that has loaded the client already.
    others = of(os.getpid())
    first = deployed(LOOK, "fn0")()
    for number in range(1, 4):
        # Those of the functions so far, the shell, and the one that waits.
        assert eventually(lambda count=number + 2: len(of(os.getpid()) - others) == count)
        function = deployed(LOOK, f"fn{number}")()
        assert json.loads(json.dumps(function).replace(f"fn{number}", "fn0")) == first


def test_a_wrapper_starts_the_runtime(deployed, emulator):
    # As tracing layers have it: it changes what it likes, and starts what it was told.
    wrapper = '#!/bin/sh\nexport WRAPPED="yes"\nexec "$@"\n'
    arn = emulator.publish_layer_version(LayerName="tools", Content={"ZipFile": executable({"wrap": wrapper})})
    settings = {
        "Layers": [arn["LayerVersionArn"]],
        "Environment": {"Variables": {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/wrap"}},
    }
    code = "import os\ndef handler(event, context): return os.environ['WRAPPED']"
    assert deployed(code, **settings)() == "yes"
    settings["Environment"]["Variables"]["AWS_LAMBDA_EXEC_WRAPPER"] = "/opt/gone"
    error = deployed(code, "other", **settings).error()
    assert error["errorMessage"].endswith("Error: fork/exec /opt/gone: no such file or directory")


AT_START = {
    "a_variable_of_pythons": ({"PYTHONOPTIMIZE": "1"}, {}, "not __debug__"),
    "a_variable_of_the_loader": ({"LD_BIND_NOW": "1"}, {}, "os.environ['LD_BIND_NOW'] == '1'"),
    "a_variable_beside_the_layers": ({"PYTHONPATH": "/own"}, {"python/helper.py": ""}, "__import__('helper')"),
    "a_module_of_sites": ({}, {"python/sitecustomize.py": "import sys; sys.customized = True"}, "sys.customized"),
}


@pytest.mark.parametrize("name", AT_START)
def test_what_an_interpreter_reads_when_it_starts_is_there(deployed, emulator, name):
    variables, layer, expression = AT_START[name]
    arns = []
    if layer:
        content = {"ZipFile": drylambda.make_zip(layer)}
        arns = [emulator.publish_layer_version(LayerName="tools", Content=content)["LayerVersionArn"]]
    deployed("def handler(event, context): pass", "before")()
    code = f"import os, sys\ndef handler(event, context): return bool({expression})"
    assert deployed(code, Environment={"Variables": variables}, Layers=arns)() is True


def test_a_module_of_the_package_may_have_the_name_of_one_of_pythons(deployed):
    # Of those that AWS's client has loaded by then, Lambda's functions get that one, too.
    files = {
        "app.py": "import logging, ftplib\ndef handler(event, context): return [hasattr(logging, 'INFO'), ftplib.OWN]"
    }
    assert deployed({**files, "logging.py": "OWN = 1", "ftplib.py": "OWN = 1"})() == [True, 1]


def test_what_a_process_wrote_before_it_ended_is_logged(deployed):
    function = deployed("import os\nprint('so far', flush=True)\nos._exit(3)")
    assert function.error()["errorType"] == "Runtime.ExitError"
    assert "so far\n" in function.log


def test_tenants_have_environments_of_their_own(deployed):
    code = "seen = []\ndef handler(event, context):\n    seen.append(context.tenant_id)\n    return seen"
    function = deployed(code, TenancyConfig={"TenantIsolationMode": "PER_TENANT"})
    assert [function(TenantId=tenant) for tenant in "aba"] == [["a"], ["b"], ["a", "a"]]


def test_the_clients_context_may_have_several_lines(deployed):
    function = deployed("def handler(event, context): return context.client_context.custom")
    text = json.dumps({"custom": {"a": "b\nc"}}, indent=1)
    assert function(ClientContext=base64.b64encode(text.encode()).decode()) == {"a": "b\nc"}


def test_who_writes_without_end_holds_nobody_up(deployed):
    # The pipe is never empty; the answer is there all the same, and the process ends with the emulator.
    code = "import subprocess\ndef handler(event, context): return subprocess.Popen(['yes']).pid > 0"
    assert deployed(code)() is True


def test_layers_are_where_python_finds_them(deployed, emulator):
    content = {"ZipFile": drylambda.make_zip({"python/helper.py": "WORD = 'layered'"})}
    arn = emulator.publish_layer_version(LayerName="tools", Content=content)["LayerVersionArn"]
    function = deployed("import helper\ndef handler(event, context): return helper.WORD", Layers=[arn])
    assert function() == "layered"


def test_numpy_comes_in_a_layer(deployed, emulator):
    numpy = pytest.importorskip("numpy", reason="the layer is made of what is installed")
    folder = Path(numpy.__file__).parent
    files = {
        f"python/{path.relative_to(folder.parent)}": path.read_bytes()
        for place in (folder, folder.with_name("numpy.libs"))
        for path in place.rglob("*")
        if path.is_file() and "tests" not in path.parts and path.suffix not in (".pyc", ".pyi")
    }
    layer = executable(files)
    emulator.s3.put("layers", "numpy.zip", layer)
    content = {"S3Bucket": "layers", "S3Key": "numpy.zip"}
    arn = emulator.publish_layer_version(LayerName="numpy", Content=content)["LayerVersionArn"]
    code = "import numpy\ndef handler(event, context): return [float(numpy.linalg.norm(event)), 'drylambda-' in numpy.__file__]"
    assert deployed(code, Layers=[arn], Timeout=60, MemorySize=1024)([3, 4]) == [5.0, True]


BOOTSTRAP = """#!/bin/sh
while true; do
    head=$(mktemp)
    event=$(curl -sS -D "$head" "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/next")
    id=$(sed -n 's/^lambda-runtime-aws-request-id: *//Ip' "$head" | tr -d '\\r')
    echo "it is $event"
    curl -sS -d "{\\"said\\": $event}" "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/$id/response" >/dev/null
done
"""


def test_a_bootstrap_of_ones_own_is_started(deployed):
    function = deployed(executable({"bootstrap": BOOTSTRAP}), Runtime="provided.al2023")
    assert [function({"n": 1}), function({"n": 2})] == [{"said": {"n": 1}}, {"said": {"n": 2}}]
    assert 'it is {"n": 1}' in function.log


def test_a_package_without_a_bootstrap_says_where_it_was_looked_for(deployed):
    error = deployed({"other": "x"}, Runtime="provided.al2023").error()
    assert error["errorType"] == "Runtime.InvalidEntrypoint"
    assert error["errorMessage"].endswith(
        "Error: Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]"
    )
    error = deployed(drylambda.make_zip({"bootstrap": "#!/bin/sh\n"}), "other", Runtime="provided.al2023").error()
    assert error["errorMessage"].endswith("Error: fork/exec /var/task/bootstrap: permission denied")


STREAM = """#!/bin/sh
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while true; do
    head=$(mktemp)
    curl -sS -o /dev/null -D "$head" "$api/next"
    id=$(sed -n 's/^lambda-runtime-aws-request-id: *//Ip' "$head" | tr -d '\\r')
    (echo one; echo two) | curl -sS -T - -X POST -H 'Transfer-Encoding: chunked' \\
        -H 'Lambda-Runtime-Function-Response-Mode: streaming' -H 'Content-Type: text/plain' "$api/$id/response" >/dev/null
done
"""


def test_an_answer_may_be_streamed(deployed, emulator):
    deployed(executable({"bootstrap": STREAM}), Runtime="provided.al2023")
    answer = emulator.invoke_with_response_stream(FunctionName="fn")
    *chunks, last = answer["EventStream"]
    assert b"".join(chunk["PayloadChunk"]["Payload"] for chunk in chunks) == b"one\ntwo\n"
    assert list(last) == ["InvokeComplete"]


URL_STREAM = STREAM.replace("text/plain", "application/vnd.awslambda.http-integration-response").replace(
    "(echo one;", r"""(printf '{"statusCode": 201, "cookies": ["a=1"]}\0\0\0\0\0\0\0\0'; echo one;"""
)


def test_a_url_answers_with_the_head_that_a_stream_begins_with(deployed, emulator):
    deployed(executable({"bootstrap": URL_STREAM}), Runtime="provided.al2023")
    everybody = {"FunctionName": "fn", "Principal": "*"}
    emulator.add_permission(StatementId="a", Action="lambda:InvokeFunctionUrl", FunctionUrlAuthType="NONE", **everybody)
    emulator.add_permission(StatementId="b", Action="lambda:InvokeFunction", InvokedViaFunctionUrl=True, **everybody)
    with drylambda.Server(emulator) as server:
        client = server.client()
        made = client.create_function_url_config(FunctionName="fn", AuthType="NONE", InvokeMode="RESPONSE_STREAM")
        client.close()
        with urllib.request.urlopen(made["FunctionUrl"]) as response:
            assert (response.status, response.headers["set-cookie"]) == (201, "a=1")
            assert response.read() == b"one\ntwo\n"


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"Runtime": "java21"}, 'runner=drylambda.runners.Process(commands={"java21": ["/path/to/client"]})'),
        (
            {
                "PackageType": "Image",
                "Code": {"ImageUri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1"},
                "Runtime": None,
                "Handler": None,
            },
            'lambda_.bind("fn", handler)',
        ),
    ],
)
def test_what_nobody_can_run_says_how_to_get_it(deployed, emulator, settings, text):
    emulator.images.push("123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1")
    made = {
        "Runtime": "python3.13",
        "Handler": "app.handler",
        "Role": "arn:aws:iam::123456789012:role/app",
        "Code": {"ZipFile": drylambda.make_zip({"app.py": ECHO})},
    }
    made = {name: value for name, value in (made | settings).items() if value is not None}
    emulator.create_function(FunctionName="fn", **made)
    with pytest.raises(drylambda.ClientError) as caught:
        emulator.invoke(FunctionName="fn")
    assert caught.value.response["Error"]["Code"] == "DrylambdaCannotRun"
    assert text in str(caught.value)


def test_any_runtime_may_have_a_command(deployed, emulator):
    emulator.bind("fn", drylambda.runners.Process(commands={"java21": [sys.executable, "-m", "awslambdaric"]}))
    assert deployed(ECHO, Runtime="java21")("hi") == "hi"


def test_another_python_than_the_functions_is_named_in_the_log(deployed):
    function = deployed(ECHO, Runtime="python3.9")
    function()
    assert "drylambda: the function wants python3.9 and runs with Python" in function.log


def test_logs_may_be_json(deployed):
    config = {"LogFormat": "JSON", "ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO"}
    function = deployed("import logging\ndef handler(event, context): logging.warning('careful')", LoggingConfig=config)
    function()
    start, own, report = (json.loads(line) for line in function.log.splitlines())
    assert (start["type"], report["type"]) == ("platform.start", "platform.report")
    assert (own["level"], own["message"]) == ("WARNING", "careful")
    assert report["record"]["status"] == "success"
    assert report["record"]["metrics"]["memorySizeMB"] == 128
