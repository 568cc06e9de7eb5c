"""Checks of this machine and this plant, each with how to mend what is wrong."""

import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from smelt.lake.location import Location
from smelt.lake.reader import LakeReader
from smelt.runs.mapping_diff import native_items
from smelt.runs.plant.classes import read_classes
from smelt.runs.plant.config import PlantFolder
from smelt.runs.probe import current_items, ended_items
from smelt.terms.errors import SmeltError

LEAST_FREE_BYTES = 2_000_000_000


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: whether it is well, what was seen, and how to mend it."""

    name: str
    is_well: bool
    seen: str
    mend: str = ""


def examine(folder: PlantFolder | None, port: int) -> Iterator[Check]:
    """Yield the checks of Python, disk, port, plant, mappings and lake, in this order."""
    yield Check(
        "python",
        sys.version_info >= (3, 11),
        sys.version.split()[0],
        "smelt needs Python 3.11 or later: make the environment with a newer python3.",
    )
    yield _disk(folder.root if folder else Path.cwd())
    yield _port(port)
    if folder is None:
        yield Check("plant", False, "none found", "Run 'smelt init --probe FILE', or name one with --plant.")
        return
    yield _tried("plant", lambda: f"{len(folder.plant.devices)} devices in {folder.root}")
    location = Location.of(folder.lake_uri)
    yield _tried("lake", lambda: _lake(location))
    if folder.plant.devices:
        reader = LakeReader(location.uri)
        yield _tried("mappings", lambda: _mappings(folder, reader))
        yield from _units(folder, reader)


def _disk(at: Path) -> Check:
    here = next(p for p in (at, *at.parents) if p.exists())
    free = shutil.disk_usage(here).free
    return Check(
        "disk",
        free > LEAST_FREE_BYTES,
        f"{free / 1e9:.1f} GB free at {here}",
        f"a lake wants at least {LEAST_FREE_BYTES / 1e9:.0f} GB: free some, or set lake.uri to another disk.",
    )


def _port(port: int) -> Check:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return Check("port", False, f"{port}: {error.strerror}", "serve on another one: smelt serve --port N.")
    return Check("port", True, f"{port} is free")


def _lake(location: Location) -> str:
    location.check_format()
    if not location.exists():
        return f"{location.uri}: not begun yet; 'smelt run' makes it"
    reader = LakeReader(location.uri)
    names = reader.names()
    for name in names:
        reader.version(name)
    return f"{location.uri}: {len(names)} tables"


def _mappings(folder: PlantFolder, reader: LakeReader) -> str:
    classes = read_classes(folder.root, folder.plant, current_items(reader), ended_items(reader))
    return ", ".join(f"{name} {len(m.columns)} columns" for name, m in classes.mappings.items())


def _units(folder: PlantFolder, reader: LakeReader) -> Iterator[Check]:
    """Yield whether all that adapter logs say is converted, if there is a log and its mapping can be read."""
    try:
        native = native_items(reader)
        classes = read_classes(folder.root, folder.plant, current_items(reader), ended_items(reader))
    except SmeltError:
        return  # said by the checks before
    if not native:
        return
    lost = [
        f"{d.name} {item}"
        for d in folder.plant.devices
        for item in classes.resolved(d.uuid).unlogged
        if (d.uuid, item) in native
    ]
    yield Check(
        "units",
        not lost,
        f"null, for nobody can convert what logs say: {', '.join(lost)}" if lost else "all that logs say is converted",
        "'smelt mapping diff' says why; mend the probe.",
    )


def _tried(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, True, look())
    except SmeltError as error:
        return Check(name, False, str(error))
