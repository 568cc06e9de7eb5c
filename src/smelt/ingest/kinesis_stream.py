"""The calls to Kinesis that recording needs; they block, and say in a sentence what went wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from smelt.ingest.extras import missing_extra
from smelt.terms.errors import TransientError

MOST_RECORDS = 1000
TIMEOUT_SECONDS = 20
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Shard:
    """A shard and those that it came from by a split or a merge."""

    id: str
    parents: tuple[str, ...]


@dataclass(frozen=True)
class KinesisRecord:
    """A record as Kinesis gave it; `arrived_us` is its approximate time of arrival there."""

    sequence: str
    key: str
    data: bytes
    arrived_us: int


@dataclass(frozen=True)
class Read:
    """An answer: its records, where to go on (None: the shard is closed and read to its end), how far behind it is."""

    records: tuple[KinesisRecord, ...]
    iterator: str | None
    behind_ms: int


@dataclass(frozen=True)
class Summary:
    """What identifies a stream, and how long it keeps records."""

    created: str
    retention_us: int


class ExpiredError(Exception):
    """An iterator is older than five minutes: another one is needed."""


class UnknownSequenceError(Exception):
    """A sequence number is not of this shard: the stream was made anew."""


class KinesisStream:
    """One stream of one region; credentials are found where AWS's own tools find them.

    Raises TransientError for whatever Kinesis or the way to it does not allow at the moment.
    """

    def __init__(self, region: str, stream: str, endpoint: str | None) -> None:
        try:
            import botocore.config
            import botocore.exceptions
            import botocore.session
        except ImportError as error:
            raise missing_extra("aws", "kinesis") from error
        self._errors = botocore.exceptions
        self._name = stream
        self._where = f"Kinesis stream {stream} in {region}"
        self._session, self._config = botocore.session, botocore.config
        self._region, self._endpoint = region, endpoint
        self._opened: Any = None

    def summary(self) -> Summary:
        """Return what identifies the stream."""
        told = self._ask(lambda c: c.describe_stream_summary(StreamName=self._name))["StreamDescriptionSummary"]
        created = told["StreamCreationTimestamp"]
        return Summary(created.isoformat(), int(told["RetentionPeriodHours"]) * 3_600_000_000)

    def shards(self) -> list[Shard]:
        """Return all shards that the stream still has, closed ones too."""
        asked: dict[str, Any] = {"StreamName": self._name}
        found: list[Shard] = []
        while True:
            told = self._ask(lambda c, asked=asked: c.list_shards(**asked))  # type: ignore[misc]
            for shard in told["Shards"]:
                parents = (shard.get("ParentShardId"), shard.get("AdjacentParentShardId"))
                found.append(Shard(shard["ShardId"], tuple(p for p in parents if p)))
            if not told.get("NextToken"):
                return found
            asked = {"NextToken": told["NextToken"]}

    def iterator(self, shard: str, after: str | None) -> str:
        """Return where to read a shard from: behind a sequence number, or at its oldest record.

        Raises
        ------
        UnknownSequenceError
            If the sequence number is not of this shard.
        """
        more = {"ShardIteratorType": "TRIM_HORIZON"}
        if after is not None:
            more = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": after}
        told = self._ask(lambda c: c.get_shard_iterator(StreamName=self._name, ShardId=shard, **more))
        return str(told["ShardIterator"])

    def read(self, iterator: str) -> Read:
        """Read on.

        Raises
        ------
        ExpiredError
            If the iterator is too old.
        """
        told = self._ask(lambda c: c.get_records(ShardIterator=iterator, Limit=MOST_RECORDS))
        records = [
            KinesisRecord(
                r["SequenceNumber"],
                r["PartitionKey"],
                r["Data"],
                round(r["ApproximateArrivalTimestamp"].timestamp() * 1000) * 1000,
            )
            for r in told["Records"]
        ]
        return Read(tuple(records), told.get("NextShardIterator"), int(told.get("MillisBehindLatest") or 0))

    def close(self) -> None:
        """Close the connections."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _ask(self, call: Callable[[Any], Answer]) -> Answer:
        try:
            return call(self._client())
        except self._errors.ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code == "ExpiredIteratorException":
                raise ExpiredError from error
            if code == "InvalidArgumentException" and "SequenceNumber" in str(error):
                raise UnknownSequenceError from error
            raise TransientError(f"{self._where}: {error}") from error
        except (self._errors.BotoCoreError, self._errors.HTTPClientError, OSError) as error:
            raise TransientError(f"{self._where}: {error}") from error

    def _client(self) -> Any:
        if self._opened is None:
            config = self._config.Config(
                connect_timeout=TIMEOUT_SECONDS,
                read_timeout=TIMEOUT_SECONDS,
                retries={"mode": "standard", "total_max_attempts": 1},  # back-off is the recorder's
                max_pool_connections=32,
            )
            self._opened = self._session.get_session().create_client(
                "kinesis", region_name=self._region, endpoint_url=self._endpoint, config=config
            )
        return self._opened
