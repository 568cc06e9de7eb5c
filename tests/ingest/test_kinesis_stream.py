"""Calls to Kinesis: pages of shards, records as they are, and refusals sorted by who has to act."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.stub import Stubber

from smelt.ingest.kinesis_stream import ExpiredError, KinesisStream, Read, Shard, UnknownSequenceError
from smelt.terms.errors import TransientError


@pytest.fixture
def stubbed(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[KinesisStream, Stubber]]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "any")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
    stream = KinesisStream("eu-west-1", "shop", None)
    with Stubber(stream._client()) as stub:
        yield stream, stub
        stub.assert_no_pending_responses()
    stream.close()


def shard(name: str, **more: str) -> dict[str, Any]:
    spans = {"HashKeyRange": {"StartingHashKey": "0", "EndingHashKey": "1"}}
    return {"ShardId": name, "SequenceNumberRange": {"StartingSequenceNumber": "1"}, **spans, **more}


def test_shards_come_in_pages_with_their_parents(stubbed: tuple[KinesisStream, Stubber]) -> None:
    stream, stub = stubbed
    stub.add_response("list_shards", {"Shards": [shard("a")], "NextToken": "t"}, {"StreamName": "shop"})
    merged = shard("b", ParentShardId="a", AdjacentParentShardId="z")
    stub.add_response("list_shards", {"Shards": [merged]}, {"NextToken": "t"})
    assert stream.shards() == [Shard("a", ()), Shard("b", ("a", "z"))]


def test_a_read_keeps_time_key_and_how_far_behind_it_is(stubbed: tuple[KinesisStream, Stubber]) -> None:
    stream, stub = stubbed
    at = datetime(2026, 11, 24, 9, 30, 0, 123_000, UTC)
    record = {"SequenceNumber": "5", "PartitionKey": "k", "Data": b"\x00x", "ApproximateArrivalTimestamp": at}
    stub.add_response("get_records", {"Records": [record], "NextShardIterator": "n", "MillisBehindLatest": 7})
    read = stream.read("i")
    assert (read.iterator, read.behind_ms, read.records[0].arrived_us) == ("n", 7, 1_795_512_600_123_000)
    assert (read.records[0].sequence, read.records[0].key, read.records[0].data) == ("5", "k", b"\x00x")


def test_a_closed_shard_has_no_next_iterator(stubbed: tuple[KinesisStream, Stubber]) -> None:
    stream, stub = stubbed
    stub.add_response("get_records", {"Records": []})
    assert stream.read("i") == Read((), None, 0)


@pytest.mark.parametrize(
    ("method", "code", "message", "expected"),
    [
        ("get_records", "ExpiredIteratorException", "Iterator expired", ExpiredError),
        ("get_records", "ProvisionedThroughputExceededException", "Rate exceeded", TransientError),
        ("get_records", "KMSThrottlingException", "slow down", TransientError),
        ("get_shard_iterator", "InvalidArgumentException", "StartingSequenceNumber 5 is invalid", UnknownSequenceError),
        ("get_shard_iterator", "ResourceNotFoundException", "no such shard", TransientError),
        ("get_shard_iterator", "AccessDeniedException", "not allowed", TransientError),
    ],
)
def test_refusals(
    stubbed: tuple[KinesisStream, Stubber], method: str, code: str, message: str, expected: type[Exception]
) -> None:
    stream, stub = stubbed
    stub.add_client_error(method, code, message)
    with pytest.raises(expected) as refused:
        stream.read("i") if method == "get_records" else stream.iterator("a", "5")
    if expected is TransientError:
        assert str(refused.value).startswith("Kinesis stream shop in eu-west-1: ") and code in str(refused.value)


def test_without_credentials_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    stream = KinesisStream("eu-west-1", "shop", "http://127.0.0.1:9")
    with pytest.raises(TransientError, match="Unable to locate credentials"):
        stream.summary()
    stream.close()
