"""The whole way of the data: landing → copper → silver → gold → models → scores → episodes, only what is stale."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

from smelt.lake.lease import Renew, hold
from smelt.lake.location import Location
from smelt.lake.reader import LakeReader
from smelt.runs.compact import delete_old, tidy, tidy_appended
from smelt.runs.coverage import Coverage
from smelt.runs.driver import Driver, Progress, Silent
from smelt.runs.episodes import Episodes
from smelt.runs.gold import Gold
from smelt.runs.ingest.retain import Retained, retain
from smelt.runs.ingest.stage import Ingest
from smelt.runs.lake_state import LakeState
from smelt.runs.plant.classes import read_classes
from smelt.runs.plant.config import PlantFolder
from smelt.runs.plant.find_device import find_device
from smelt.runs.plant.init import Proposed, propose_plant
from smelt.runs.probe import current_items, store_probe
from smelt.runs.records import store_records
from smelt.runs.request import PARTS, Checked, Request, Seen, check
from smelt.runs.score import Scores
from smelt.runs.silver import Silver
from smelt.runs.stage import Stage
from smelt.runs.train import Train
from smelt.terms.tables import MODELS
from smelt.terms.work import Finished


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
            report = _run(driver, checked, request)
            if request.deletes_old and not driver.should_stop():
                delete_old(driver.folder, driver.location)
            return report
        finally:
            driver.close()


def _renew_all(leases: Sequence[Renew]) -> Renew:
    def renew() -> None:
        for one in leases:
            one()

    return renew


def _run(driver: Driver, checked: Checked, request: Request) -> Report:
    done: list[Finished] = []
    retained = None
    if "ingest" in request.parts:
        if checked.probe is not None:
            store_probe(driver, checked.probe)
        newest_at = None if request.is_sweep else driver.clock()
        done.append(driver.run(Ingest(driver, checked.documents, checked.logs, newest_at, request.newest_hours)))
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
    if any(stage.files_written for stage in done) and "etl" in request.roles and not driver.should_stop():
        tidy_appended(driver.table)
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
    classes = read_classes(driver.folder.root, plant, state.data_items, state.ended_items)
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


def _dry(driver: Driver, checked: Checked) -> Report:
    """Count what would run, stage by stage, from what the lake holds now; writes nothing."""
    reader = driver.reader
    counts = [("ingest", Ingest(driver, checked.documents, checked.logs).left())]
    if checked.folder.is_begun and checked.folder.plant.devices and reader.names():
        state = LakeState.now(reader)
        classes = read_classes(checked.folder.root, checked.folder.plant, state.data_items, state.ended_items)
        for stage in (Coverage, Silver, Gold, Scores):
            counts.append((stage.name, stage(driver, classes, state).left()))
    stages = tuple(Finished(name, 0, left, 0, 0, 0, 0, 0.0) for name, left in counts)
    return Report(checked.folder, Proposed((), {}), stages, reader, is_dry=True)
