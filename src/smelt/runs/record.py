"""Recording: every live source of a plant into the landing zone, in one process, until it is told to stop."""

import asyncio
import contextlib
import os
import random
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from smelt.ingest.agent_requests import Pace
from smelt.ingest.delivery import Delivery
from smelt.ingest.landing_zone import AWAY, OWN, LandingZone
from smelt.ingest.recorder import Clock
from smelt.ingest.recorder_state import RecorderState
from smelt.ingest.recording import LandingRecording, Rolling
from smelt.ingest.spool import Spool
from smelt.lake.lease import Renew, hold
from smelt.lake.location import Location
from smelt.lake.store_errors import explain
from smelt.runs.plant.config import PlantFolder, read_plant
from smelt.runs.plant.live_sources import live_agents
from smelt.runs.record_session import RecordSession
from smelt.terms.errors import InputError, LeaseError

MB = 1_000_000
Watch = Callable[[RecorderState], None]


@dataclass(frozen=True)
class RecordRequest:
    """What to record: the plant's folder, settings from flags, sources by URL (none: all of plant.toml).

    for_seconds : end after so long; None: when told to.
    once : end when no source has anything more.
    wait_seconds : for another process of the same name to end.
    """

    root: Path
    flags: dict[str, object]
    urls: tuple[str, ...] = ()
    for_seconds: float | None = None
    once: bool = False
    wait_seconds: float = 0.0


def record(request: RecordRequest, clock: Callable[[], datetime], rng: random.Random, watch: Watch) -> RecorderState:
    """Record until the time is over, SIGTERM or SIGINT comes, or, once, nothing is left; all that was read is durable.

    Parameters
    ----------
    rng : spreads retries and names files; its state must differ from process to process.
    watch : called twice a second with how it goes.

    Raises
    ------
    InputError
        If a setting or a source's URL is wrong, or another process of this name records here.
    TransientError
        If a source was away with `once`, what was read last could be stored nowhere, or the landing zone is away
        and this machine never recorded into it.
    """
    folder = read_plant(request.root, request.flags)
    settings = folder.plant.record
    agents = live_agents(folder.plant, request.urls)
    zone = LandingZone.at(_landing(folder))
    spool = Spool(spool_folder(folder) / settings.name, int(settings.spool_mb * MB))
    with _lease(zone, settings.name, request.wait_seconds) as make_sure:

        def tick(state: RecorderState) -> None:
            make_sure()
            watch(state)

        async def work() -> RecorderState:
            delivery = Delivery(settings.name, zone, spool, rng)
            rolling = Rolling(settings.roll_seconds, int(settings.roll_mb * MB))
            recording = LandingRecording(delivery, rolling, now_us, rng)
            return await session.run(recording, f"process {os.getpid()} on {socket.gethostname()}")

        now_us, pace = _as_us(clock), Pace(settings.interval_ms, settings.heartbeat_ms)
        session = RecordSession(agents, pace, now_us, rng, request.for_seconds, request.once, tick)
        return asyncio.run(work())


def spool_folder(folder: PlantFolder) -> Path:
    """Return the folder in which each recorder process of the plant has its spool."""
    return folder.root / folder.plant.record.spool


@contextmanager
def _lease(zone: LandingZone, name: str, wait_seconds: float) -> Iterator[Renew]:
    """Hold the name in the landing zone; while that is away nobody can hold or ask for it, and recording goes on."""
    try:
        zone.check()
    except AWAY as error:
        told = explain(error)
        if isinstance(told, InputError):
            raise told from error
        yield _nothing
        return
    held = hold(Location.of(f"{zone.uri}/{OWN}"), f"record-{name}", wait_seconds)
    try:
        make_sure = held.__enter__()
    except LeaseError as error:
        raise LeaseError(
            f"landing zone {zone.uri}: {error} Two recorders at a time need two names: [record] name in plant.toml."
        ) from error
    with contextlib.ExitStack() as stack:
        stack.push(held.__exit__)
        yield make_sure


def _nothing() -> None:
    """Make sure of nothing."""


def _landing(folder: PlantFolder) -> str:
    where = folder.plant.source.landing
    if where is None:
        raise InputError(
            f"plant {folder.root}: no landing zone; expected --landing DIR or URL, or [source] landing in plant.toml."
        )
    return where if "://" in where else str(folder.root / where)


def _as_us(clock: Callable[[], datetime]) -> Clock:
    return lambda: int(clock().timestamp() * 1e6)
