"""Kinesis as a live source: every shard of a stream, parents before their children."""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

from smelt.ingest.backoff import Backoff
from smelt.ingest.kinesis_stream import (
    ExpiredError,
    KinesisRecord,
    KinesisStream,
    Read,
    Shard,
    Summary,
    UnknownSequenceError,
)
from smelt.ingest.kpl import user_records
from smelt.ingest.message_body import content_type_of, count_observations
from smelt.ingest.recorded_file import as_time
from smelt.ingest.recorder import Clock, Cursor, Gap, Part, Recording
from smelt.ingest.source_url import source_url
from smelt.terms.errors import InputError, TransientError

PAUSE_SECONDS = 1.0  # between looks at a stream that has nothing more
SHORTEST_PAUSE_SECONDS = 0.2  # a shard may be asked five times a second
LIFE_SECONDS = 5.0


@dataclass(frozen=True)
class Place:
    """How far a shard is recorded.

    sequence : of the last record; None before the first.
    until_us : all that arrived before this time is recorded.
    is_closed : it was split or merged, and is recorded to its end.
    """

    sequence: str | None = None
    until_us: int | None = None
    is_closed: bool = False


class KinesisRecorder:
    """Records one stream; see Recorder.

    A shard's records come in order, and a shard only when those that it came from are recorded to their ends.
    Kinesis does not count what its retention took: the gap says from when until when it took it.

    Parameters
    ----------
    url : `kinesis://region/stream`, with `?endpoint=` where it is not AWS's own.
    clock : microseconds since 1970.
    rng : spreads retries.

    Raises
    ------
    InputError
        If the URL names no region or stream or an unknown option, or botocore is not installed.
    """

    def __init__(self, url: str, name: str, clock: Clock, rng: random.Random, first_wait_seconds: float = 1.0) -> None:
        asked = source_url(url)
        asked.only_options("endpoint")
        if not asked.hosts or not asked.path or "/" in asked.path:
            raise InputError(
                f"source '{asked.shown}': expected region and stream, as in kinesis://eu-west-1/mtconnect."
            )
        self.name, self.url, self._root = name, asked.shown, f"{asked.root}/{asked.path}"
        self._stream = KinesisStream(asked.hosts, asked.path, asked.options.get("endpoint"))
        self._clock, self._backoff = clock, Backoff(rng, first_wait_seconds)
        self._summary: Summary | None = None
        self._places: dict[str, Place] = {}
        self._shards: dict[str, Shard] = {}
        self._iterators: dict[str, str] = {}

    async def run(self, resume: Cursor | None, recording: Recording, *, once: bool = False) -> None:
        """Record until cancelled; see Recorder."""
        self._places = {s: Place(**p) for s, p in resume["shards"].items()} if resume else {}
        created = resume["created"] if resume else None
        try:
            while True:
                try:
                    await self._begin(created, recording)
                    return await self._follow(recording, once=once)
                except TransientError as error:
                    recording.trouble(self.name, str(error))
                    created = self._summary.created if self._summary else created
                    await self._backoff.wait_after(error, once=once)
        finally:
            self._stream.close()

    async def committed(self, cursor: Cursor) -> None:
        """Do nothing: Kinesis keeps no place for its readers."""

    async def _begin(self, created: str | None, recording: Recording) -> None:
        """Look at the stream, and forget what is known of one that had the same name."""
        self._summary = await asyncio.to_thread(self._stream.summary)
        if created is not None and created != self._summary.created:
            self._anew(recording, f"stream of {created} was replaced by one of {self._summary.created}")
        await self._look(recording)

    async def _look(self, recording: Recording) -> None:
        """List the shards; one that vanished before its end was recorded is a gap."""
        self._shards = {s.id: s for s in await asyncio.to_thread(self._stream.shards)}
        for gone in [s for s in self._places if s not in self._shards]:
            if not self._places.pop(gone).is_closed:
                self._lost(recording, f"{self._root}/{gone} is gone before it was recorded to its end")
        for shard in self._shards:
            self._places.setdefault(shard, Place())

    async def _follow(self, recording: Recording, *, once: bool) -> None:
        """Read all shards again and again, or, with `once`, until none has more."""
        now = asyncio.get_running_loop().time
        told_at = -LIFE_SECONDS
        while True:
            began_at, shards = now(), self._readable()
            answers = await asyncio.gather(*(self._read(s, recording) for s in shards), return_exceptions=True)
            has_more = False
            for shard, answer in zip(shards, answers, strict=True):
                if isinstance(answer, Read):
                    has_more |= await self._take(shard, answer, recording)
            for answer in answers:
                if isinstance(answer, BaseException):
                    raise answer
            self._backoff.worked()
            if now() - told_at >= LIFE_SECONDS:
                told_at = now()
                await recording.put(self.name, [], self._cursor())
            if once and not has_more:
                return await recording.put(self.name, [], self._cursor())
            pause = SHORTEST_PAUSE_SECONDS if has_more else PAUSE_SECONDS
            await asyncio.sleep(max(0.0, began_at + pause - now()))

    def _readable(self) -> list[str]:
        """Return the shards that are not read to their end, and whose parents are."""

        def is_done(shard: str) -> bool:
            return shard not in self._shards or self._places[shard].is_closed

        return [s.id for s in self._shards.values() if not is_done(s.id) and all(is_done(p) for p in s.parents)]

    async def _read(self, shard: str, recording: Recording) -> Read:
        """Read on in a shard, from where it is recorded if there is no iterator or it is too old."""
        place = self._places[shard]
        try:
            if shard not in self._iterators:
                self._expect_retained(shard, recording)
                self._iterators[shard] = await asyncio.to_thread(self._stream.iterator, shard, place.sequence)
            return await asyncio.to_thread(self._stream.read, self._iterators[shard])
        except ExpiredError:
            del self._iterators[shard]
        except UnknownSequenceError:
            self._places[shard] = Place()
            text = (
                f"{self._root}/{shard} does not know {place.sequence}: it was made anew. Read from its oldest record."
            )
            recording.gap(self.name, Gap("restarted", self._clock(), None, text))
        return Read((), "", 1)

    async def _take(self, shard: str, answer: Read, recording: Recording) -> bool:
        """Record an answer; True if there may be more at once."""
        if answer.iterator == "":  # another iterator is needed
            return True
        place = self._places[shard]
        is_closed = answer.iterator is None
        self._places[shard] = replace(
            place,
            sequence=answer.records[-1].sequence if answer.records else place.sequence,
            until_us=self._clock() - answer.behind_ms * 1000,
            is_closed=is_closed,
        )
        if answer.iterator is not None:
            self._iterators[shard] = answer.iterator
        if answer.records:
            await recording.put(self.name, list(self._parts(shard, answer.records)), self._cursor())
        if is_closed:
            self._iterators.pop(shard, None)
            await self._look(recording)
        return is_closed or bool(answer.records) or answer.behind_ms > 0

    def _parts(self, shard: str, records: tuple[KinesisRecord, ...]) -> Iterator[Part]:
        for record in records:
            packed = user_records(record.key, record.data)
            for number, one in enumerate(packed):
                place = f"{shard}/{record.sequence}{f'/{number}' if len(packed) > 1 else ''}"
                kind, count = content_type_of(one.data), count_observations(one.data)
                yield Part(one.data, kind, f"{self._root}/{place}", record.arrived_us, one.key, count)

    def _expect_retained(self, shard: str, recording: Recording) -> None:
        """Tell what retention took since a shard was read last."""
        place, summary = self._places[shard], self._summary
        assert summary is not None
        oldest_us = self._clock() - summary.retention_us
        if place.until_us is not None and place.until_us < oldest_us:
            self._places[shard] = replace(place, until_us=oldest_us)
            span = f"from {as_time(place.until_us)} to {as_time(oldest_us)}"
            self._lost(recording, f"{self._root}/{shard} keeps {summary.retention_us // 3_600_000_000} h: {span}")

    def _lost(self, recording: Recording, what: str) -> None:
        text = f"gap on {what}; what arrived there is lost, nobody knows how much. A longer retention period holds out."
        recording.gap(self.name, Gap("lost", self._clock(), None, text))

    def _anew(self, recording: Recording, why: str) -> None:
        self._places, self._iterators = {}, {}
        recording.gap(self.name, Gap("restarted", self._clock(), None, f"{self._root}: {why}"))

    def _cursor(self) -> Cursor:
        assert self._summary is not None
        return {"created": self._summary.created, "shards": {s: asdict(p) for s, p in self._places.items()}}
