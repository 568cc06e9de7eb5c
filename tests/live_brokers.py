"""Brokers, streams and adapters as the contract of recorders sees them; a real server a process, started when asked."""

import atexit
import gzip
import json
import os
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from tests.adapters import Adapter, served
from tests.live import Live
from tests.recorded import recorded_parts
from tests.servers import kafka, kinesis, mosquitto

RunServer = Callable[[Path], AbstractContextManager[int]]


@cache
def _servers() -> ExitStack:
    stack = ExitStack()
    atexit.register(stack.close)
    return stack


@cache
def _port(run: RunServer) -> int:
    """Return the port of the one server of this kind that this process runs."""
    folder = _servers().enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
    return _servers().enter_context(run(Path(folder)))


class Numbered:
    """A source of numbered messages; `send` hands them to it."""

    def __init__(self, url: str, send: Callable[[list[bytes]], None]) -> None:
        self.url, self._send = url, send
        self.made: dict[Any, Any] = {}

    def add(self, count: int) -> None:
        new = {n: b'{"n":%d}' % n for n in range(len(self.made), len(self.made) + count)}
        self.made |= new
        if new:
            self._send(list(new.values()))

    def recorded(self, landing: Path) -> Mapping[Any, Any]:
        return {json.loads(part.body)["n"]: part.body for part in recorded_parts(landing)}


@contextmanager
def live_mqtt(folder: Path, qos: int = 1) -> Iterator[Live]:
    import paho.mqtt.client as mqtt

    def send(bodies: list[bytes]) -> None:
        for sent in [client.publish(f"{name}/Sample/mill", body, qos) for body in bodies]:
            sent.wait_for_publish(20)

    port, name = _port(mosquitto), f"t{uuid.uuid4().hex[:8]}"
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    client.max_inflight_messages_set(1000)
    client.connect("127.0.0.1", port)
    client.loop_start()
    try:
        yield Numbered(f"mqtt://127.0.0.1:{port}/{name}/#?session={name}", send)
    finally:
        client.disconnect()
        client.loop_stop()


@contextmanager
def live_kafka(folder: Path) -> Iterator[Live]:
    from confluent_kafka import Producer
    from confluent_kafka.admin import AdminClient, NewTopic

    def send(bodies: list[bytes]) -> None:
        for number, body in enumerate(bodies):
            producer.produce(name, body, partition=number % 2)
        assert producer.flush(20) == 0

    server, name = {"bootstrap.servers": f"127.0.0.1:{_port(kafka)}"}, f"t{uuid.uuid4().hex[:8]}"
    producer, admin = Producer(server), AdminClient(server)
    admin.create_topics([NewTopic(name, 2, 1)])[name].result(20)
    yield Numbered(f"kafka://{server['bootstrap.servers']}/{name}?group={name}&instance={name}", send)


@contextmanager
def live_kinesis(folder: Path) -> Iterator[Live]:
    import botocore.session

    def send(bodies: list[bytes]) -> None:
        for first in range(0, len(bodies), 400):
            records = [{"Data": b, "PartitionKey": str(n)} for n, b in enumerate(bodies[first : first + 400])]
            assert client.put_records(StreamName=name, Records=records)["FailedRecordCount"] == 0

    endpoint, name = f"http://127.0.0.1:{_port(kinesis)}", f"t{uuid.uuid4().hex[:8]}"
    os.environ |= {"AWS_ACCESS_KEY_ID": "000000000000", "AWS_SECRET_ACCESS_KEY": "any"}
    client = botocore.session.get_session().create_client("kinesis", region_name="us-east-1", endpoint_url=endpoint)
    try:
        client.create_stream(StreamName=name, ShardCount=2)
        client.get_waiter("stream_exists").wait(StreamName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 20})
        yield Numbered(f"kinesis://us-east-1/{name}?endpoint={endpoint}", send)
    finally:
        client.close()


class LiveAdapter:
    """An adapter of many data items, each set once: it says all it knows to whoever connects."""

    def __init__(self, adapter: Adapter) -> None:
        self.url, self._adapter = f"shdr://127.0.0.1:{adapter.port}/mill", adapter
        self.made: dict[Any, Any] = {}

    def add(self, count: int) -> None:
        new = {f"i{n}": str(n) for n in range(len(self.made), len(self.made) + count)}
        self.made |= new
        lines = "".join(f"2026-11-24T09:30:00Z|{item}|{value}\n" for item, value in new.items())
        self._adapter.say(lines.encode(), remembers=True)

    def recorded(self, landing: Path) -> Mapping[Any, Any]:
        return dict(line.split("|")[1:] for line in self.lines(landing))

    def lines(self, landing: Path) -> list[str]:
        files = landing.glob("shdr/mill/**/*.gz")
        return [line for path in files for line in gzip.decompress(path.read_bytes()).decode().splitlines()]


@contextmanager
def live_adapter(folder: Path) -> Iterator[Live]:
    with served(Adapter()) as adapter:
        yield LiveAdapter(adapter)
