"""Queues of moto's SQS, polled: what a function gets, and what stays."""

from __future__ import annotations

import json
import threading

import boto3
import pytest
from moto import mock_aws

import drylambda

REGION = "eu-west-1"
ROLE = "arn:aws:iam::123456789012:role/app"
CODE = drylambda.make_zip({"a.py": ""})
DEADLINE = 30  # seconds, for what is soon there
QUEUE = f"arn:aws:sqs:{REGION}:123456789012:queue"


@pytest.fixture
def sqs():
    """A client of moto's, while its mock is active."""
    with mock_aws():
        yield boto3.client("sqs", region_name=REGION)


@pytest.fixture
def fed(sqs, deploy):
    """Map a queue to a function that a handler runs; send bodies; poll."""
    return lambda handler, **mapping: Fed(sqs, deploy, handler, mapping)


class Fed:
    """A queue, a function, and a mapping of the one to the other."""

    def __init__(self, sqs, deploy, handler, mapping):
        self.sqs, self.batches = sqs, []
        name, attributes = mapping.pop("queue", "queue"), mapping.pop("attributes", {})
        self.url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        self.emulator = drylambda.Lambda(region=REGION)
        deploy(self.emulator)
        self.emulator.bind("app", self.run)
        self.handler = handler
        arn = QUEUE.replace(":queue", f":{name}")
        self.mapping = self.emulator.create_event_source_mapping(FunctionName="app", EventSourceArn=arn, **mapping)

    def run(self, event, _context):
        """Note the bodies, and do what the handler does."""
        self.batches.append([record["body"] for record in event["Records"]])
        return self.handler(event)

    def send(self, *bodies, **more):
        """Send messages one by one."""
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.url, MessageBody=body, **more)

    def poll(self, **more):
        """Poll, and return what was done without the names."""
        [polled] = self.emulator.poll_event_sources(**more)
        assert (polled.uuid, polled.problem) == (self.mapping["UUID"], None)
        return polled[3:-1]

    def left(self):
        """Count the messages in the queue: visible, and not."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)["Attributes"]
        return tuple(int(found[name]) for name in names)


def test_a_function_gets_a_message_as_lambda_gives_it(fed):
    events = []
    queue = fed(events.append)
    attributes = {"kind": {"DataType": "String", "StringValue": "new"}}
    queue.send("hello", MessageAttributes=attributes)
    assert queue.poll() == (1, 0, 1, 0, 0)
    [record] = events[0]["Records"]
    names = "messageId receiptHandle body attributes messageAttributes md5OfBody md5OfMessageAttributes eventSource"
    assert sorted(record) == sorted([*names.split(), "eventSourceARN", "awsRegion"])
    assert (record["body"], record["eventSourceARN"], record["awsRegion"]) == ("hello", QUEUE, REGION)
    assert record["messageAttributes"]["kind"]["stringValue"] == "new"
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert queue.left() == (0, 0)


@pytest.mark.parametrize(
    ("size", "until_idle", "batches"),
    [(2, True, [2, 2, 1]), (10, True, [5]), (2, False, [2])],
)
def test_batches_are_as_large_as_the_mapping_says(fed, size, until_idle, batches):
    queue = fed(lambda _event: None, BatchSize=size)
    queue.send(*"abcde")
    assert queue.poll(until_idle=until_idle)[2] == len(batches)
    assert [len(batch) for batch in queue.batches] == batches
    assert queue.left() == (5 - sum(batches), 0)


def test_a_batch_of_more_than_ten_is_received_in_parts(fed):
    queue = fed(lambda _event: None, BatchSize=25, MaximumBatchingWindowInSeconds=1)
    queue.send(*(str(number) for number in range(30)))
    assert queue.poll() == (30, 0, 2, 0, 0)
    assert [len(batch) for batch in queue.batches] == [25, 5]


def test_what_no_filter_lets_through_is_deleted(fed):
    pattern = json.dumps({"body": {"city": [{"prefix": "Par"}]}})
    queue = fed(lambda _event: None, FilterCriteria={"Filters": [{"Pattern": pattern}]})
    queue.send('{"city": "Paris"}', '{"city": "Rome"}', "Paris")
    assert queue.poll() == (3, 2, 1, 0, 0)
    assert (queue.batches, queue.left()) == ([['{"city": "Paris"}']], (0, 0))


def _fail(_event):
    msg = "no"
    raise ValueError(msg)


def _fail_on_b(event):
    failed = [record["messageId"] for record in event["Records"] if record["body"] == "b"]
    return {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}


@pytest.mark.parametrize(
    ("handler", "reports", "failed"),
    [
        (_fail, False, 3),
        (_fail, True, 3),
        (_fail_on_b, False, 0),
        (_fail_on_b, True, 1),
        (lambda _event: {"batchItemFailures": [{"itemIdentifier": "who"}]}, True, 3),
        (lambda _event: "done", True, 3),
        (lambda _event: None, True, 0),
    ],
)
def test_what_failed_stays_in_the_queue_until_it_is_visible_again(fed, handler, reports, failed):
    queue = fed(handler, FunctionResponseTypes=["ReportBatchItemFailures"] if reports else [])
    queue.send(*"abc")
    assert queue.poll() == (3, 0, 1, failed, 0)
    assert queue.left() == (0, failed)
    assert queue.poll() == (0, 0, 0, 0, 0)


def test_a_message_is_tried_once_in_a_poll_and_goes_to_the_dead_letters_in_the_end(fed, sqs):
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    redrive = {"deadLetterTargetArn": QUEUE.replace(":queue", ":dead"), "maxReceiveCount": "2"}
    queue = fed(_fail, attributes={"VisibilityTimeout": "0", "RedrivePolicy": json.dumps(redrive)})
    queue.send("a")
    for _ in range(3):
        queue.poll()
    assert queue.batches == [["a"], ["a"]]
    assert sqs.receive_message(QueueUrl=dead)["Messages"][0]["Body"] == "a"


def test_messages_of_a_fifo_queue_come_in_their_order(fed):
    queue = fed(lambda _event: None, queue="queue.fifo", attributes={"FifoQueue": "true"}, BatchSize=2)
    for body in "abc":
        queue.send(body, MessageGroupId="one", MessageDeduplicationId=body)
    queue.poll()
    assert queue.batches == [["a", "b"], ["c"]]


def test_a_mapping_that_is_not_enabled_is_not_polled(fed):
    queue = fed(lambda _event: None, Enabled=False)
    queue.send("a")
    assert queue.emulator.poll_event_sources() == []
    queue.emulator.update_event_source_mapping(UUID=queue.mapping["UUID"], Enabled=True)
    assert queue.poll() == (1, 0, 1, 0, 0)


def test_a_source_that_is_not_there_is_said_to_be_so(deploy):
    emulator = drylambda.Lambda(region=REGION)
    deploy(emulator)
    emulator.create_event_source_mapping(FunctionName="app", EventSourceArn=QUEUE)
    with mock_aws(), pytest.warns(RuntimeWarning, match="queue cannot be polled: .*NonExistentQueue"):
        [polled] = emulator.poll_event_sources()
    assert polled.received == 0
    assert "queue does not exist" in polled.problem


def test_a_function_that_cannot_be_called_gets_the_message_later(fed):
    queue = fed(lambda _event: None, attributes={"VisibilityTimeout": "0"})
    queue.send("a")
    queue.emulator.put_function_concurrency(FunctionName="app", ReservedConcurrentExecutions=0)
    with pytest.warns(RuntimeWarning, match="was not called: .*TooManyRequestsException"):
        queue.emulator.poll_event_sources()
    queue.emulator.delete_function_concurrency(FunctionName="app")
    assert queue.poll() == (1, 0, 1, 0, 0)


def test_what_is_not_polled_is_said_to_be_so(deploy):
    emulator = drylambda.Lambda(region=REGION)
    deploy(emulator)
    broker = "arn:aws:mq:eu-west-1:123456789012:broker:one:b-1"
    access = [{"Type": "BASIC_AUTH", "URI": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:one"}]
    emulator.create_event_source_mapping(
        FunctionName="app", EventSourceArn=broker, Queues=["one"], SourceAccessConfigurations=access
    )
    with mock_aws(), pytest.warns(RuntimeWarning, match="drylambda polls queues of SQS and streams"):
        emulator.poll_event_sources()


def test_nobody_is_asked_where_nobody_answers():
    with pytest.raises(RuntimeError, match="nobody here answers for queues and streams"):
        drylambda.Lambda().poll_event_sources()
    with pytest.raises(ValueError, match="two ways"):
        drylambda.Lambda().poll_event_sources(endpoint_url="http://127.0.0.1:1", clients=boto3.client)


def test_clients_may_be_ones_own(fed):
    made = []

    def make(service_name, *, region_name):
        made.append((service_name, region_name))
        return boto3.client(service_name, region_name=region_name)

    queue = fed(lambda _event: None)
    queue.send("a")
    assert queue.poll(clients=make) == (1, 0, 1, 0, 0)
    assert made == [("sqs", REGION)]


def test_a_handler_that_polls_leaves_it_to_who_polls_already(fed):
    polling, seen = threading.Event(), []

    def make(service_name, *, region_name):
        polling.set()
        # The other handler runs already, and the first poll waits for it to end.
        return boto3.client(service_name, region_name=region_name)

    def polls_itself(_event, _context):
        running.set()
        assert polling.wait(DEADLINE)
        seen.append(queue.emulator.poll_event_sources())

    running = threading.Event()
    queue = fed(lambda _event: None)
    queue.send("a")
    polls = drylambda.Lambda(runner=polls_itself, settle="instant")
    polls.create_function(FunctionName="polls", Role=ROLE, Code={"ZipFile": CODE}, Runtime="python3.12", Handler="a.b")
    thread = threading.Thread(target=polls.invoke, kwargs={"FunctionName": "polls"})
    thread.start()
    assert running.wait(DEADLINE)
    assert queue.poll(clients=make) == (1, 0, 1, 0, 0)
    thread.join(DEADLINE)
    assert seen == [[]]


def test_a_window_passes_by_the_emulators_clock(fed, polled_often):
    queue = fed(lambda _event: None, BatchSize=3, MaximumBatchingWindowInSeconds=60)
    queue.emulator.clock.freeze()
    with polled_often(queue.emulator) as polls:
        queue.send("a", "b")
        polls.more()
        assert queue.batches == []
        queue.emulator.clock.advance(60)
        polls.more()
        assert queue.batches == [["a", "b"]]
        queue.send("c", "d", "e")
        polls.more()
    assert [len(batch) for batch in queue.batches] == [2, 3]


@pytest.fixture
def polled_often(monkeypatch):
    """Poll in the background, and wait until the background has polled once more."""
    import contextlib
    import threading

    from drylambda.pollers import background

    done = threading.Condition()
    count = [0]
    original = background.poll

    def poll(*arguments, **named):
        result = original(*arguments, **named)
        with done:
            count[0] += 1
            done.notify_all()
        return result

    monkeypatch.setattr(background, "poll", poll)

    class Polls:
        def more(self):
            with done:
                # The next one may have begun before; the one after it has not.
                wanted = count[0] + 2
                assert done.wait_for(lambda: count[0] >= wanted, timeout=30)

    @contextlib.contextmanager
    def often(emulator):
        before = threading.active_count()
        with emulator.polling(interval=0.005):
            yield Polls()
        assert threading.active_count() == before

    return often


def test_what_polling_in_the_background_fails_with_is_raised_at_its_end(fed):
    queue = fed(lambda _event: None)

    def make(*_arguments, **_named):
        raise ZeroDivisionError

    polling = queue.emulator.polling(interval=0.001, clients=make).start()
    polling._thread.join()
    with pytest.raises(ZeroDivisionError):
        polling.stop()
    polling.stop()
    with pytest.raises(ValueError, match="above 0"):
        queue.emulator.polling(interval=0)
