"""What a live source must do to be recorded: hand on parts as they came, each with the cursor that stands behind it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Cursor = Mapping[str, Any]  # plain JSON values: where a source is to be read on
Clock = Callable[[], int]  # microseconds since 1970, UTC
SHDR = "text/x-shdr"  # the content type of an adapter's lines


@dataclass(frozen=True)
class Part:
    """A document, or a few lines, as a source gave it.

    content_type : as the source said; SHDR for whole lines of an adapter, which go to the log of the device
        that `source` names last (`shdr://host:7878/<device>`).
    source : URL or topic that it came from, without a password, such as `http://mazak-1:5000/sample?from=7` or
        `mqtt://shop:1883/MTConnect/Sample/<uuid>`; plant.toml's `agents.url` is a beginning of it.
    received_at_us : when it came: the broker's time, else the recorder's clock.
    record_key : the broker's key of the record, if it has one.
    observations : how many are in it, as far as the recorder knows without decoding it; for the live line.
    created_at_us : when its source made it, if that is known; lateness is counted from it.
    is_once : its source cannot say it again, as an adapter: it is on the local disk from the moment that it is put.
    """

    body: bytes
    content_type: str
    source: str
    received_at_us: int
    record_key: str | None = None
    observations: int = 0
    created_at_us: int | None = None
    is_once: bool = False


@dataclass(frozen=True)
class Gap:
    """What could not be recorded: `lost` (the source no longer had it) or `restarted` (its numbers began anew).

    `count` says how many observations or messages, None if nobody knows; `text` is a sentence for people.
    """

    kind: Literal["lost", "restarted"]
    at_us: int
    count: int | None
    text: str


class Recording(Protocol):
    """Where recorders put what they read: the open landing file, one for all recorders of a process."""

    async def put(self, name: str, parts: Sequence[Part], cursor: Cursor) -> None:
        """Append parts; once they are durable in the landing zone, `cursor` becomes the recorder's committed one.

        Parts that are said once survive the process from here on; so does their cursor.

        Waits while there is no room (the landing zone is away and the spool is full). No parts, but a cursor,
        is a sign of life.
        """
        ...

    def trouble(self, name: str, error: str) -> None:
        """Say that the source is away or odd, in a sentence; the next `put` says that it is well again."""
        ...

    def gap(self, name: str, gap: Gap) -> None:
        """Say what was lost, or that the source restarted."""
        ...

    def hurry(self) -> None:
        """Ask that what was put become durable now: a source hands out no more before it hears of that."""
        ...


class Recorder(Protocol):
    """A live source; `name` is unique within a process and names its cursor.

    The contract: record, be killed at any moment, resume = one pass; nothing is lost that the source still has.
    What is handed on twice is dropped by ingest, which tells observations apart by their keys.
    """

    name: str
    url: str  # as people gave it, without a password

    async def run(self, resume: Cursor | None, recording: Recording, *, once: bool = False) -> None:
        """Hand on parts from the cursor `resume` (None: from the oldest that the source has) until cancelled.

        A source that is away is retried for ever, with back-off and jitter.

        Parameters
        ----------
        once : end when the source has nothing more at the moment.

        Raises
        ------
        TransientError
            With `once` only: the source is away.
        """
        ...

    async def committed(self, cursor: Cursor) -> None:
        """Hear that everything up to this cursor is durable: brokers are told so here."""
        ...
