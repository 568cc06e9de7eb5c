"""How closed landing files become durable: in the landing zone, or in the spool while that is away; then cursors."""

import asyncio
import contextlib
import json
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from smelt.ingest.landing_zone import AWAY, LandingZone
from smelt.ingest.recorder import Cursor
from smelt.ingest.spool import LandingBytes, Spool
from smelt.terms.errors import TransientError

LONGEST_WAIT_SECONDS = 60.0
_REQUEST = re.compile(r"^.*Error performing \w+ \S+ in .*? - ")  # what obstore says before the reason


@dataclass(frozen=True)
class Batch:
    """Closed files, and the cursors of all recorders that stand behind them and all before.

    is_left : by a process that was killed, perhaps after it had delivered them.
    """

    files: tuple[LandingBytes, ...]
    cursors: Mapping[str, Cursor]
    is_left: bool = False


@dataclass
class Delivery:
    """The way of closed files to where they are durable; one batch at a time.

    error : why the landing zone took nothing last time, None if it did.
    """

    name: str
    zone: LandingZone
    spool: Spool
    rng: random.Random
    first_wait_seconds: float = 1.0
    error: str | None = None
    _failures: int = field(default=0)
    _retry_at: float = field(default=0.0)

    async def begin(self) -> dict[str, Any]:
        """Return the cursors that recording goes on from.

        The spool's if there are any; else the landing zone's; while that is away, those it had last, as far as
        this machine knows, which is never too far on.

        Raises
        ------
        TransientError
            If the landing zone is away and this machine never recorded into it.
        """
        ahead = self.spool.cursors()
        if ahead is not None:
            return ahead
        try:
            return await self.zone.own(self._cursors_file) or {}
        except AWAY as error:
            self._failed(error)
            known = self.spool.delivered()
            if known is None:
                raise TransientError(f"{self.error}. Nothing is recorded: where to go on stands there.") from error
            return known

    async def offer(self, batch: Batch) -> bool:
        """Try to make a batch durable; False if the landing zone is away and the spool has no room."""
        if not self.spool.waiting():
            try:
                put = self.zone.put_once if batch.is_left else self.zone.put
                for file in batch.files:
                    await put(file.key, file.body)
                await self._put_cursors(batch.cursors)
                return True
            except AWAY as error:
                self._failed(error)
        try:
            await asyncio.to_thread(self.spool.add, batch.files, batch.cursors)
            return True
        except TransientError as error:
            self.error = str(error)
        except OSError as error:
            where = f"spool {self.spool.folder}: {error.strerror or error}"
            self.error = f"{where}. Recording waits until there is room, or the landing zone is back."
        return False

    async def drain(self, seconds: float) -> bool:
        """Bring what waits in the spool to the landing zone, oldest first; True if the time ended before the end."""
        waiting, now = self.spool.waiting(), asyncio.get_running_loop().time
        if not waiting or now() < self._retry_at:
            return False
        until = now() + seconds
        try:
            for path in waiting:
                if now() >= until:
                    return True
                file = self.spool.read(path)
                await self.zone.put_once(file.key, file.body)
                path.unlink()
            await self._put_cursors(self.spool.cursors() or {})
        except AWAY as error:
            self._failed(error)
        return False

    async def tell(self, file: str, state: Mapping[str, Any]) -> None:
        """Write a state file to the landing zone; into the spool's folder while that is away."""
        if not self.error:
            try:
                await self.zone.put_own(f"{self.name}{file}", state)
                return
            except AWAY as error:
                self._failed(error)
        with contextlib.suppress(OSError):  # a disk that is full: why nothing can be delivered matters more
            self.spool.folder.mkdir(parents=True, exist_ok=True)
            part = self.spool.folder / f"state{file}.part"
            part.write_text(json.dumps(state))
            part.replace(part.with_suffix(""))

    def wait_seconds(self) -> float:
        """Return how long to wait: longer each time, and not all recorders at once."""
        longer = self.first_wait_seconds * 2.0 ** min(self._failures, 10)
        return min(LONGEST_WAIT_SECONDS, longer) * self.rng.uniform(0.5, 1.0)

    @property
    def _cursors_file(self) -> str:
        return f"{self.name}.json"

    async def _put_cursors(self, cursors: Mapping[str, Cursor]) -> None:
        if cursors:
            await self.zone.put_own(self._cursors_file, cursors)
            self.spool.note_delivered(cursors)
        self.error, self._failures = None, 0

    def _failed(self, error: Exception) -> None:
        self._failures += 1
        reason = _REQUEST.sub("", (str(error).splitlines() or [type(error).__name__])[0])
        self.error = f"landing zone {self.zone.uri}: {reason}"
        self._retry_at = asyncio.get_running_loop().time() + self.wait_seconds()
