"""The MQTT recorder against a real Mosquitto: what is not durable the broker keeps."""

import asyncio
import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from tests.recordings import Recorded, killed_after, record_once
from tests.servers import free_port, mosquitto

from smelt.ingest.mqtt import MqttRecorder
from smelt.terms.errors import InputError, TransientError

pytestmark = pytest.mark.system
NOW_US = 1_795_512_600_123_456


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with mosquitto(tmp_path_factory.mktemp("mosquitto")) as port:
        yield port


def recorder(port: int, name: str, path: str = "", **more: Any) -> MqttRecorder:
    url = f"mqtt://127.0.0.1:{port}/{path or f'{name}/#'}"
    return MqttRecorder(url, name, lambda: NOW_US, random.Random(0), **more)


def publish(port: int, messages: list[tuple[str, bytes, bool]]) -> None:
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv311)
    client.connect("127.0.0.1", port)
    client.loop_start()
    sent = [client.publish(topic, body, qos=1, retain=retain) for topic, body, retain in messages]
    for one in sent:
        one.wait_for_publish(10)
    client.disconnect()
    client.loop_stop()


def numbered(name: str, first: int, last: int) -> list[tuple[str, bytes, bool]]:
    return [(f"{name}/Sample/m{n % 3}", b'{"n":%d}' % n, False) for n in range(first, last)]


def numbers(recorded: list[Any]) -> list[int]:
    return [json.loads(p.body)["n"] for p in recorded]


def test_a_part_tells_topic_time_and_type(port: int) -> None:
    publish(port, [("one/Sample/m1", b'{"dataItemId":"x"}', True), ("one/Probe/a/Availability", b"AVAILABLE", True)])
    got = asyncio.run(record_once(recorder(port, "one"))).kept
    assert {(p.source, p.content_type, p.body, p.received_at_us, p.observations) for p in got} == {
        (f"mqtt://127.0.0.1:{port}/one/Sample/m1", "application/json", b'{"dataItemId":"x"}', NOW_US, 1),
        (f"mqtt://127.0.0.1:{port}/one/Probe/a/Availability", "application/octet-stream", b"AVAILABLE", NOW_US, 0),
    }


def test_retained_messages_come_once_and_an_erased_one_is_no_part(port: int) -> None:
    publish(port, [("kept/a", b"1", True)])
    first = asyncio.run(record_once(recorder(port, "kept")))
    assert [p.body for p in first.kept] == [b"1"]
    publish(port, [("kept/a", b"", True), ("kept/b", b"2", True)])
    second = asyncio.run(record_once(recorder(port, "kept"), first.cursor))
    assert [p.body for p in second.kept] == [b"2"] and second.gaps == []


@pytest.mark.parametrize("settles_at", [1, 7, 1000])
def test_killed_and_resumed_nothing_is_missing(port: int, settles_at: int) -> None:
    name = f"kill{settles_at}"
    before = asyncio.run(record_once(recorder(port, name)))
    publish(port, numbered(name, 0, 100))
    killed = asyncio.run(killed_after(recorder(port, name), 50, settles_at, before.cursor))
    publish(port, numbered(name, 100, 120))
    rest = asyncio.run(record_once(recorder(port, name), killed.cursor or before.cursor))
    assert sorted({*numbers(killed.kept), *numbers(rest.kept)}) == list(range(120))
    assert rest.gaps == []
    again = asyncio.run(record_once(recorder(port, name), rest.cursor))
    assert again.parts == []


def test_more_than_twenty_may_be_under_way(port: int) -> None:
    asyncio.run(record_once(recorder(port, "many")))
    publish(port, numbered("many", 0, 700))
    got = asyncio.run(record_once(recorder(port, "many")))
    assert numbers(got.kept) == list(range(700))


def test_a_broker_with_a_narrow_window_is_drained_all_the_same(port: int) -> None:
    def narrow() -> MqttRecorder:
        return recorder(port, "narrow", "narrow/#?version=3.1.1")

    asyncio.run(record_once(narrow()))
    publish(port, numbered("narrow", 0, 50))
    got = asyncio.run(record_once(narrow()))
    assert numbers(got.kept) == list(range(50)) and got.hurries >= 2
    assert asyncio.run(record_once(narrow(), got.cursor)).parts == []


def test_a_broker_that_restarts_is_found_again(tmp_path: Path) -> None:
    async def work(at: int) -> Recorded:
        source = recorder(at, "r", first_wait_seconds=0.1)
        recorded = Recorded(recorder=source)
        with mosquitto(tmp_path, at):
            task = asyncio.create_task(source.run(None, recorded))
            while not recorded.puts:
                await asyncio.sleep(0.01)
            await asyncio.to_thread(publish, at, numbered("r", 0, 10))
            await recorded.until(10)
        while not recorded.troubles:
            await asyncio.sleep(0.01)
        with mosquitto(tmp_path, at):
            await asyncio.to_thread(publish, at, numbered("r", 10, 20))
            await recorded.until(20)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        return recorded

    got = asyncio.run(work(free_port()))
    assert sorted(set(numbers(got.parts))) == list(range(20)) and got.gaps == []
    assert all(t.startswith("MQTT broker 127.0.0.1:") for t in got.troubles)


def test_a_session_that_the_broker_forgot_is_a_gap(tmp_path: Path) -> None:
    at = free_port()
    with mosquitto(tmp_path, at, persistence=False):
        first = asyncio.run(record_once(recorder(at, "g")))
    with mosquitto(tmp_path, at, persistence=False):
        second = asyncio.run(record_once(recorder(at, "g"), first.cursor))
    assert first.gaps == []
    [gap] = second.gaps
    assert gap.kind == "lost" and gap.count is None and "no longer has session 'smelt-g'" in gap.text


def test_other_topics_replace_those_of_the_session(port: int) -> None:
    first = asyncio.run(record_once(recorder(port, "topics", "old/#")))
    second = asyncio.run(record_once(recorder(port, "topics", "new/#"), first.cursor))
    publish(port, [("old/a", b"1", False), ("new/a", b"2", False)])
    third = asyncio.run(record_once(recorder(port, "topics", "new/#"), second.cursor))
    assert [p.body for p in third.kept] == [b"2"]


def test_a_refusal_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "passwords").touch()
    refusing = f"allow_anonymous false\npassword_file {tmp_path}/passwords"
    said = pytest.raises(TransientError, match="the broker refuses: Not authorized")
    with mosquitto(tmp_path, more=refusing) as at, said:
        asyncio.run(record_once(recorder(at, "no", first_wait_seconds=0.01)))


def test_a_broker_that_is_away_is_said_in_a_sentence() -> None:
    with pytest.raises(TransientError, match=r"MQTT broker 127\.0\.0\.1:\d+: .*refused"):
        asyncio.run(record_once(recorder(free_port(), "no", first_wait_seconds=0.01)))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mqtt:///MTConnect/#", "expected a host and a port"),
        ("mqtt://shop:x/a", "expected a host and a port"),
        ("mqtt://shop/a?qos=2", "no option 'qos'; there are session, version"),
        ("mqtt://shop/a?version=4", "version '4'; expected 5 or 3.1.1"),
    ],
)
def test_an_odd_url_is_refused(url: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        MqttRecorder(url, "m", lambda: 0, random.Random(0))


def test_a_real_agents_messages_through_a_broker(port: int, smelt_data: Path) -> None:
    with gzip.open(smelt_data / "mtconnect/captured/okuma_v2/mqtt.jsonl.gz", "rt") as lines:
        captured = [json.loads(line) for line in lines]
    messages = [(f"okuma/{m['topic']}", m["payload"].encode(), bool(m["retain"])) for m in captured]
    asyncio.run(record_once(recorder(port, "okuma")))
    publish(port, messages)
    got = asyncio.run(record_once(recorder(port, "okuma"), settles_at=50))
    assert [(p.source.partition(f":{port}/")[2], p.body) for p in got.kept] == [(t, b) for t, b, _ in messages]
