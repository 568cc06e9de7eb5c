"""The recording of one process: an open landing file for all its sources, rolled by size or age, then their cursors."""

import asyncio
import contextlib
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from smelt.ingest.delivery import Batch, Delivery
from smelt.ingest.journal import Journal
from smelt.ingest.open_files import OpenFiles
from smelt.ingest.recorder import Clock, Cursor, Gap, Part, Recorder
from smelt.ingest.recorder_state import STATE, RecorderState, SourceState

LOOK_SECONDS = 5.0  # between looks at the spool
TELL_SECONDS = 30.0  # between states written though nothing was delivered


@dataclass(frozen=True)
class Rolling:
    """When open landing files are closed: so old, or so large (packed, together)."""

    seconds: float = 60.0
    size_bytes: int = 16 << 20


class LandingRecording:
    """A Recording into a landing zone.

    Everything put goes into open files in memory. `keep` alone closes and delivers them: to the landing zone, or,
    while that is away, to the spool on the local disk; then it writes the cursors, in one file for all recorders,
    and each recorder hears of its own. Killed in between, the sources are read again from the former cursors:
    what lands twice ingest drops. What a source says once is in the journal beside the spool until it is delivered,
    and is delivered first by the process that follows one that was killed, under the keys that were meant for it.

    Parameters
    ----------
    clock : microseconds since 1970.
    rng : names files.
    """

    def __init__(self, delivery: Delivery, rolling: Rolling, clock: Clock, rng: random.Random) -> None:
        self._delivery, self._rolling, self._clock = delivery, rolling, clock
        self._recorders: dict[str, Recorder] = {}
        self._sources: dict[str, SourceState] = {}
        zone, spool = delivery.zone, delivery.spool
        self._state = RecorderState(delivery.name, "", clock(), clock(), zone.uri, spool_limit_bytes=spool.limit_bytes)
        self._journal = Journal(spool.folder / "journal")
        self._open = OpenFiles(delivery.name, self._journal, rng)
        self._taken: Batch | None = None  # closed and not durable yet
        self._opened_at = self._told_at = 0.0  # by the loop's clock, which nobody sets back
        self._cursors: dict[str, Cursor] = {}  # of what was put
        self._durable: dict[str, Cursor] = {}
        self._due, self._room, self._stopping = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._is_hurried = False

    async def begin(self, recorders: Sequence[Recorder], who: str) -> None:
        """Take the recorders of this process, `who` it is to people, and read where each is to go on."""
        self._state = replace(self._state, who=who)
        self._durable = await self._delivery.begin()
        left = await asyncio.to_thread(self._journal.left)
        self._cursors = {**self._durable, **left.cursors}
        if left.files:
            self._taken = Batch(left.files, dict(self._cursors), is_left=True)
            self._due.set()
        self._recorders = {r.name: r for r in recorders}
        self._sources = {r.name: SourceState(r.name, r.url) for r in recorders}

    def cursor(self, name: str) -> Cursor | None:
        """Return the cursor behind what a recorder put last, durable or not; None if it never put anything."""
        return self._cursors.get(name)

    async def put(self, name: str, parts: Sequence[Part], cursor: Cursor) -> None:
        """Append parts to the open files; waits while these are as large as they may be."""
        if parts and not self._open:
            self._opened_at = asyncio.get_running_loop().time()
        self._open.add(name, parts, cursor, self._clock())
        self._cursors[name] = cursor
        self._sources[name] = self._sources[name].with_parts(parts, self._clock())
        while self._open.are_full(self._rolling.size_bytes):
            self._due.set()
            self._room.clear()
            await self._room.wait()

    def trouble(self, name: str, error: str) -> None:
        """Keep a source's error until it is well again."""
        self._sources[name] = replace(self._sources[name], error=error)

    def gap(self, name: str, gap: Gap) -> None:
        """Keep a source's gap."""
        self._sources[name] = self._sources[name].with_gap(gap)

    def hurry(self) -> None:
        """Roll the open files before their time."""
        self._is_hurried = True
        self._due.set()

    def state(self) -> RecorderState:
        """Return how this process is doing now."""
        spool = self._delivery.spool
        return replace(
            self._state,
            written_at_us=self._clock(),
            spooled_files=len(spool.waiting()),
            spooled_bytes=spool.size_bytes(),
            error=self._delivery.error or self._journal.error,
            sources=tuple(self._sources.values()),
        )

    async def keep(self) -> None:
        """Deliver what is due, until `stop`."""
        look = min(LOOK_SECONDS, self._rolling.seconds)
        has_more = False
        await self._tell()
        while not self._stopping.is_set():
            await _within(0.0 if has_more else look, self._due)
            self._due.clear()
            has_more = await self._delivery.drain(look)
            if self._is_due():
                await self._roll()
            if asyncio.get_running_loop().time() - self._told_at >= TELL_SECONDS:
                await self._tell()

    def stop(self) -> None:
        """Let `keep` end once it has delivered what it is at."""
        self._stopping.set()
        self._due.set()

    async def close(self) -> bool:
        """Deliver the rest after `keep` has ended; False if neither zone nor spool took it: it will be read again."""
        self.stop()
        await self._delivery.drain(LOOK_SECONDS)
        is_durable = await self._roll() and (not self._open or await self._roll())
        self._state = replace(self._state, is_ended=True)
        await self._tell()
        return is_durable

    async def _roll(self) -> bool:
        """Close the open files and make them durable, however long it takes; False if stopped in between."""
        batch = self._taken = self._taken or self._take()
        while not await self._delivery.offer(batch):
            if self._stopping.is_set():
                return False
            await self._tell()  # that nothing has room any more, not that nobody records
            await _within(self._delivery.wait_seconds(), self._stopping)
            await self._delivery.drain(LOOK_SECONDS)
        self._taken = None
        await self._confirm(batch)
        return True

    def _is_due(self) -> bool:
        if self._taken or not self._open:
            return self._taken is not None
        age = asyncio.get_running_loop().time() - self._opened_at
        return self._is_hurried or age >= self._rolling.seconds or self._open.are_full(self._rolling.size_bytes)

    def _take(self) -> Batch:
        """Close the open files; what comes from now on goes into new ones."""
        self._is_hurried = False
        self._room.set()
        return Batch(self._open.take(), dict(self._cursors))

    async def _confirm(self, batch: Batch) -> None:
        """Tell the recorders what is durable now; one that cannot hear it hears of a later cursor next time."""
        self._journal.forget()
        state, size = self._state, sum(len(f.body) for f in batch.files)
        self._state = replace(state, files=state.files + len(batch.files), file_bytes=state.file_bytes + size)
        for name, cursor in batch.cursors.items():
            if name in self._recorders and cursor != self._durable.get(name):
                try:
                    await self._recorders[name].committed(cursor)
                except Exception as error:  # a broker that is away: what it is not told of it sends again
                    self.trouble(name, f"could not commit: {error}")
        self._durable = dict(batch.cursors)
        await self._tell()

    async def _tell(self) -> None:
        self._told_at = asyncio.get_running_loop().time()
        await self._delivery.tell(STATE, self.state().as_json())


async def _within(seconds: float, event: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
