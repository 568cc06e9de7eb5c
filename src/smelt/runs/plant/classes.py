"""The classes of a plant as the stages see them: each device's mapping, resolved on its data items."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from smelt.runs.fingerprint import fingerprint
from smelt.silver.definitions import ALWAYS
from smelt.silver.mapping import dump_mapping, load_mapping
from smelt.silver.resolve import Feed, Resolved, check_items, resolve
from smelt.silver.units import conversion
from smelt.terms.errors import InputError
from smelt.terms.plant import ClassMapping, Device, Plant

MAPPINGS = "mappings"


@dataclass(frozen=True)
class Classes:
    """Mapping files and the devices they map."""

    devices: tuple[Device, ...]
    mappings: Mapping[str, ClassMapping]
    data_items: pl.DataFrame
    ended: pl.DataFrame

    def of(self, device_uuid: str) -> ClassMapping:
        """Return the mapping of a device's class."""
        return self.mappings[self._class_of[device_uuid]]

    def resolved(self, device_uuid: str) -> Resolved:
        """Return the mapping resolved on one device."""
        return self._resolved[device_uuid]

    @cached_property
    def fingerprints(self) -> dict[str, int]:
        """What each device's mapping was made from: the columns, and how its items convert."""
        return {uuid: fingerprint(r.mapping, r.feeds, *r.limits) for uuid, r in self._resolved.items()}

    @cached_property
    def mapped(self) -> frozenset[tuple[str, str]]:
        """The (device, data item id) pairs that are mapped."""
        return frozenset((uuid, item) for uuid, r in self._resolved.items() for item in r.item_ids)

    @cached_property
    def _class_of(self) -> dict[str, str]:
        return {d.uuid: d.class_name for d in self.devices}

    @cached_property
    def _resolved(self) -> dict[str, Resolved]:
        items, ended = (
            {str(uuid): group for (uuid,), group in rows.group_by("device_uuid")}
            for rows in (self.data_items, self.ended)
        )
        none = self.data_items.clear()
        return {
            d.uuid: resolve(self.mappings[d.class_name], items.get(d.uuid, none), ended.get(d.uuid, none))
            for d in self.devices
            if d.class_name in self.mappings
        }

    def texts(self) -> dict[str, str]:
        """Return the mapping files' texts, for a plan to record."""
        return {name: dump_mapping(m) for name, m in self.mappings.items()}


def read_classes(
    root: Path, plant: Plant, data_items: pl.DataFrame, ended: pl.DataFrame | None = None, must_exist: bool = True
) -> Classes:
    """Read the mapping files of the plant's classes and check them against the data items.

    Parameters
    ----------
    data_items : DATA_ITEMS rows that are valid now.
    ended : those that were once. What a mapping made of them, or makes of another device, is no mistake of its writer:
        a machine that changes its device model, or is new, stops no other; its column stays without values, and
        `mapping_drift` says so.

    Raises
    ------
    InputError
        If a file is missing, names an item that no device of its class ever had, or a unit that cannot be made.
    """
    once = data_items.clear() if ended is None else ended.select(data_items.columns)
    mappings = {}
    for name in plant.classes:
        path = root / MAPPINGS / f"{name}.toml"
        if not path.is_file() and not must_exist:
            continue
        if not path.is_file():
            raise InputError(
                f"class '{name}' has no mapping: expected {path}. "
                f"Run 'smelt mapping propose --class {name}' to write one."
            )
        mappings[name] = load_mapping(path.read_text(), name, str(path))
        uuids = [d.uuid for d in plant.devices if d.class_name == name]
        mine = data_items.filter(pl.col("device_uuid").is_in(uuids))
        if mine.height:
            check_items(mappings[name], pl.concat([mine, once.filter(pl.col("device_uuid").is_in(uuids))]), str(path))
    classes = Classes(plant.devices, mappings, data_items, once)
    _check_units(root, classes)
    return classes


def _check_units(root: Path, classes: Classes) -> None:
    fitting = _fitting(classes)
    for device, feed in _feeds(classes):
        said = pl.col("device_uuid") == device.uuid, pl.col("id") == feed.item_id
        before = classes.ended.filter(*said)["units"]
        if (
            feed.declared is None
            and feed.valid.end_us == ALWAYS.end_us
            and (device.class_name, feed.index) not in fitting
            and all(conversion(units, feed.column.unit) is None for units in before)
        ):
            units = classes.data_items.filter(*said)
            raise InputError(
                f"mapping '{root / MAPPINGS / device.class_name}.toml': item '{feed.column.item}' is in "
                f"{units['units'][0]} on {device.name}, and {feed.column.unit} cannot be made of it. "
                "Nothing was written. Correct the unit."
            )


def _fitting(classes: Classes) -> set[tuple[str, int]]:
    """Return (class, column) of the lines whose unit fits a device of the class: there its writer made no mistake."""
    told = classes.data_items.filter(pl.col("units").is_not_null()).select("device_uuid", "id")
    has_units: set[tuple[str, str]] = set(told.rows())
    return {
        (device.class_name, feed.index)
        for device, feed in _feeds(classes)
        if feed.declared is not None and (device.uuid, feed.item_id) in has_units
    }


def _feeds(classes: Classes) -> Iterator[tuple[Device, Feed]]:
    for device in classes.devices:
        if device.class_name in classes.mappings:
            yield from ((device, feed) for feed in classes.resolved(device.uuid).feeds)


def classes_of_plan(
    texts: Mapping[str, str], classes: Classes, data_items: pl.DataFrame, ended: pl.DataFrame
) -> Classes:
    """Return the classes as a plan recorded them, with the data items of that time."""
    mappings = {name: load_mapping(text, name, f"the plan's {name}.toml") for name, text in texts.items()}
    return Classes(classes.devices, mappings, data_items, ended)
