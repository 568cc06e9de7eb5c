"""The Kafka recorder against a real broker: the group is told what is durable, and nothing more."""

import asyncio
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from tests.recordings import Recorded, killed_after, record_once
from tests.servers import free_port, kafka

from smelt.ingest.kafka import KafkaRecorder
from smelt.ingest.recorder import Part
from smelt.terms.errors import InputError, TransientError

pytestmark = pytest.mark.system
NOW_US = 1_795_512_600_123_456


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with kafka(tmp_path_factory.mktemp("kafka")) as port:
        yield port


def recorder(port: int, path: str, **more: Any) -> KafkaRecorder:
    url = f"kafka://127.0.0.1:{port}/{path}"
    return KafkaRecorder(url, path.partition("?")[0], lambda: NOW_US, random.Random(0), 0.1, **more)


def admin(port: int) -> AdminClient:
    return AdminClient({"bootstrap.servers": f"127.0.0.1:{port}"})


def make(port: int, topic: str, partitions: int = 3, **settings: str) -> None:
    config = {name.replace("_", "."): value for name, value in settings.items()}
    client = admin(port)  # a client that nobody holds ends its requests
    for done in client.create_topics([NewTopic(topic, partitions, 1, config=config)]).values():
        done.result(20)


def send(port: int, topic: str, numbers: Sequence[int], partition: int | None = None) -> None:
    producer = Producer({"bootstrap.servers": f"127.0.0.1:{port}"})
    for n in numbers:
        where = {"partition": n % 3 if partition is None else partition}
        producer.produce(topic, b'{"n":%d}' % n, f"mill-{n % 3}", timestamp=1_700_000_000_000 + n, **where)
    assert producer.flush(20) == 0


def numbers(parts: Sequence[Part]) -> list[int]:
    return [json.loads(p.body)["n"] for p in parts]


def offsets_of(port: int, group: str, topic: str, partitions: int = 3) -> list[int]:
    asked = Consumer({"bootstrap.servers": f"127.0.0.1:{port}", "group.id": group})
    try:
        return [p.offset for p in asked.committed([TopicPartition(topic, n) for n in range(partitions)], timeout=20)]
    finally:
        asked.close()


def test_a_part_tells_place_key_time_and_type(port: int) -> None:
    make(port, "parts", 1)
    producer = Producer({"bootstrap.servers": f"127.0.0.1:{port}"})
    producer.produce("parts", b"<a/>", "k\xff", timestamp=1_700_000_000_123)
    producer.produce("parts", b"x", headers={"Content-Type": "application/mtconnect+json"})
    producer.produce("parts", None, "tombstone")
    assert producer.flush(20) == 0
    got = asyncio.run(record_once(recorder(port, "parts")))
    first, second = got.kept
    root = f"kafka://127.0.0.1:{port}/parts/0"
    assert (first.source, first.content_type, first.record_key) == (f"{root}/0", "text/xml", "k\xff")
    assert first.received_at_us == 1_700_000_000_123_000
    assert (second.source, second.content_type, second.record_key) == (f"{root}/1", "application/mtconnect+json", None)
    assert got.cursor == {"group": "smelt", "offsets": {"parts/0": 3}}


@pytest.mark.parametrize("settles_at", [1, 30, 10_000])
def test_killed_and_resumed_nothing_is_missing(port: int, settles_at: int) -> None:
    topic = f"kill{settles_at}"
    make(port, topic)
    send(port, topic, range(1500))
    source = recorder(port, f"{topic}?group={topic}")
    killed = asyncio.run(killed_after(source, 600, settles_at))
    source._member.close()  # the group would miss it only after its session's time
    send(port, topic, range(1500, 1600))
    rest = asyncio.run(record_once(recorder(port, f"{topic}?group={topic}"), killed.cursor))
    assert sorted({*numbers(killed.kept), *numbers(rest.kept)}) == list(range(1600))
    assert settles_at > 1500 or len(killed.kept) + len(rest.kept) == 1600  # nothing durable is read again
    assert rest.gaps == [] and sum(offsets_of(port, topic, topic)) == 1600
    again = asyncio.run(record_once(recorder(port, f"{topic}?group={topic}"), rest.cursor))
    assert again.parts == []


def test_the_group_is_told_only_what_is_durable(port: int) -> None:
    async def work() -> tuple[list[int], list[int]]:
        source = recorder(port, "told?group=told")
        recorded = Recorded(1 << 60, recorder=source)
        task = asyncio.create_task(source.run(None, recorded))
        await recorded.until(30)
        before = await asyncio.to_thread(offsets_of, port, "told", "told")
        await recorded.settle()
        after = before
        for _ in range(100):
            after = await asyncio.to_thread(offsets_of, port, "told", "told")
            if sum(after) == 30:
                break
            await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return before, after

    make(port, "told")
    send(port, "told", range(30))
    before, after = asyncio.run(work())
    assert all(o < 0 for o in before) and after == [10, 10, 10]


def test_cursor_or_group_alone_suffices(port: int) -> None:
    make(port, "either")
    send(port, "either", range(60))
    first = asyncio.run(record_once(recorder(port, "either?group=e1")))
    by_group = asyncio.run(record_once(recorder(port, "either?group=e1"), None))
    assert len(first.kept) == 60 and by_group.parts == []
    client = admin(port)
    client.delete_consumer_groups(["e1"])["e1"].result(20)
    by_cursor = asyncio.run(record_once(recorder(port, "either?group=e1"), first.cursor))
    anew = asyncio.run(record_once(recorder(port, "either?group=e2"), first.cursor))
    assert by_cursor.parts == [] and len(anew.kept) == 60


def test_a_static_member_is_given_its_partitions_at_once_though_it_was_killed(port: int) -> None:
    make(port, "static")
    send(port, "static", range(60))
    path = "static?group=static&instance=mill"
    killed = asyncio.run(killed_after(recorder(port, path), 60, 1 << 60))  # its client goes on saying that it lives
    began = asyncio.run(record_once(recorder(port, path), killed.cursor))
    assert sorted(numbers(began.kept)) == list(range(60)) and killed.kept == []


def test_two_members_share_partitions_and_one_takes_over(port: int) -> None:
    async def work() -> tuple[Recorded, Recorded]:
        one, two = recorder(port, "shared?group=shared"), recorder(port, "shared?group=shared")
        left, right = Recorded(recorder=one), Recorded(recorder=two)
        first = asyncio.create_task(one.run(None, left))
        await left.until(300)
        second = asyncio.create_task(two.run(None, right))
        while not two._member.is_member or not two._member._given:
            await asyncio.sleep(0.05)
        await asyncio.to_thread(send, port, "shared", range(300, 600))
        async with asyncio.timeout(20):
            while len({*numbers(left.kept), *numbers(right.kept)}) < 600:
                await asyncio.sleep(0.05)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        await asyncio.to_thread(send, port, "shared", range(600, 660))
        async with asyncio.timeout(20):
            while len({*numbers(left.kept), *numbers(right.kept)}) < 660:
                await asyncio.sleep(0.05)
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        return left, right

    make(port, "shared")
    send(port, "shared", range(300))
    left, right = asyncio.run(work())
    assert sorted({*numbers(left.kept), *numbers(right.kept)}) == list(range(660))
    assert numbers(right.kept) and left.gaps == right.gaps == []


def test_records_that_retention_took_are_counted(port: int) -> None:
    make(port, "gone", 1)
    send(port, "gone", range(100), 0)
    first = asyncio.run(record_once(recorder(port, "gone")))
    send(port, "gone", range(100, 200), 0)
    client, until = admin(port), TopicPartition("gone", 0, 150)
    client.delete_records([until])[until].result(20)
    second = asyncio.run(record_once(recorder(port, "gone"), first.cursor))
    assert numbers(second.kept) == list(range(150, 200))
    [gap] = second.gaps
    assert (gap.kind, gap.count) == ("lost", 50) and "asked for offset 100, its oldest is 150" in gap.text


def test_a_topic_made_anew_is_read_from_its_start(port: int) -> None:
    make(port, "anew", 1)
    send(port, "anew", range(100), 0)
    first = asyncio.run(record_once(recorder(port, "anew?group=anew")))
    client = admin(port)
    client.delete_topics(["anew"])["anew"].result(20)
    make(port, "anew", 1)
    send(port, "anew", range(5), 0)
    second = asyncio.run(record_once(recorder(port, "anew?group=anew"), first.cursor))
    assert numbers(second.kept) == list(range(5))
    assert [(g.kind, g.count) for g in second.gaps] == [("restarted", None)]


def test_a_broker_that_restarts_is_found_again(tmp_path: Path) -> None:
    async def work(at: int) -> Recorded:
        source = recorder(at, "r")
        recorded = Recorded(recorder=source)
        with kafka(tmp_path, at):
            await asyncio.to_thread(make, at, "r")
            await asyncio.to_thread(send, at, "r", range(30))
            task = asyncio.create_task(source.run(None, recorded))
            await recorded.until(30)
        while not recorded.troubles:
            await asyncio.sleep(0.01)
        with kafka(tmp_path, at):
            await asyncio.to_thread(send, at, "r", range(30, 60))
            await recorded.until(60, 60)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        return recorded

    got = asyncio.run(work(free_port()))
    assert sorted(set(numbers(got.parts))) == list(range(60)) and got.gaps == []


def test_a_topic_that_is_not_there_is_said_in_a_sentence(port: int) -> None:
    with pytest.raises(TransientError, match=r"Kafka at 127\.0\.0\.1:\d+: nothing: .*[Uu]nknown topic"):
        asyncio.run(record_once(recorder(port, "nothing")))


def test_brokers_that_are_away_are_said_in_a_sentence_and_nowhere_else(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("smelt.ingest.kafka.PATIENCE_SECONDS", 1.0)
    with pytest.raises(TransientError, match=r"Kafka at 127\.0\.0\.1:\d+: .*(refused|brokers are down)"):
        asyncio.run(record_once(recorder(free_port(), "t")))
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("url", ["kafka://host:9092", "kafka:///topic", "kafka://host/,"])
def test_an_odd_url_is_refused(url: str) -> None:
    with pytest.raises(InputError, match="expected hosts and topics"):
        KafkaRecorder(url, "k", lambda: 0, random.Random(0))
