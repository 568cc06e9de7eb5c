"""A Recording in memory for tests of recorders: durable is what the test says, when it says so."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from smelt.ingest.recorder import Cursor, Gap, Part, Recorder


@dataclass
class Recorded:
    """What a recorder handed on; `durable` counts the puts that are safe, `cursor` stands behind them.

    with `settles_at` parts, everything becomes durable whenever so many are not.
    """

    settles_at: int = 1
    puts: list[tuple[tuple[Part, ...], Cursor]] = field(default_factory=list)
    durable: int = 0
    gaps: list[Gap] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    recorder: Recorder | None = None
    hurries: int = 0
    _settling: asyncio.Future[None] | None = None

    async def put(self, name: str, parts: Sequence[Part], cursor: Cursor) -> None:
        self.puts.append((tuple(parts), json.loads(json.dumps(cursor))))
        if sum(len(p) for p, _ in self.puts[self.durable :]) >= self.settles_at:
            await self.settle()

    def trouble(self, name: str, error: str) -> None:
        self.troubles.append(error)

    def gap(self, name: str, gap: Gap) -> None:
        self.gaps.append(gap)

    def hurry(self) -> None:
        self.hurries += 1
        self._settling = asyncio.ensure_future(self.settle())

    async def settle(self) -> None:
        """Make everything durable and tell the recorder."""
        if self.durable < len(self.puts):
            self.durable = len(self.puts)
            assert self.recorder is not None
            await self.recorder.committed(self.puts[-1][1])

    @property
    def cursor(self) -> Cursor | None:
        return self.puts[self.durable - 1][1] if self.durable else None

    @property
    def parts(self) -> list[Part]:
        """Everything handed on."""
        return [p for parts, _ in self.puts for p in parts]

    @property
    def kept(self) -> list[Part]:
        """What is durable."""
        return [p for parts, _ in self.puts[: self.durable] for p in parts]

    async def until(self, parts: int, seconds: float = 20.0) -> None:
        """Wait until so many parts were handed on."""
        async with asyncio.timeout(seconds):
            while len(self.parts) < parts:
                await asyncio.sleep(0.01)


async def record_once(recorder: Recorder, resume: Cursor | None = None, settles_at: int = 1 << 60) -> Recorded:
    """Record what a source has now, and make it durable."""
    recorded = Recorded(settles_at, recorder=recorder)
    await recorder.run(resume, recorded, once=True)
    await recorded.settle()
    return recorded


async def killed_after(recorder: Recorder, parts: int, settles_at: int, resume: Cursor | None = None) -> Recorded:
    """Record until so many parts came, then end it at once, as a kill would: the rest is not made durable."""
    recorded = Recorded(settles_at, recorder=recorder)
    task = asyncio.create_task(recorder.run(resume, recorded))
    await recorded.until(parts)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return recorded
