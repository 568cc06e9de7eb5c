"""An adapter's port as a live source: its SHDR lines as they come, with the heartbeat that agents keep."""

import asyncio
import random
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

from smelt.ingest.backoff import Backoff
from smelt.ingest.recorded_file import as_time
from smelt.ingest.recorder import SHDR, Clock, Cursor, Gap, Part, Recording
from smelt.ingest.source_url import source_url
from smelt.terms.errors import InputError, TransientError

CONNECT_SECONDS = 10.0
SILENT_SECONDS = 600.0  # how long an adapter that answers no PING may say nothing
LIFE_SECONDS = 5.0
QUIET_SECONDS = 1.0  # with `once`: an adapter that has said what it knows is quiet, or talks of what happens now
ONCE_SECONDS = 5.0
READ_BYTES = 1 << 16
LONGEST_LINE_BYTES = 16 << 20
_PONG = re.compile(rb"\* PONG ([0-9]{1,9})\s*")
_NO_TIME = re.compile(rb"(?m)^\|")


class ShdrRecorder:
    """Records one adapter; see Recorder.

    An adapter keeps nothing: whatever it says while nobody listens is lost, and told as a gap of unknown size. What was
    heard is kept, whatever ends this process. What an adapter knows now it says to everybody who connects. An agent
    would set all UNAVAILABLE in between; nothing of the kind is invented here. A line whose time is left empty gets
    that of its arrival, as agents do it; everything else but the heartbeat is kept as it is.

    Parameters
    ----------
    url : `shdr://host:7878/<device>`, the device by name or uuid: its log's folder in the landing zone.
    clock : microseconds since 1970.
    rng : spreads retries.

    Raises
    ------
    InputError
        If the URL names no host or no device.
    """

    def __init__(self, url: str, name: str, clock: Clock, rng: random.Random, first_wait_seconds: float = 1.0) -> None:
        asked = source_url(url)
        asked.only_options()
        if not asked.path:
            raise InputError(f"source '{url}': expected the device that it speaks for, as in shdr://host:7878/Mazak01.")
        self.name, self.url = name, asked.shown
        self._host, self._port = asked.host_and_port(7878)
        self._clock, self._backoff = clock, Backoff(rng, first_wait_seconds)
        self._heard_us: int | None = None

    async def run(self, resume: Cursor | None, recording: Recording, *, once: bool = False) -> None:
        """Record until cancelled; see Recorder."""
        self._heard_us = int(resume["heard_us"]) if resume else None
        while True:
            try:
                return await self._listen(recording, once=once)
            except (TransientError, OSError) as error:
                why = f"adapter {self._host}:{self._port}: {str(error) or 'no answer'}"
                recording.trouble(self.name, why)
                await self._backoff.wait_after(TransientError(why), once=once)

    async def committed(self, cursor: Cursor) -> None:
        """Do nothing: an adapter keeps no place for its readers."""

    async def _listen(self, recording: Recording, *, once: bool) -> None:
        """Connect and record until the adapter is gone, or, with `once`, has said what it knows."""
        async with asyncio.timeout(CONNECT_SECONDS):
            reader, writer = await asyncio.open_connection(self._host, self._port)
        try:
            if self._heard_us is not None:
                recording.gap(self.name, self._silence(self._heard_us))
            await self._put(recording, b"")
            async for lines in _lines(reader, writer, once=once):
                self._backoff.worked()
                await self._put(recording, lines)
        finally:
            writer.close()

    async def _put(self, recording: Recording, lines: bytes) -> None:
        now_us = self._heard_us = self._clock()
        kept = _NO_TIME.sub(as_time(now_us).encode() + b"|", lines)
        part = Part(kept, SHDR, self.url, now_us, observations=kept.count(b"|") // 2, is_once=True)
        await recording.put(self.name, [part] if kept else [], {"heard_us": now_us})

    def _silence(self, heard_us: int) -> Gap:
        now_us = self._clock()
        text = (
            f"nobody listened to adapter {self._host}:{self._port} from {as_time(heard_us)} to {as_time(now_us)}: "
            "what it said meanwhile is lost, but for what it repeats to everybody who connects."
        )
        return Gap("lost", now_us, None, text)


@dataclass
class Heartbeat:
    """When an adapter was heard and asked; `seconds` between two PINGs are those that its PONG named."""

    heard_at: float
    asked_at: float = -SILENT_SECONDS
    seconds: float = SILENT_SECONDS / 2

    def keep(self, now: float, writer: asyncio.StreamWriter) -> None:
        """Send a PING when it is time.

        Raises
        ------
        TransientError
            If nothing was heard for two heartbeats.
        """
        if now - self.heard_at > 2 * self.seconds:
            raise TransientError(f"silent for {now - self.heard_at:.3g} s, two heartbeats: taken for dead")
        if now - self.asked_at >= self.seconds:
            self.asked_at = now
            writer.write(b"* PING\n")


async def _lines(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, once: bool) -> AsyncIterator[bytes]:
    """Give whole lines as they come, b'' as a sign of life, and keep the heartbeat.

    Raises
    ------
    TransientError
        If the adapter ended the connection, or is silent for two heartbeats.
    """
    now = asyncio.get_running_loop().time
    began_at = told_at = now()
    heart, rest = Heartbeat(began_at), b""
    while not (once and now() - began_at >= ONCE_SECONDS):
        heart.keep(now(), writer)
        lines = b""
        try:
            async with asyncio.timeout(min(QUIET_SECONDS, heart.seconds)):
                data = await reader.read(READ_BYTES)
            if not data:
                torn = f"; {len(rest)} bytes of a line without an end are left out" if rest else ""
                raise TransientError(f"the adapter ended the connection{torn}")
            heart.heard_at = now()
            whole, rest = _whole_lines(rest + data)
            heart.seconds, lines = _without_pong(whole, heart.seconds)
        except TimeoutError:
            if once:
                return
        if lines or now() - told_at >= LIFE_SECONDS:
            told_at = now()
            yield lines


def _whole_lines(data: bytes) -> tuple[bytes, bytes]:
    """Return whole lines, and what of the next is there."""
    end = data.rfind(b"\n") + 1
    if len(data) - end > LONGEST_LINE_BYTES:
        raise TransientError(f"{len(data) - end:,} bytes without a line's end: this is no adapter's port")
    return data[:end], data[end:]


def _without_pong(lines: bytes, beat: float) -> tuple[float, bytes]:
    """Take the answers to PING out of lines; return the heartbeat in seconds that the last named, and the rest."""
    if b"* PONG" not in lines:
        return beat, lines
    kept = []
    for line in lines.splitlines(keepends=True):
        if found := _PONG.fullmatch(line):
            beat = max(0.05, int(found[1]) / 1000)
        else:
            kept.append(line)
    return beat, b"".join(kept)
