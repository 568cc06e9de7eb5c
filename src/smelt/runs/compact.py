"""Compaction on request: every table's small files to even ones, then what nothing names any more is deleted."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

from smelt.lake.compaction_job import Compacted, compact, compact_table, delete_unnamed
from smelt.lake.lease import hold
from smelt.lake.location import Location
from smelt.lake.plan import open_plans
from smelt.lake.reader import LakeReader
from smelt.lake.table import LakeTable
from smelt.runs.folded_tables import FOLDED
from smelt.runs.plant.classes import read_classes
from smelt.runs.plant.config import PlantFolder
from smelt.runs.probe import current_items, ended_items
from smelt.terms.class_tables import features_table, minutes_table, silver_table
from smelt.terms.errors import InputError
from smelt.terms.interval import DAY_US, from_us
from smelt.terms.tables import (
    ASSETS,
    DOCUMENTS,
    FILES,
    FIXED_TABLES,
    LAST_VALUES,
    OBSERVATIONS,
    QUARANTINE,
    RUNS,
    SEQUENCES,
    TASKS,
    TableSpec,
)

MANY_FILES = 64
APPENDED = (OBSERVATIONS, DOCUMENTS, FILES, SEQUENCES, LAST_VALUES, QUARANTINE, ASSETS, TASKS, RUNS)
OPEN_DAYS = 2


def compact_lake(folder: PlantFolder, clock: Callable[[], datetime], wait_seconds: float) -> list[Compacted]:
    """Compact every table of the lake that has small files.

    Raises
    ------
    InputError
        If a run was broken off: its plan names files, so it has to be finished first.
    """
    location = Location.of(folder.lake_uri)
    location.check_format()
    if not location.exists():
        raise InputError(f"no lake at {location.uri}; run 'smelt run' to make one.")
    specs = tables_of(folder, LakeReader(location.uri))
    with hold(location, "etl", wait_seconds), hold(location, "ml", wait_seconds):
        stage = _unfinished(location)
        if stage is not None:
            raise InputError(f"stage {stage} was broken off in a plan; run 'smelt run' to finish it, then compact.")
        return list(_compacted(location, specs))


def _unfinished(location: Location) -> str | None:
    """Return a stage whose plan is under way or was broken off."""
    done = LakeTable(location, RUNS).done
    return next((stage for stage, number in open_plans(location).items() if number > done(stage)), None)


def _compacted(location: Location, specs: list[TableSpec]) -> Iterator[Compacted]:
    for spec in specs:
        found = compact(location, spec, fold=FOLDED.get(spec.name))
        if found.files_before:
            yield replace(found, deleted=delete_unnamed(location, spec))


def tidy(folder: PlantFolder, location: Location, until_us: int) -> None:
    """Compact what a run left in many small files, but not the last days: their periods may be rewritten soon."""
    before = from_us(until_us - OPEN_DAYS * DAY_US).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    for spec in tables_of(folder, LakeReader(location.uri)):
        if spec not in APPENDED:
            compact(location, spec, MANY_FILES, before)


def tidy_appended(table: Callable[[TableSpec], LakeTable]) -> None:
    """Compact tables that are only ever added to, once they have many small files; `table` opens one."""
    for spec in APPENDED:
        compact_table(table(spec), MANY_FILES, fold=FOLDED.get(spec.name))


def delete_old(folder: PlantFolder, location: Location) -> None:
    """Delete files that no table has named for a day; nothing while a plan is open, which may read some of them."""
    if _unfinished(location) is None:
        for spec in tables_of(folder, LakeReader(location.uri)):
            delete_unnamed(location, spec)


def tables_of(folder: PlantFolder, reader: LakeReader) -> list[TableSpec]:
    """Return every table that the lake may have, the classes' included."""
    specs = list(FIXED_TABLES)
    mappings = read_classes(
        folder.root, folder.plant, current_items(reader), ended_items(reader), must_exist=False
    ).mappings
    for mapping in mappings.values():
        window = folder.plant.training.window_minutes
        specs += [silver_table(mapping), minutes_table(mapping), features_table(mapping, window)]
    return specs
