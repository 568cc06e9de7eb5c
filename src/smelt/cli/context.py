"""From options to a plant folder, a driver and the clock: the only place of the command line that asks for the time."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from smelt.runs.config import PlantFolder, find_root, read_plant

if TYPE_CHECKING:
    from smelt.runs.driver import Progress


def now() -> datetime:
    """Return the time, aware."""
    return datetime.now(UTC)  # noqa: TID251 the command line is an edge


def root_of(plant: str | None) -> Path:
    """Return the plant's folder."""
    return find_root(plant, os.environ, Path.cwd())


def open_plant(plant: str | None, lake: str | None = None, **flags: object) -> PlantFolder:
    """Read the plant that the options name; settings in `flags` by dotted name, a dot written as two underscores."""
    named = {name.replace("__", "."): value for name, value in flags.items()}
    return read_plant(root_of(plant), {"lake.uri": _absolute(lake), **named})


def flags_of(**flags: object) -> dict[str, object]:
    """Return settings by dotted name, a dot written as two underscores; a path is made absolute."""
    return {
        name.replace("__", "."): _absolute(value) if name == "lake__uri" and isinstance(value, str) else value
        for name, value in flags.items()
    }


def _absolute(lake: str | None) -> str | None:
    return lake if lake is None or "://" in lake else str(Path(lake).absolute())


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
