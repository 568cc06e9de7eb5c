"""An MTConnect agent as a live source: polled until nothing waits, then streamed, so that no sequence is left out."""

import asyncio
import random
import re
from collections.abc import Sequence
from dataclasses import asdict, replace

from smelt.ingest.agent_place import Place
from smelt.ingest.agent_requests import Document, Requests
from smelt.ingest.backoff import Backoff
from smelt.ingest.recorder import Clock, Cursor, Gap, Part, Recording
from smelt.terms.document_header import DocumentHeader
from smelt.terms.errors import TransientError

_ASSET_EVENT = re.compile(rb"Asset(?:Changed|Removed)\b|ASSET_(?:CHANGED|REMOVED)\b")


class AgentRecorder:
    """Records one agent; see Recorder.

    Parameters
    ----------
    name : of the agent in plant.toml.
    clock : microseconds since 1970, for when a document came.
    rng : spreads retries.
    first_wait_seconds : before the first retry; it doubles with each failure.
    """

    def __init__(
        self, name: str, requests: Requests, clock: Clock, rng: random.Random, first_wait_seconds: float = 1.0
    ) -> None:
        self.name, self.url = name, requests.url
        self._requests, self._clock, self._backoff = requests, clock, Backoff(rng, first_wait_seconds)
        self._place: Place | None = None
        self._refusals = 0  # OUT_OF_RANGE in a row

    async def run(self, resume: Cursor | None, recording: Recording, *, once: bool = False) -> None:
        """Record until cancelled; see Recorder."""
        self._place = Place.of_cursor(resume)
        while True:
            try:
                await self._record(recording)
                if once:
                    return
                await self._follow(recording)
            except TransientError as error:
                recording.trouble(self.name, str(error))
                await self._backoff.wait_after(error, once=once)

    async def committed(self, cursor: Cursor) -> None:
        """Do nothing: an agent keeps no place for its readers."""

    async def _record(self, recording: Recording) -> None:
        """Poll until the agent has nothing more."""
        if self._place is None:
            await self._begin(recording)
        while True:
            assert self._place is not None
            before = self._place
            document = await self._requests.get(f"sample?from={before.next_sequence}&count={self._count(before)}")
            if not await self._take(document, recording):
                continue
            last = document.header.last_sequence
            if last is None or self._place.next_sequence > last or self._place.next_sequence == before.next_sequence:
                return

    async def _follow(self, recording: Recording) -> None:
        """Stream until the agent ends it or goes on elsewhere in its sequence."""
        assert self._place is not None
        place, pace = self._place, self._requests.pace
        asked = f"sample?from={place.next_sequence}&count={self._count(place)}"
        count = 0
        async for document in self._requests.stream(
            f"{asked}&interval={pace.interval_ms}&heartbeat={pace.heartbeat_ms}"
        ):
            count += 1
            if not await self._take(document, recording):
                return
        if count == 1:  # it does not stream: it is polled
            await asyncio.sleep(pace.interval_ms / 1000)
        else:
            raise TransientError(f"{self.url} ended its stream after {count} documents")

    async def _begin(self, recording: Recording) -> None:
        probe, current = await self._requests.get("probe"), await self._requests.get("current")
        place = self._oldest(current.header)
        await self._put(recording, [probe, current, *await self._assets()], place)

    async def _take(self, document: Document, recording: Recording) -> bool:
        """Record a document and move on; False if the agent must be asked anew."""
        place, header = self._place, document.header
        assert place is not None
        if header.kind == "MTConnectError":
            await self._refused(document, recording)
            return False
        if place.is_left(header):
            await self._put(recording, [document], place)
            await self._restart(header, recording)
            return False
        moved = place.moved(header)
        if header.first_sequence is not None and header.first_sequence > place.next_sequence:
            self._lose(recording, place.next_sequence, header.first_sequence)
        await self._put(recording, [document], moved, max(0, moved.next_sequence - place.next_sequence))
        self._backoff.worked()
        self._refusals = 0
        if moved.model_changed_at != place.model_changed_at and place.model_changed_at is not None:
            await self._put(recording, [await self._requests.get("probe")], moved)
        if _ASSET_EVENT.search(document.body):
            await self._put(recording, await self._assets(), moved)
        return True

    async def _assets(self) -> list[Document]:
        """Return the agent's assets, whole, in a list; none where it keeps none."""
        try:
            document = await self._requests.get("assets")
        except TransientError:
            return []
        return [document] if document.header.kind == "MTConnectAssets" else []

    async def _refused(self, document: Document, recording: Recording) -> None:
        """Record an error document; OUT_OF_RANGE is answered by looking where the agent's buffer is now."""
        place = self._place
        assert place is not None
        await self._put(recording, [document], place)
        if "OUT_OF_RANGE" not in document.header.errors:
            raise TransientError(f"{self.url} refuses {document.source}: {', '.join(document.header.errors)}")
        current = await self._requests.get("current")
        await self._put(recording, [current], place)
        now, self._refusals = self._oldest(current.header), self._refusals + 1
        last = current.header.last_sequence
        if place.is_left(current.header) or (last is not None and place.next_sequence > last + 1):
            await self._restart(current.header, recording)
        elif place.next_sequence < now.next_sequence:
            start = now.next_sequence + self._margin(current.header)
            self._lose(recording, place.next_sequence, start)
            self._place = replace(now, next_sequence=start)
        elif self._refusals > 1:
            self._place = now  # buffer size included: the count may have been too large for it
            raise TransientError(f"{self.url} refuses {document.source}, though it says that it has it")

    async def _restart(self, header: DocumentHeader, recording: Recording) -> None:
        """Go on with the agent's new instance, from the oldest that it has, under its new device model."""
        old, new = self._place, self._oldest(header)
        assert old is not None
        text = (
            f"agent '{self.name}' restarted: instance {old.instance_id} ended before sequence {old.next_sequence} was "
            f"asked for, instance {new.instance_id} goes on from {new.next_sequence}"
        )
        if new.instance_id == old.instance_id:
            text += ". It kept its instance id: what it numbers as before is recorded, but not kept in copper"
        probe = await self._requests.get("probe")
        recording.gap(self.name, Gap("restarted", self._clock(), None, text))
        await self._put(recording, [probe], new)
        await asyncio.sleep(self._requests.pace.interval_ms / 1000)  # two agents at one address take turns for ever

    async def _put(
        self, recording: Recording, documents: Sequence[Document], place: Place, observations: int = 0
    ) -> None:
        now = self._clock()
        parts = [
            Part(d.body, d.content_type, d.source, now, None, observations, d.header.created_at_us) for d in documents
        ]
        await recording.put(self.name, parts, asdict(place))
        self._place = place

    def _lose(self, recording: Recording, asked: int, first: int) -> None:
        text = (
            f"gap on agent '{self.name}': asked for sequence {asked}, its first is {first}; "
            f"{first - asked} observations lost. Recording goes on from {first}."
        )
        recording.gap(self.name, Gap("lost", self._clock(), first - asked, text))

    def _oldest(self, header: DocumentHeader) -> Place:
        place = Place.oldest(header)
        if place is None:
            raise TransientError(
                f"{self.url} does not say its instanceId and firstSequence; expected an MTConnect agent"
            )
        return place

    def _margin(self, header: DocumentHeader) -> int:
        """Return how far behind the oldest to go on: a buffer that moves fast is gone before it can be asked for."""
        if self._refusals <= 1 or header.first_sequence is None or header.last_sequence is None:
            return 0
        held = header.last_sequence - header.first_sequence + 1
        return min(held // 2, (held << min(self._refusals, 6)) // 100)

    def _count(self, place: Place) -> int:
        return min(self._requests.pace.count, place.buffer_size or self._requests.pace.count)
