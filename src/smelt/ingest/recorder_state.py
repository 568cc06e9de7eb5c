"""How recorders are doing, for the live line and the Pipeline page: written beside their cursors, read by anyone."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import obstore
from obstore.store import LocalStore, ObjectStore, from_url

from smelt.ingest.landing_zone import OWN
from smelt.ingest.recorder import Gap, Part

STATE = ".state.json"
KEPT_GAPS = 50


@dataclass(frozen=True)
class SourceState:
    """One source, counted since its recorder process began.

    last_contact_us : when it last sent anything, heartbeats included.
    observations : as far as the recorder knows without decoding; 0 where it cannot.
    lost, restarts : observations that the source no longer had; how often its numbers began anew.
    lateness_s : of the last part: from its making, by the source's clock, to its arrival, by ours.
    error : why there is no contact; None when all is well.
    gaps : the last ones, at most KEPT_GAPS.
    """

    name: str
    url: str
    last_contact_us: int | None = None
    parts: int = 0
    bytes: int = 0
    observations: int = 0
    lost: int = 0
    restarts: int = 0
    lateness_s: float | None = None
    error: str | None = None
    gaps: tuple[Gap, ...] = ()

    def with_parts(self, parts: Sequence[Part], now_us: int) -> "SourceState":
        """Count parts; they are a contact and end an error."""
        last = parts[-1] if parts else None
        made = last.created_at_us if last else None
        return replace(
            self,
            last_contact_us=now_us,
            parts=self.parts + len(parts),
            bytes=self.bytes + sum(len(p.body) for p in parts),
            observations=self.observations + sum(p.observations for p in parts),
            lateness_s=(last.received_at_us - made) / 1e6 if last and made is not None else self.lateness_s,
            error=None,
        )

    def with_gap(self, gap: Gap) -> "SourceState":
        """Count a gap."""
        lost = (gap.count or 0) if gap.kind == "lost" else 0
        restarts = self.restarts + (gap.kind == "restarted")
        return replace(self, lost=self.lost + lost, restarts=restarts, gaps=(*self.gaps, gap)[-KEPT_GAPS:])


@dataclass(frozen=True)
class RecorderState:
    """One recorder process.

    who : process and machine.
    files, file_bytes : landing files that are durable, in the zone or in the spool.
    spooled_files, spooled_bytes, spool_limit_bytes : what waits on the local disk for the landing zone.
    error : why the landing zone is away, None when it is not.
    is_ended : it stopped on purpose; else one whose `written_at_us` is minutes old has died, or its zone is away.
    """

    name: str
    who: str
    started_at_us: int
    written_at_us: int
    landing: str
    files: int = 0
    file_bytes: int = 0
    spooled_files: int = 0
    spooled_bytes: int = 0
    spool_limit_bytes: int = 0
    error: str | None = None
    is_ended: bool = False
    sources: tuple[SourceState, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


def recorder_states(landing: str, spool: Path | None = None) -> list[RecorderState]:
    """Return the state of every recorder process that ever wrote to a landing zone, by name; the newest of each.

    Parameters
    ----------
    landing : folder or URL.
    spool : the plant's spool folder, if it is on this machine: while the landing zone is away, recorders can
        write their state only there.

    Notes
    -----
    A landing zone that is away, and a state that cannot be read, are left out: the page must open all the same.
    """
    found: dict[str, RecorderState] = {}
    for text in (*_in_zone(landing), *_in_spool(spool)):
        state = _state(text)
        if state and (state.name not in found or state.written_at_us > found[state.name].written_at_us):
            found[state.name] = state
    return [found[name] for name in sorted(found)]


def _in_zone(landing: str) -> list[bytes]:
    try:
        store: ObjectStore = from_url(landing) if "://" in landing else LocalStore(landing)
        listed = [f["path"] for page in store.list(OWN) for f in page]
        return [bytes(obstore.get(store, path).bytes()) for path in listed if path.endswith(STATE)]
    except Exception:  # whatever a store raises: a page that says nothing of recorders is better than none
        return []


def _in_spool(spool: Path | None) -> list[bytes]:
    return [p.read_bytes() for p in spool.glob(f"*/state{STATE}")] if spool and spool.is_dir() else []


def _state(text: bytes) -> RecorderState | None:
    try:
        values = json.loads(text)
        sources = [SourceState(**s | {"gaps": tuple(Gap(**g) for g in s["gaps"])}) for s in values["sources"]]
        return RecorderState(**values | {"sources": tuple(sources)})
    except (ValueError, TypeError, KeyError):
        return None
