"""From options to a plant folder, a driver and the clock: the only place of the command line that asks for the time."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from smelt.lake.location import Location
from smelt.runs.plant.config import PlantFolder, find_root, read_plant
from smelt.terms.errors import InputError

if TYPE_CHECKING:
    from smelt.runs.driver import Progress
    from smelt.runs.follow import FollowProgress


PATHS = ("lake__uri", "source__landing", "source__shdr", "source__probe")


def now() -> datetime:
    """Return the time, aware."""
    return datetime.now(UTC)  # noqa: TID251 the command line is an edge


def root_of(plant: str | None) -> Path:
    """Return the plant's folder."""
    return find_root(plant, os.environ, Path.cwd())


def open_plant(plant: str | None, lake: str | None = None) -> PlantFolder:
    """Read the plant that the options name.

    Raises
    ------
    InputError
        If the folder is no plant and has no lake either.
    """
    folder = read_plant(root_of(plant), {"lake.uri": _absolute(lake)})
    if not folder.is_begun and not Location.of(folder.lake_uri).exists():
        raise InputError(
            f"{folder.root} is no plant: it has no plant.toml and no lake. "
            f"Run 'smelt init' or 'smelt run --plant {folder.root} --landing FOLDER --probe FILE' to make one."
        )
    return folder


def flags_of(**flags: object) -> dict[str, object]:
    """Return settings by dotted name, a dot written as two underscores; paths are counted from here."""
    return {
        name.replace("__", "."): _absolute(value) if name in PATHS and isinstance(value, str) else value
        for name, value in flags.items()
    }


def _absolute(where: str | None) -> str | None:
    return where if where is None or "://" in where else os.path.normpath(Path(where).absolute())


@contextmanager
def silent_or_bars(is_silent: bool) -> "Iterator[Progress]":
    """Give progress bars, or nothing where JSON is wanted."""
    from smelt.cli.progress import Bars
    from smelt.runs.driver import Silent

    if is_silent:
        yield Silent()
    else:
        with Bars() as bars:
            yield bars


@contextmanager
def ingest_line_or_bars(is_ingest: bool) -> "Iterator[FollowProgress]":
    """Give what shows how a run that goes on goes."""
    from smelt.cli.ingest_line import IngestLine
    from smelt.cli.progress import Bars

    with IngestLine() if is_ingest else Bars(is_following=True) as progress:
        yield progress
