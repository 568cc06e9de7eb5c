"""What a live source must do to be recorded: hand on parts as they came, each with the cursor that stands behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Cursor = Mapping[str, Any]  # plain JSON values: where a source is to be read on


@dataclass(frozen=True)
class Part:
    """A document, or a few lines, as a source gave it.

    source : URL or topic that it came from, such as `http://mazak-1:5000/sample?from=7` or
        `mqtt://shop:1883/MTConnect/Sample/<uuid>`; plant.toml's `agents.url` is a beginning of it.
    record_key : the broker's key of the record, if it has one.
    received_at_us : when it came: the broker's time, else the recorder's clock.
    """

    body: bytes
    content_type: str
    source: str
    received_at_us: int
    record_key: str | None = None


class Recording(Protocol):
    """Where recorders put what they read: the open landing file, one for all recorders of a process."""

    async def put(self, name: str, parts: Sequence[Part], cursor: Cursor) -> None:
        """Append parts; once they are durable in the landing zone, `cursor` becomes the recorder's committed one.

        Waits while there is no room (the landing zone is away and the spool is full).
        """
        ...


class Recorder(Protocol):
    """A live source; `name` is unique within a process and names its cursor.

    The contract: record, be killed at any moment, resume = one pass; nothing is lost that the source still has.
    What is handed on twice is dropped by ingest, which tells observations apart by their keys.
    """

    name: str

    async def run(self, resume: Cursor | None, recording: Recording, *, once: bool = False) -> None:
        """Hand on parts from the cursor `resume` (None: from the oldest that the source has) until cancelled.

        A source that is away is retried for ever, with back-off and jitter.

        Parameters
        ----------
        once : end when the source has nothing more at the moment.
        """
        ...

    async def committed(self, cursor: Cursor) -> None:
        """Hear that everything up to this cursor is durable: brokers are told so here."""
        ...
