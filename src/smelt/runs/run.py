"""The whole way of the data: landing → copper → silver → gold → models → scores → episodes, only what is stale."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from smelt.ingest.landing import Landing
from smelt.lake.lease import Renew, hold
from smelt.lake.location import Location
from smelt.lake.reader import LakeReader
from smelt.runs.classes import read_classes
from smelt.runs.compact import tidy
from smelt.runs.config import PlantFolder, read_plant
from smelt.runs.coverage import Coverage
from smelt.runs.driver import Driver, Progress, Silent
from smelt.runs.episodes import Episodes
from smelt.runs.find_device import find_device
from smelt.runs.gold import Gold
from smelt.runs.ingest import Ingest
from smelt.runs.init import Proposed, propose_plant
from smelt.runs.lake_state import LakeState
from smelt.runs.log_devices import log_device
from smelt.runs.probe import current_items, declared_items, probed_devices, read_probe, store_probe
from smelt.runs.records import check_records, store_records
from smelt.runs.retain import Retained, retain
from smelt.runs.score import Scores
from smelt.runs.silver import Silver
from smelt.runs.stage import Stage
from smelt.runs.train import Train
from smelt.terms.errors import InputError
from smelt.terms.observation import Probe
from smelt.terms.tables import MODELS
from smelt.terms.work import Finished

PARTS = ("ingest", "stages", "train", "score")
Seen = tuple[object, ...]  # the versions of tables and the plant's files that stages read


@dataclass(frozen=True)
class Request:
    """What to run: the plant's folder, settings from flags, how long to wait for another driver, and which parts.

    `devices` (names) are trained anew: none of them means all, None means those that are due. `is_sweep` looks for
    files in the whole landing zone, not in its newest hours alone. `retain` is the age at which landed files that
    are in copper go. `unless` is what an earlier report saw: where nothing is new since, the stages rest.
    """

    root: Path
    flags: dict[str, object]
    wait_seconds: float = 0.0
    parts: tuple[str, ...] = PARTS
    devices: tuple[str, ...] | None = None
    is_dry: bool = False
    is_sweep: bool = True
    retain: timedelta | None = None
    unless: Seen | None = None

    @property
    def roles(self) -> tuple[str, ...]:
        """The leases that the parts want: tables up to gold have one driver, models and results another."""
        etl = ("etl",) if {"ingest", "stages"} & set(self.parts) else ()
        return etl + (("ml",) if {"train", "score"} & set(self.parts) else ())


@dataclass(frozen=True)
class Report:
    """What a run did: what it proposed, if the plant was new, and each stage's figures."""

    folder: PlantFolder
    proposed: Proposed
    stages: tuple[Finished, ...]
    reader: LakeReader
    is_dry: bool = False
    retained: Retained | None = None
    seen: Seen | None = None  # None: the run was stopped before its last stage


@dataclass(frozen=True)
class _Checked:
    folder: PlantFolder
    probe: Probe | None
    documents: Landing | None
    logs: Landing | None


def run(
    request: Request,
    clock: Callable[[], datetime],
    progress: Progress | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Report:
    """Take new landing files through all stages; a second run does only what is new.

    Parameters
    ----------
    should_stop : asked between plans; a run that stops has committed all that it did, and a next one goes on.

    Raises
    ------
    InputError
        If something given is wrong (nothing is written then), or another driver holds the lake.
    """
    checked = check(request)
    location = Location.of(checked.folder.lake_uri)
    if request.is_dry:
        return _dry(Driver(checked.folder, location, clock), checked)
    location.begin()
    with ExitStack() as leases:
        expiry = checked.folder.plant.work.lease_seconds
        held = [
            leases.enter_context(hold(location, role, request.wait_seconds, expiry, should_stop))
            for role in request.roles
        ]
        driver = Driver(checked.folder, location, clock, progress or Silent(), _renew_all(held), should_stop)
        try:
            if request.is_sweep:
                driver.make_tables()
            return _run(driver, checked, request)
        finally:
            driver.close()


def _renew_all(leases: Sequence[Renew]) -> Renew:
    def renew() -> None:
        for one in leases:
            one()

    return renew


def check(request: Request) -> _Checked:
    """Read everything that a person gave and say what is wrong with it, before anything is written."""
    folder = read_plant(request.root, request.flags)
    location = Location.of(folder.lake_uri)
    location.check_format()
    if "ingest" not in request.parts and not location.exists():
        raise InputError(f"no lake at {location.uri}; run 'smelt run' to make one. Nothing was written.")
    for device in request.devices or ():
        find_device(folder.plant, device)
    check_records(folder.root)
    source = folder.plant.source
    probe = read_probe(_beside(folder, source.probe)) if source.probe else None
    documents = Landing.at(_beside(folder, source.landing), source.exclude) if source.landing else None
    logs = Landing.at(_beside(folder, source.shdr)) if source.shdr else None
    if documents is None and logs is None and "ingest" in request.parts:
        raise InputError(
            f"plant {folder.root}: no source; expected --landing DIR or --shdr 'PATTERN', or [source] in plant.toml."
        )
    if logs is not None:
        _check_logs(logs, probe, LakeReader(location.uri))
    if folder.is_begun:
        known = current_items(LakeReader(location.uri))
        items = pl.concat([known, declared_items(probe)]) if probe else known
        read_classes(folder.root, folder.plant, items, must_exist=False)
    return _Checked(folder, probe, documents, logs)


def _check_logs(logs: Landing, probe: Probe | None, reader: LakeReader) -> None:
    files = logs.files()
    if not files:
        raise InputError(
            f"no log matches '{logs.pattern}' in {logs.root}; expected adapter logs. Nothing was written. Check --shdr."
        )
    devices = probe.devices if probe else probed_devices(reader)
    for file in files:
        log_device(file.path, devices, logs)


def _beside(folder: PlantFolder, where: str) -> str:
    """Return an address; a relative path counts from the plant's folder (the command line makes its own absolute)."""
    return where if "://" in where else str(folder.root / where)


def _run(driver: Driver, checked: _Checked, request: Request) -> Report:
    done: list[Finished] = []
    retained = None
    if "ingest" in request.parts:
        if checked.probe is not None:
            store_probe(driver, checked.probe)
        newest_at = None if request.is_sweep else driver.clock()
        done.append(driver.run(Ingest(driver, checked.documents, checked.logs, newest_at)))
        if request.retain is not None and request.is_sweep and checked.documents is not None:
            retained = retain(driver, checked.documents, request.retain)
    proposed = Proposed((), {})
    if "stages" in request.parts:
        driver.folder, proposed = propose_plant(driver.folder, current_items(driver.reader), driver.reader)
        store_records(driver)
    seen = None
    if request.parts != ("ingest",):
        seen = _seen(driver)
        if seen != request.unless:
            done += _after_ingest(driver, request)
    seen = None if driver.should_stop() else seen
    return Report(driver.folder, proposed, tuple(done), driver.reader, retained=retained, seen=seen)


def _seen(driver: Driver) -> Seen:
    """Return what stages would read now: while it is the same, there is nothing to do."""
    versions = {**LakeState.now(driver.reader).versions, MODELS.name: driver.reader.version(MODELS.name)}
    files = [p for pattern in ("*.toml", "mappings/*.toml") for p in sorted(driver.folder.root.glob(pattern))]
    return *sorted(versions.items()), *((p.name, p.stat().st_mtime_ns, p.stat().st_size) for p in files)


def _after_ingest(driver: Driver, request: Request) -> list[Finished]:
    state = LakeState.now(driver.reader)
    plant = driver.folder.plant
    classes = read_classes(driver.folder.root, plant, state.data_items)
    named = None if request.devices is None else {find_device(plant, d).uuid for d in request.devices}
    stages: list[Callable[[], Stage]] = []
    if "stages" in request.parts:
        stages += [lambda s=s: s(driver, classes, state) for s in (Coverage, Silver, Gold)]  # type: ignore[misc]
    if "train" in request.parts:
        stages.append(lambda: Train(driver, classes, state, named))
    if "score" in request.parts:
        stages += [lambda: Scores(driver, classes, state), lambda: Episodes(driver, state)]
    done = [driver.run(make()) for make in stages if not driver.should_stop()]
    if request.parts == PARTS and any(stage.files_written for stage in done) and not driver.should_stop():
        tidy(driver.folder, driver.location, state.until_us)
    return done


def _dry(driver: Driver, checked: _Checked) -> Report:
    """Count what would run, stage by stage, from what the lake holds now; writes nothing."""
    reader = driver.reader
    counts = [("ingest", Ingest(driver, checked.documents, checked.logs).left())]
    if checked.folder.is_begun and checked.folder.plant.devices and reader.names():
        state = LakeState.now(reader)
        classes = read_classes(checked.folder.root, checked.folder.plant, state.data_items)
        for stage in (Coverage, Silver, Gold, Scores):
            counts.append((stage.name, stage(driver, classes, state).left()))
    stages = tuple(Finished(name, 0, left, 0, 0, 0, 0, 0.0) for name, left in counts)
    return Report(checked.folder, Proposed((), {}), stages, reader, is_dry=True)
