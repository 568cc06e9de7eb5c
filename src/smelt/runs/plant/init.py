"""A new plant folder: devices and mappings proposed from the probe and from what has landed."""

from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from smelt.lake.reader import LakeReader
from smelt.runs.plant.classes import MAPPINGS
from smelt.runs.plant.config import PlantFolder, write_plant
from smelt.runs.records import FILES, read_records
from smelt.silver.mapping import dump_mapping
from smelt.silver.propose import propose
from smelt.terms.plant import Device, Plant
from smelt.terms.tables import LAST_VALUES, STATIC_DEVICES

DEFAULT_CLASS = "machine"


@dataclass(frozen=True)
class Proposed:
    """What was written into a plant folder: devices by class, and the columns of each new mapping file."""

    devices: tuple[Device, ...]
    mappings: dict[str, int]


def propose_plant(folder: PlantFolder, data_items: pl.DataFrame, reader: LakeReader) -> tuple[PlantFolder, Proposed]:
    """Write plant.toml if it is missing, and a mapping file for each class that has none."""
    if not folder.plant.devices:
        plant = replace(folder.plant, devices=_devices(folder.root, data_items))
        folder = write_plant(folder, plant)
    return folder, Proposed(folder.plant.devices, propose_mappings(folder.root, folder.plant, data_items, reader))


def propose_mappings(root: Path, plant: Plant, data_items: pl.DataFrame, reader: LakeReader) -> dict[str, int]:
    """Write mappings/<class>.toml for each class without one; return the columns of each that was written."""
    seen = seen_items(reader)
    written = {}
    for name in plant.classes:
        path = root / MAPPINGS / f"{name}.toml"
        if path.exists():
            continue
        uuids = [d.uuid for d in plant.devices if d.class_name == name]
        mapping = propose(name, data_items.filter(pl.col("device_uuid").is_in(uuids)), seen)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dump_mapping(mapping))
        written[name] = len(mapping.columns)
    return written


def seen_items(reader: LakeReader) -> set[str] | None:
    """Return the data items that ever had a value; None where nothing has been ingested."""
    if not reader.exists(LAST_VALUES.name) or reader.scan(LAST_VALUES.name).limit(1).collect().height == 0:
        return None
    known = pl.col("value").is_not_null() | pl.col("text").is_not_null() | (pl.col("level") != "UNAVAILABLE")
    return set(reader.scan(LAST_VALUES.name).filter(known).select("data_item").unique().collect()["data_item"])


def _devices(root: Path, data_items: pl.DataFrame) -> tuple[Device, ...]:
    path = root / next(name for name, spec in FILES.items() if spec is STATIC_DEVICES)
    classes: dict[str, str] = {}
    if path.is_file():
        rows = pl.DataFrame(read_records(path, STATIC_DEVICES))
        classes = dict(rows.select("device_uuid", "class_name").rows())
    own = data_items.filter(~pl.col("is_agent")).select("device_uuid", "device_name").unique().sort("device_name")
    return tuple(Device(uuid, name, classes.get(uuid, DEFAULT_CLASS)) for uuid, name in own.rows())
