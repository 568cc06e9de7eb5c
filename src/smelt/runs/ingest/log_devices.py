"""Whose an adapter's log is: nothing in it says so, but where it lies does."""

from collections.abc import Sequence
from pathlib import PurePosixPath
from urllib.parse import unquote

import polars as pl

from smelt.ingest.landing import Landing
from smelt.lake.reader import LakeReader
from smelt.terms.errors import InputError
from smelt.terms.observation import DataItem, ProbedDevice
from smelt.terms.tables import DATA_ITEMS

RECORDED = "shdr"  # the landing zone's folder of recorded logs: shdr/<device>/YYYY/MM/dd/HH/…


def declared_devices(reader: LakeReader, version: int) -> tuple[ProbedDevice, ...]:
    """Return the devices that probes declared up to a version of copper/data_items (-1: none)."""
    if version <= 0:
        return ()  # a table is made without rows
    items = reader.scan(DATA_ITEMS.name, version).filter(pl.col("valid_to").is_null()).sort("device_uuid", "id")
    names = list(DataItem.__dataclass_fields__)
    key = ("device_uuid", "device_name", "is_agent")
    return tuple(
        ProbedDevice(
            str(uuid), str(name), bool(is_agent), tuple(DataItem(**row) for row in group.select(names).to_dicts())
        )
        for (uuid, name, is_agent), group in items.collect().group_by(key, maintain_order=True)
    )


def recorded_device(path: str, devices: Sequence[ProbedDevice]) -> str | None:
    """Return the uuid of the device whose recorded log lies at a path of the landing zone; None if it is no log.

    The folder below `shdr/` is the device's name or uuid; one that no probe knows is taken for a uuid.

    Examples
    --------
    >>> recorded_device("shdr/MILL/2026/11/24/09/x.gz", [ProbedDevice("mill-uuid", "MILL", False, ())])
    'mill-uuid'
    >>> recorded_device("shdr/other/x.gz", []), recorded_device("2026/11/24/09/x.gz", [])
    ('other', None)
    """
    if not path.startswith(f"{RECORDED}/") or path.count("/") < 2:
        return None
    said = unquote(path.split("/", 2)[1])
    return next((d.uuid for d in devices if said in (d.uuid, d.name)), said)


def log_device(path: str, devices: Sequence[ProbedDevice], source: Landing | None) -> ProbedDevice:
    """Return the device whose log a file given with --shdr is: its name is the folder's, or the file's name begins so.

    Raises
    ------
    InputError
        If no device of the probe fits.
    """
    folder = PurePosixPath(path).parent.name or PurePosixPath(source.root if source else "").name
    name = PurePosixPath(path).name
    own = [d for d in devices if not d.is_agent]
    fitting = [d for d in own if folder in (d.name, d.uuid)] or [
        d for d in sorted(own, key=lambda d: -len(d.name)) if name.startswith(d.name)
    ]
    if fitting or len(own) == 1:
        return (fitting or own)[0]
    raise InputError(
        f"log '{path}': neither its folder '{folder}' nor its name says which device it is of; "
        f"the probe has {', '.join(d.name for d in own) or 'no device'}. "
        "Nothing was written. Name the folder after the device, and give the probe with --probe."
    )
