"""The MQTT recorder against a real Mosquitto: what is not durable the broker keeps."""

import asyncio
import gc
import gzip
import json
import random
import subprocess
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pyarrow as pa
import pytest
from tests.recordings import Recorded, killed_after, record_once
from tests.servers import free_port, mosquitto

from smelt.ingest.mqtt import MqttRecorder
from smelt.ingest.recorded_file import RecordedFile
from smelt.ingest.recorder import Part
from smelt.mtconnect.dialect import decode
from smelt.terms.errors import InputError, TransientError
from smelt.terms.observation import Origin

pytestmark = pytest.mark.system
NOW_US = 1_795_512_600_123_456


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with mosquitto(tmp_path_factory.mktemp("mosquitto")) as port:
        yield port


def recorder(port: int, name: str, path: str = "", **more: Any) -> MqttRecorder:
    url = f"mqtt://127.0.0.1:{port}/{path or f'{name}/#'}"
    return MqttRecorder(url, name, lambda: NOW_US, random.Random(0), **more)


def publish(port: int, messages: list[tuple[str, bytes, bool]], qos: int = 1) -> None:
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv311)
    client.connect("127.0.0.1", port)
    client.loop_start()
    sent = [client.publish(topic, body, qos, retain) for topic, body, retain in messages]
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


@pytest.mark.parametrize("qos", [0, 1])
def test_what_is_published_with_qos_0_is_said_once(port: int, qos: int) -> None:
    publish(port, [(f"qos{qos}/a", b"1", True)], qos)
    [part] = asyncio.run(record_once(recorder(port, f"qos{qos}"))).kept
    assert part.is_once == (qos == 0)


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


def test_tls_with_an_authority_of_ones_own(tmp_path: Path) -> None:
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    asked = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    asked += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)]
    subprocess.run(asked, check=True, capture_output=True)

    def secure(options: str) -> MqttRecorder:
        url = f"mqtts://127.0.0.1:{at}/a/#{options}"
        return MqttRecorder(url, "tls", lambda: NOW_US, random.Random(0), 0.01)

    with mosquitto(tmp_path, more=f"allow_anonymous true\ncertfile {cert}\nkeyfile {key}") as at:
        assert asyncio.run(record_once(secure(f"?ca={cert}"))).troubles == []
        with pytest.raises(TransientError, match="No such file"):
            asyncio.run(record_once(secure(f"?ca={tmp_path}/none.pem")))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # paho leaves a socket that TLS refused to the collector
            with pytest.raises(TransientError) as refused:
                asyncio.run(record_once(secure("")))
            assert "CERTIFICATE_VERIFY_FAILED" in str(refused.value)
            del refused
            gc.collect()


def test_a_broker_that_is_away_is_said_in_a_sentence() -> None:
    with pytest.raises(TransientError, match=r"MQTT broker 127\.0\.0\.1:\d+: .*refused"):
        asyncio.run(record_once(recorder(free_port(), "no", first_wait_seconds=0.01)))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mqtt:///MTConnect/#", "expected a host and a port"),
        ("mqtt://shop:x/a", "expected a host and a port"),
        ("mqtt://shop/a?qos=2", "no option 'qos'; there are session, version, ca"),
        ("mqtt://shop/a?version=4", "version '4'; expected 5 or 3.1.1"),
    ],
)
def test_an_odd_url_is_refused(url: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        MqttRecorder(url, "m", lambda: 0, random.Random(0))


def file_of(parts: Sequence[Part]) -> bytes:
    file = RecordedFile("k")
    for part in parts:
        file.add(part)
    return gzip.decompress(file.finish())


def test_a_real_agents_messages_decode_as_if_no_broker_were_between(port: int, smelt_data: Path) -> None:
    with gzip.open(smelt_data / "mtconnect/captured/okuma_v2/mqtt.jsonl.gz", "rt") as lines:
        captured = [json.loads(line) for line in lines]
    topics = [f"okuma/{m['topic']}" for m in captured]
    bodies = [m["payload"].encode() for m in captured]
    asyncio.run(record_once(recorder(port, "okuma")))
    publish(port, [(t, b, bool(m["retain"])) for t, b, m in zip(topics, bodies, captured, strict=True)])
    got = asyncio.run(record_once(recorder(port, "okuma"), settles_at=50))
    sources = [f"mqtt://127.0.0.1:{port}/{t}" for t in topics]
    assert [(p.source, p.body) for p in got.kept] == list(zip(sources, bodies, strict=True))

    origins = [Origin(source=s, received_at_us=NOW_US) for s in sources]
    direct = [decode(b, origin) for b, origin in zip(bodies, origins, strict=True)]
    recorded = decode(file_of(got.kept))
    rows = pa.concat_tables([d.rows for d in direct]).drop_columns("document").to_pylist()
    assert recorded.rows.drop_columns("document").to_pylist() == rows and len(rows) > 10_000
    assert recorded.documents["source"].to_pylist() == [s for d in direct for s in d.documents["source"].to_pylist()]
    assert {t.timestamp() for t in recorded.documents["received_at"].to_pylist()} == {NOW_US / 1e6}
    assert [a.content for a in recorded.assets] == [a.content for d in direct for a in d.assets]
    assert [p.probe for p in recorded.probes] == [p.probe for d in direct for p in d.probes]
    assert [r.reason for r in recorded.rejects] == [r.reason for d in direct for r in d.rejects]
