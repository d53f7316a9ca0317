"""The broker in a folder: messages arrive whole, once and in order."""

import pytest
from kombu import Connection

import config.celery  # noqa: F401 - registers the address folder://
from config.settings.embedded import file_broker


@pytest.fixture
def name(request):
    """A queue name of the test's own: kombu keeps the bindings of a process."""
    return request.node.name


@pytest.fixture
def connection(tmp_path):
    with Connection("folder://", transport_options=file_broker(tmp_path / "broker")) as connection:
        yield connection


def test_messages_arrive_once_and_in_the_order_of_sending(connection, name):
    with connection.SimpleQueue(name) as queue:
        for number in range(20):
            queue.put({"number": number}, serializer="json")
        received = []
        for _ in range(20):
            message = queue.get(timeout=5)
            message.ack()
            received.append(message.payload["number"])
        assert received == list(range(20))
        with pytest.raises(queue.Empty):
            queue.get_nowait()


def test_a_message_that_is_still_being_written_is_not_read(connection, name, tmp_path):
    with connection.SimpleQueue(name) as queue:
        queue.put({"number": 1}, serializer="json")
        (whole,) = (tmp_path / "broker").glob(f"*.{name}.msg")
        part = whole.with_suffix(".msg.part")
        whole.rename(part)
        with pytest.raises(queue.Empty):
            queue.get_nowait()
        part.rename(whole)
        message = queue.get(timeout=5)
        message.ack()
        assert message.payload == {"number": 1}


def test_no_part_file_stays_behind(connection, name, tmp_path):
    with connection.SimpleQueue(name) as queue:
        queue.put({"number": 1}, serializer="json")
    assert not list((tmp_path / "broker").glob("*.part"))
