"""Kafka as a live source: the records of topics, read as a member of a consumer group."""

import asyncio
import random
from collections.abc import Mapping
from typing import Any

from smelt.ingest.backoff import Backoff
from smelt.ingest.kafka_group import GroupMember, Partition, Record
from smelt.ingest.message_body import content_type_of, count_observations
from smelt.ingest.recorder import Clock, Cursor, Gap, Part, Recording
from smelt.ingest.source_url import SourceUrl, source_url
from smelt.terms.errors import InputError, TransientError

LOOK_SECONDS = 0.2  # a read lasts so long at most
LIFE_SECONDS = 5.0
SESSION_SECONDS = 10  # a member that was killed is missed by its group after so long
PATIENCE_SECONDS = 20.0  # with `once`: a group that gives no partition for so long has none, or is away
MOST_RECORDS = 500
QUEUE_KB = 16_384  # what the client may hold in memory, for all partitions of a broker


class KafkaRecorder:
    """Records topics of a Kafka cluster; see Recorder.

    Its cursor and the group's offsets both stand behind what is durable; it goes on from whichever is further, so a
    group whose offsets were forgotten costs nothing, and several recorders may share the partitions of one group.
    Another `?group=` reads anew from the oldest record.

    Parameters
    ----------
    url : `kafka://user:password@host:9092,host2:9092/topic,topic2?group=smelt`. With a user it is SASL over TLS;
        `security`, `mechanism` and `ca` (a file) say otherwise, in Kafka's words. `instance`, a name that no other
        member has, makes its membership static: restarted, it has its partitions at once.
    clock : microseconds since 1970, for records without a timestamp.
    rng : spreads retries.

    Raises
    ------
    InputError
        If the URL names no host or topic or an unknown option, or confluent-kafka is not installed.
    """

    def __init__(self, url: str, name: str, clock: Clock, rng: random.Random, first_wait_seconds: float = 1.0) -> None:
        asked = source_url(url)
        asked.only_options("group", "instance", "security", "mechanism", "ca")
        topics = [t for t in asked.path.split(",") if t]
        if not topics or not asked.hosts:
            raise InputError(
                f"source '{asked.shown}': expected hosts and topics, as in kafka://host:9092/topic,topic2."
            )
        self.name, self.url, self._root = name, asked.shown, asked.root
        self._group = asked.options.get("group", "smelt")
        self._clock, self._backoff = clock, Backoff(rng, first_wait_seconds)
        self._member = GroupMember(_settings(asked, self._group, name), topics)
        self._put: Cursor | None = None
        self._durable: Cursor | None = None
        self._is_running = False

    async def run(self, resume: Cursor | None, recording: Recording, *, once: bool = False) -> None:
        """Record until cancelled; see Recorder."""
        self._member.positions = _offsets(resume) if resume and resume["group"] == self._group else {}
        self._is_running = True
        try:
            while True:
                try:
                    await asyncio.to_thread(self._member.open)
                    return await self._read(recording, once=once)
                except TransientError as error:
                    recording.trouble(self.name, str(error))
                    await self._backoff.wait_after(error, once=once)
        finally:
            self._is_running = False
            if self._put == self._durable:
                await asyncio.to_thread(self._member.close)

    async def committed(self, cursor: Cursor) -> None:
        """Tell the group what is durable now; after the last time leave it."""
        self._durable = cursor
        await asyncio.to_thread(self._member.commit, _offsets(cursor), is_last=not self._is_running)

    async def _read(self, recording: Recording, *, once: bool) -> None:
        """Read until something must be opened anew, or, with `once`, until every partition is at its end."""
        now = asyncio.get_running_loop().time
        told_at, began_at = -LIFE_SECONDS, now()
        while True:
            records = await asyncio.to_thread(self._member.read, LOOK_SECONDS, MOST_RECORDS)
            self._tell_holes(recording)
            if self._member.trouble:
                recording.trouble(self.name, self._member.trouble)
            elif records or (self._member.is_member and now() - told_at >= LIFE_SECONDS):
                told_at = now()
                self._backoff.worked()
                self._put = self._cursor()
                await recording.put(self.name, [self._part(r) for r in records if r.value], self._put)
            if once and self._member.is_drained:
                return
            if once and not self._member.is_member and now() - began_at >= PATIENCE_SECONDS:
                raise TransientError(
                    self._member.trouble or f"{self._root}: no partition within {PATIENCE_SECONDS:g} s"
                )

    def _part(self, record: Record) -> Part:
        body = record.value or b""
        return Part(
            body,
            record.content_type or content_type_of(body),
            f"{self._root}/{record.topic}/{record.partition}/{record.offset}",
            self._clock() if record.at_ms is None else record.at_ms * 1000,
            None if record.key is None else record.key.decode("utf-8", "backslashreplace"),
            count_observations(body),
        )

    def _cursor(self) -> Cursor:
        return {
            "group": self._group,
            "offsets": {f"{topic}/{number}": offset for (topic, number), offset in self._member.positions.items()},
        }

    def _tell_holes(self, recording: Recording) -> None:
        holes, self._member.holes = self._member.holes, []
        for hole in holes:
            recording.gap(
                self.name, Gap("restarted" if hole.count is None else "lost", self._clock(), hole.count, hole.text)
            )


def _offsets(cursor: Cursor) -> dict[Partition, int]:
    found = {}
    for place, offset in cursor["offsets"].items():
        topic, _, number = place.rpartition("/")
        found[topic, int(number)] = int(offset)
    return found


def _settings(url: SourceUrl, group: str, name: str) -> Mapping[str, Any]:
    """Return the client's settings, in librdkafka's words."""
    settings: dict[str, Any] = {
        "bootstrap.servers": url.hosts,
        "group.id": group,
        "client.id": f"smelt-{name}",
        "log_level": 0,  # what matters comes as an error; on stderr it would stand within the live line
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "auto.offset.reset": "error",  # a position that is gone is counted, not skipped
        "enable.partition.eof": True,
        "session.timeout.ms": SESSION_SECONDS * 1000,
        "partition.assignment.strategy": "cooperative-sticky",
        "queued.max.messages.kbytes": QUEUE_KB,
        "security.protocol": url.options.get("security", "plaintext" if url.user is None else "sasl_ssl").lower(),
    }
    if "instance" in url.options:
        settings["group.instance.id"] = url.options["instance"]
    if url.user is not None:
        mechanism = url.options.get("mechanism", "PLAIN")
        settings |= {"sasl.mechanism": mechanism, "sasl.username": url.user, "sasl.password": url.password or ""}
    if "ca" in url.options:
        settings["ssl.ca.location"] = url.options["ca"]
    return settings
