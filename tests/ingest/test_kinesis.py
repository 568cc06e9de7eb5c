"""The Kinesis recorder against kinesis-local: shards, their children, and what retention took."""

import asyncio
import json
import random
import time
from collections.abc import Iterator, Sequence
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError
from tests.ingest.test_kpl import pack
from tests.recordings import Recorded, killed_after, record_once
from tests.servers import free_port, kinesis

from smelt.ingest.kinesis import KinesisRecorder
from smelt.ingest.recorder import Part
from smelt.terms.errors import InputError, TransientError

pytestmark = pytest.mark.system


def now_us() -> int:
    return time.time_ns() // 1000


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with kinesis(tmp_path_factory.mktemp("kinesis")) as port:
        yield port


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "000000000000")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setattr("smelt.ingest.kinesis.SHORTEST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr("smelt.ingest.kinesis.PAUSE_SECONDS", 0.05)
    monkeypatch.setattr("smelt.ingest.kinesis_stream.MOST_RECORDS", 100)


@pytest.fixture
def client(port: int) -> Iterator[Any]:
    opened = botocore.session.get_session().create_client(
        "kinesis", region_name="us-east-1", endpoint_url=f"http://127.0.0.1:{port}"
    )
    yield opened
    opened.close()


def recorder(port: int, stream: str, clock: Any = now_us) -> KinesisRecorder:
    url = f"kinesis://us-east-1/{stream}?endpoint=http://127.0.0.1:{port}"
    return KinesisRecorder(url, stream, clock, random.Random(0), 0.01)


def make(client: Any, stream: str, shards: int = 1) -> None:
    client.create_stream(StreamName=stream, ShardCount=shards)
    ready(client, stream)


def ready(client: Any, stream: str) -> None:
    for _ in range(500):
        told = client.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]
        if told["StreamStatus"] == "ACTIVE":
            return
        time.sleep(0.02)
    raise AssertionError(f"{stream} is not ready: {told}")


def send(client: Any, stream: str, numbers: Sequence[int]) -> None:
    for first in range(0, len(numbers), 400):
        some = numbers[first : first + 400]
        records = [{"Data": b'{"n":%d}' % n, "PartitionKey": f"mill-{n % 17}"} for n in some]
        assert client.put_records(StreamName=stream, Records=records)["FailedRecordCount"] == 0


def numbers(parts: Sequence[Part]) -> list[int]:
    return [json.loads(p.body)["n"] for p in parts]


def shards(parts: Sequence[Part]) -> list[str]:
    return list(dict.fromkeys(p.source.split("/")[4] for p in parts))


def split(client: Any, stream: str, shard: int) -> None:
    found = {s["ShardId"][-1]: s for s in client.list_shards(StreamName=stream)["Shards"]}[str(shard)]
    span = found["HashKeyRange"]
    middle = (int(span["StartingHashKey"]) + int(span["EndingHashKey"])) // 2
    client.split_shard(StreamName=stream, ShardToSplit=found["ShardId"], NewStartingHashKey=str(middle))
    ready(client, stream)


def test_a_part_tells_place_key_time_and_type(port: int, client: Any) -> None:
    make(client, "parts")
    told = client.put_record(StreamName="parts", Data=b'{"dataItemId":"x"}{}', PartitionKey="mill")
    packed = client.put_record(StreamName="parts", Data=pack([("a", b"<x/>"), ("b", b"2")]), PartitionKey="p")
    got = asyncio.run(record_once(recorder(port, "parts")))
    root = "kinesis://us-east-1/parts/shardId-000000000000"
    first, second, third = got.kept
    assert (first.source, first.body, first.record_key) == (
        f"{root}/{told['SequenceNumber']}",
        b'{"dataItemId":"x"}{}',
        "mill",
    )
    assert (first.content_type, first.observations) == ("application/json", 1)
    assert abs(first.received_at_us - now_us()) < 60_000_000
    assert [p.source for p in (second, third)] == [f"{root}/{packed['SequenceNumber']}/{n}" for n in (0, 1)]
    assert [(p.body, p.record_key) for p in (second, third)] == [(b"<x/>", "a"), (b"2", "b")]


@pytest.mark.parametrize("settles_at", [1, 150, 1 << 40])
def test_killed_and_resumed_nothing_is_missing(port: int, client: Any, settles_at: int) -> None:
    stream = f"kill{settles_at}"
    make(client, stream, 3)
    send(client, stream, range(700))
    killed = asyncio.run(killed_after(recorder(port, stream), 300, settles_at))
    send(client, stream, range(700, 750))
    rest = asyncio.run(record_once(recorder(port, stream), killed.cursor))
    assert sorted(numbers(killed.kept) + numbers(rest.kept)) == list(range(750))
    assert killed.gaps == rest.gaps == []
    assert asyncio.run(record_once(recorder(port, stream), rest.cursor)).parts == []


def test_a_split_shards_children_come_after_it(port: int, client: Any) -> None:
    make(client, "split")
    send(client, "split", range(500))
    split(client, "split", 0)
    send(client, "split", range(500, 550))
    got = asyncio.run(record_once(recorder(port, "split")))
    assert sorted(numbers(got.kept)) == list(range(550))
    first, *children = shards(got.kept)
    assert first.endswith("0") and sorted(c[-1] for c in children) == ["1", "2"]
    assert sorted(numbers(got.kept)[:500]) == list(range(500))


def test_shards_are_split_and_merged_while_it_records(port: int, client: Any) -> None:
    async def work() -> Recorded:
        source = recorder(port, "grows")
        recorded = Recorded(recorder=source)
        task = asyncio.create_task(source.run(None, recorded))
        for step in range(4):
            await asyncio.to_thread(send, client, "grows", range(step * 100, step * 100 + 100))
            await recorded.until(step * 100 + 100)
            if step == 0:
                await asyncio.to_thread(split, client, "grows", 0)
            if step == 1:
                await asyncio.to_thread(merge)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return recorded

    def merge() -> None:
        two = [s["ShardId"] for s in client.list_shards(StreamName="grows")["Shards"]][1:3]
        client.merge_shards(StreamName="grows", ShardToMerge=two[0], AdjacentShardToMerge=two[1])
        ready(client, "grows")

    make(client, "grows")
    got = asyncio.run(work())
    assert sorted(numbers(got.parts)) == list(range(400)) and got.gaps == []
    assert len(shards(got.parts)) == 4
    cursor = got.cursor
    assert cursor and [p["is_closed"] for _, p in sorted(cursor["shards"].items())] == [True, True, True, False]


def test_what_retention_took_is_a_gap_from_when_until_when(port: int, client: Any) -> None:
    make(client, "late")
    send(client, "late", range(10))
    first = asyncio.run(record_once(recorder(port, "late")))
    days_later = recorder(port, "late", lambda: now_us() + 3 * 86_400_000_000)
    second = asyncio.run(record_once(days_later, first.cursor))
    [gap] = second.gaps
    assert gap.kind == "lost" and gap.count is None
    assert "keeps 24 h: from 20" in gap.text and "nobody knows how much" in gap.text
    third = asyncio.run(record_once(days_later, second.cursor))
    assert third.gaps == []


def test_a_stream_made_anew_is_read_from_its_start(port: int, client: Any) -> None:
    make(client, "anew")
    send(client, "anew", range(10))
    first = asyncio.run(record_once(recorder(port, "anew")))
    client.delete_stream(StreamName="anew")
    time.sleep(0.5)
    make(client, "anew")
    send(client, "anew", range(3))
    second = asyncio.run(record_once(recorder(port, "anew"), first.cursor))
    assert sorted(numbers(second.kept)) == [0, 1, 2]
    assert [g.kind for g in second.gaps] == ["restarted"]


def test_a_shard_that_is_gone_unread_is_a_gap(port: int, client: Any) -> None:
    make(client, "gone")
    first = asyncio.run(record_once(recorder(port, "gone")))
    assert first.cursor
    shard = {"sequence": "1", "until_us": now_us(), "is_closed": False}
    cursor = {**first.cursor, "shards": {**first.cursor["shards"], "shardId-000000000099": shard}}
    second = asyncio.run(record_once(recorder(port, "gone"), cursor))
    [gap] = second.gaps
    assert gap.kind == "lost" and "shardId-000000000099 is gone" in gap.text


def test_an_iterator_that_expired_is_replaced(port: int, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    make(client, "expires")
    send(client, "expires", range(700))
    source = recorder(port, "expires")
    reads, read = [], source._stream.read

    def expiring(iterator: str) -> Any:
        from smelt.ingest.kinesis_stream import ExpiredError

        reads.append(iterator)
        if len(reads) % 2 == 0:
            raise ExpiredError
        return read(iterator)

    monkeypatch.setattr(source._stream, "read", expiring)
    assert sorted(numbers(asyncio.run(record_once(source)).kept)) == list(range(700))


def test_a_throttled_stream_is_asked_again_after_a_pause(
    port: int, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(client, "busy")
    send(client, "busy", range(300))
    source = recorder(port, "busy")
    reads, opened = [], source._stream._client()
    get_records = opened.get_records

    def throttled(**asked: Any) -> Any:
        reads.append(asked)
        if len(reads) % 2 == 1:
            error = {"Error": {"Code": "ProvisionedThroughputExceededException", "Message": "Rate exceeded"}}
            raise ClientError(error, "GetRecords")
        return get_records(**asked)

    monkeypatch.setattr(opened, "get_records", throttled)
    got = asyncio.run(record_once(source))
    assert sorted(numbers(got.kept)) == list(range(300))
    assert got.troubles and all("Rate exceeded" in t for t in got.troubles)


def test_a_stream_that_is_not_there_is_said_in_a_sentence(port: int) -> None:
    with pytest.raises(TransientError, match=r"Kinesis stream nothing in us-east-1: .*ResourceNotFound"):
        asyncio.run(record_once(recorder(port, "nothing")))


def test_an_endpoint_that_is_away_is_said_in_a_sentence() -> None:
    with pytest.raises(TransientError, match=r"Kinesis stream s in us-east-1: .*Could not connect"):
        asyncio.run(record_once(recorder(free_port(), "s")))


@pytest.mark.parametrize("url", ["kinesis://eu-west-1", "kinesis:///stream", "kinesis://eu-west-1/a/b"])
def test_an_odd_url_is_refused(url: str) -> None:
    with pytest.raises(InputError, match="expected region and stream"):
        KinesisRecorder(url, "k", lambda: 0, random.Random(0))
