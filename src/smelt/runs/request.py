"""What a run is asked for, and whether what a person gave makes sense: said before anything is written."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import polars as pl

from smelt.ingest.landing import Landing
from smelt.ingest.newest import NEWEST
from smelt.lake.location import Location
from smelt.lake.reader import LakeReader
from smelt.runs.ingest.log_devices import log_device
from smelt.runs.plant.classes import read_classes
from smelt.runs.plant.config import PlantFolder, read_plant
from smelt.runs.plant.find_device import find_device
from smelt.runs.probe import current_items, declared_items, ended_items, probed_devices, read_probe
from smelt.runs.records import check_records
from smelt.terms.errors import InputError
from smelt.terms.observation import Probe

PARTS = ("ingest", "stages", "train", "score")
Seen = tuple[object, ...]  # the versions of tables and the plant's files that stages read


@dataclass(frozen=True)
class Request:
    """What to run: the plant's folder, settings from flags, how long to wait for another driver, and which parts.

    `devices` (names) are trained anew: none of them means all, None means those that are due. `is_sweep` looks for
    files in the whole landing zone, not in its `newest_hours` alone. `retain` is the age at which landed files that
    are in copper go. `unless` is what an earlier report saw: where nothing is new since, the stages rest.
    `deletes_old` ends with deleting files that no table has named for a day.
    """

    root: Path
    flags: dict[str, object]
    wait_seconds: float = 0.0
    parts: tuple[str, ...] = PARTS
    devices: tuple[str, ...] | None = None
    is_dry: bool = False
    is_sweep: bool = True
    newest_hours: int = NEWEST
    retain: timedelta | None = None
    unless: Seen | None = None
    deletes_old: bool = False

    @property
    def roles(self) -> tuple[str, ...]:
        """The leases that the parts want: tables up to gold have one driver, models and results another."""
        etl = ("etl",) if {"ingest", "stages"} & set(self.parts) else ()
        return etl + (("ml",) if {"train", "score"} & set(self.parts) else ())


@dataclass(frozen=True)
class Checked:
    """What a request names, read: the plant, the probe, and where documents and logs land."""

    folder: PlantFolder
    probe: Probe | None
    documents: Landing | None
    logs: Landing | None


def check(request: Request) -> Checked:
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
    if logs is not None and request.is_sweep:
        _check_logs(logs, probe, LakeReader(location.uri))
    if folder.is_begun:
        reader = LakeReader(location.uri)
        known, ended = current_items(reader), ended_items(reader)
        items = pl.concat([known, declared_items(probe)]) if probe else known
        read_classes(folder.root, folder.plant, items, ended, must_exist=False)
    return Checked(folder, probe, documents, logs)


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
