"""A member of a Kafka consumer group: it reads what the group gives it, and commits only what it is told to."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from smelt.ingest.extras import missing_extra
from smelt.terms.errors import TransientError

if TYPE_CHECKING:
    from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

Partition = tuple[str, int]  # topic and number
ANSWER_SECONDS = 10.0


@dataclass(frozen=True)
class Record:
    """A record as the broker gave it; `at_ms` is its timestamp in milliseconds, None if it has none."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    content_type: str | None
    at_ms: int | None


@dataclass(frozen=True)
class Hole:
    """Records that a partition no longer has (`count`), or a topic that was made anew (None)."""

    count: int | None
    text: str


class GroupMember:
    """One consumer; its calls block and come from one thread at a time (a lock sees to it).

    A partition is begun where the group or `positions` says that everything before is recorded, whichever is further;
    else at its oldest record. What it no longer has stands in `holes`.

    positions : the next offset of each partition that was ever read here.
    trouble : what the client said last of brokers that are away; None once they answer.
    """

    def __init__(self, settings: Mapping[str, Any], topics: list[str]) -> None:
        try:
            import confluent_kafka
        except ImportError as error:
            raise missing_extra("kafka", "kafka") from error
        self._kafka = confluent_kafka
        self._settings, self._topics = settings, topics
        self._where = f"Kafka at {settings['bootstrap.servers']}"
        self._consumer: Consumer | None = None
        self.positions: dict[Partition, int] = {}
        self.holes: list[Hole] = []
        self.trouble: str | None = None
        self._given: set[Partition] | None = None
        self._ended: set[Partition] = set()
        self._committed: dict[Partition, int] = {}
        self._lock = threading.Lock()

    @property
    def is_member(self) -> bool:
        """Whether the group gave it partitions, be it none: others may have them all."""
        return self._given is not None

    @property
    def is_drained(self) -> bool:
        """Whether it was given partitions, and every one was read to its end."""
        return bool(self._given) and self._ended.issuperset(self._given or ())

    def open(self) -> None:
        """Join the group; brokers that are away are found later.

        Raises
        ------
        TransientError
            If the client refuses the settings.
        """
        with self._lock:
            self._leave()
            try:
                self._consumer = self._kafka.Consumer(
                    {**self._settings, "error_cb": self._errs, "on_commit": self._has_committed}
                )
                self._consumer.subscribe(
                    self._topics, on_assign=self._assign, on_revoke=self._revoke, on_lost=self._revoke
                )
            except (self._kafka.KafkaException, ValueError) as error:
                raise TransientError(f"{self._where}: {error}") from error

    def read(self, seconds: float, most: int) -> list[Record]:
        """Return what has arrived within the time.

        Raises
        ------
        TransientError
            If it must be opened anew: a position that the broker no longer has, a topic that is not there.
        """
        with self._lock:
            assert self._consumer is not None
            try:
                messages = self._consumer.consume(most, seconds)
            except self._kafka.KafkaException as error:
                raise TransientError(f"{self._where}: {error}") from error
            return [record for m in messages if (record := self._record(m)) is not None]

    def commit(self, offsets: Mapping[Partition, int], *, is_last: bool = False) -> None:
        """Tell the group where to go on, for the partitions that are still its own.

        Parameters
        ----------
        is_last : wait until the broker has it, then leave the group.

        Raises
        ------
        TransientError
            With `is_last` only: the broker did not take it.
        """
        with self._lock:
            if self._consumer is None:
                return
            own = {p: o for p, o in offsets.items() if p in (self._given or ()) and self._committed.get(p, -1) < o}
            try:
                if own:
                    at = [self._kafka.TopicPartition(*p, o) for p, o in own.items()]
                    if is_last:
                        self._consumer.commit(offsets=at, asynchronous=False)
                    else:
                        self._consumer.commit(offsets=at)
                self._committed |= own
            except self._kafka.KafkaException as error:
                raise TransientError(f"{self._where}: {error}") from error
            finally:
                if is_last:
                    self._leave()

    def close(self) -> None:
        """Leave the group."""
        with self._lock:
            self._leave()

    def _leave(self) -> None:
        consumer, self._consumer = self._consumer, None
        self._given, self._ended, self._committed = None, set(), {}
        if consumer is not None:
            consumer.close()

    def _record(self, message: "Message") -> Record | None:
        error = message.error()
        topic, number = str(message.topic()), int(message.partition() or 0)
        if error is None:
            offset = int(message.offset() or 0)
            self.positions[topic, number] = offset + 1
            self.trouble = None
            kind, at_ms = message.timestamp()
            has_time = kind != self._kafka.TIMESTAMP_NOT_AVAILABLE
            content_type = _content_type(message.headers())
            return Record(
                topic, number, offset, message.key(), message.value(), content_type, at_ms if has_time else None
            )
        if error.code() == self._kafka.KafkaError._PARTITION_EOF:
            self._ended.add((topic, number))
            self.trouble = None
            return None
        raise TransientError(f"{self._where}: {topic}: {error.str()}")

    def _assign(self, consumer: "Consumer", given: list["TopicPartition"]) -> None:
        places = []
        for asked in consumer.committed(given, timeout=ANSWER_SECONDS) if given else []:
            oldest, end = consumer.get_watermark_offsets(asked, timeout=ANSWER_SECONDS) or (0, 0)
            partition = (asked.topic, asked.partition)
            place = self._place(partition, max(asked.offset, self.positions.get(partition, -1)), oldest, end)
            self.positions[partition] = place
            places.append(self._kafka.TopicPartition(*partition, place))
        consumer.incremental_assign(places)
        self._given = (self._given or set()) | {(p.topic, p.partition) for p in given}
        self.trouble = None

    def _revoke(self, _consumer: "Consumer", taken: list["TopicPartition"]) -> None:
        """Forget partitions that go to another member: it reads again what is not committed."""
        for partition in ((p.topic, p.partition) for p in taken):
            self._given = (self._given or set()) - {partition}
            self._ended.discard(partition)
            self._committed.pop(partition, None)

    def _place(self, partition: Partition, known: int, oldest: int, end: int) -> int:
        """Return where to begin; `known` is negative if nobody ever read this partition."""
        where = f"{partition[0]}/{partition[1]}"
        if known < 0:
            return oldest
        if known > end:
            text = f"{where} ends at offset {end}, {known} was next: the topic was made anew. Read on from {oldest}."
            self.holes.append(Hole(None, text))
            return oldest
        if known < oldest:
            text = (
                f"gap on {where}: asked for offset {known}, its oldest is {oldest}; up to {oldest - known} records "
                f"lost to the topic's retention. Recording goes on from {oldest}."
            )
            self.holes.append(Hole(oldest - known, text))
            return oldest
        return known

    def _errs(self, error: "KafkaError") -> None:
        self.trouble = f"{self._where}: {error.str()}"

    def _has_committed(self, error: "KafkaError | None", _partitions: list["TopicPartition"]) -> None:
        if error is not None:
            self._committed.clear()
            self.trouble = f"{self._where}: could not commit: {error.str()}"


def _content_type(headers: Any) -> str | None:
    for name, value in headers or ():
        if name.lower() == "content-type" and isinstance(value, bytes):
            return value.decode("utf-8", "replace")
    return None
