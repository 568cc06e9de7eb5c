"""How data items changed from one probe to the next: vanished, new, other units, another name or category."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise
from typing import Any

import polars as pl

from smelt.copper.renamed_devices import Renaming

UNITS = ("units", "native_units", "native_scale")
MEANING = ("category", "type", "sub_type", "representation")
DEVICE_RENAMED = "device renamed"
NO_SCALE = "nativeScale is no divisor"


@dataclass(frozen=True)
class Change:
    """A change of one data item, or of a whole device.

    kind : vanished, new, units, renamed, category, meaning (type, subType, representation), or moved (to a
        component of another kind). A renamed item has another name under the same id, or another id under the
        same name, type and component. `device renamed` is of the device: it has no item.
    before, after : what it was and is, in words; empty where there is nothing.
    at : when the later probe came; None if nobody knows.
    """

    device_uuid: str
    device_name: str
    item: str
    name: str | None
    kind: str
    before: str
    after: str
    at: datetime | None


def item_changes(data_items: pl.DataFrame, renamed: Sequence[Renaming] = ()) -> list[Change]:
    """Return what changed between the definitions of each data item, by device and id; then the renamed devices.

    Parameters
    ----------
    data_items : DATA_ITEMS rows, all validities. The first definition of a device changes nothing.
    renamed : devices that go on as others; their items that are the same there have not vanished.
    """
    goes_on = {(device.old, item) for device in renamed if device.old != device.new for item in device.kept}
    rows = data_items.sort("device_uuid", "id", "valid_from", nulls_last=False).to_dicts()
    found: list[Change] = []
    for _, device in groupby(rows, key=lambda row: row["device_uuid"]):
        of_device = list(device)
        begin = [row["valid_from"] for row in of_device]
        first = None if None in begin else min(begin)
        items = [list(group) for _, group in groupby(of_device, key=lambda row: row["id"])]
        gone = [item[-1] for item in items if item[-1]["valid_to"] is not None]
        fresh = [item[0] for item in items if item[0]["valid_from"] != first]
        moved = {id(old): new for old in gone for new in fresh if _is_same_under_another_id(old, new)}
        found += [change for item in items for change in _redefined(item)]
        found += [
            _change(new, "renamed", f"id {old['id']}", f"id {new['id']}", new["valid_from"])
            for old in gone
            if (new := moved.get(id(old)))
        ]
        found += [
            _change(row, "vanished", _told(row), "", row["valid_to"])
            for row in gone
            if id(row) not in moved and (row["device_uuid"], row["id"]) not in goes_on
        ]
        arrived = {id(new) for new in moved.values()}
        found += [_change(row, "new", "", _told(row), row["valid_from"]) for row in fresh if id(row) not in arrived]
    return [*found, *map(_device_renamed, renamed)]


def _device_renamed(device: Renaming) -> Change:
    return Change(device.old, device.old_name, "", None, DEVICE_RENAMED, device.before, device.after, device.at)


def _redefined(item: list[dict[str, Any]]) -> Iterator[Change]:
    for old, new in pairwise(item):
        at = new["valid_from"]
        if old["valid_to"] is not None and at is not None and old["valid_to"] < at:
            yield _change(new, "new", "", f"{_told(new)}, after it had vanished", at)
        if any(old[c] != new[c] for c in UNITS):
            yield _change(new, "units", _units(old), _units(new), at)
        if old["name"] != new["name"]:
            yield _change(new, "renamed", str(old["name"]), str(new["name"]), at)
        if old["category"] != new["category"]:
            yield _change(new, "category", old["category"], new["category"], at)
        elif any(old[c] != new[c] for c in MEANING):
            yield _change(new, "meaning", _meaning(old), _meaning(new), at)
        if _kinds(old["component"]) != _kinds(new["component"]):
            yield _change(new, "moved", old["component"], new["component"], at)


def _is_same_under_another_id(old: dict[str, Any], new: dict[str, Any]) -> bool:
    same = ("name", "type", "sub_type", "component", "category")
    return (
        old["name"] is not None
        and old["valid_to"] == new["valid_from"]
        and all(old[name] == new[name] for name in same)
    )


def _change(row: dict[str, Any], kind: str, before: str, after: str, at: datetime | None) -> Change:
    return Change(row["device_uuid"], row["device_name"], row["id"], row["name"], kind, before, after, at)


def _told(row: dict[str, Any]) -> str:
    return " ".join(filter(None, (row["category"], _meaning(row), row["units"] and f"in {row['units']}")))


def _kinds(component: str | None) -> str:
    """Return a component's path without the names, which people give anew."""
    return re.sub(r"\[[^]]*\]", "", component or "")


def _meaning(row: dict[str, Any]) -> str:
    shape = row["representation"] if row["representation"] not in (None, "VALUE") else None
    return " ".join(filter(None, (row["type"], row["sub_type"], shape)))


def _units(row: dict[str, Any]) -> str:
    told = [row["units"] or "no units"]
    if row["native_units"] and row["native_units"] != row["units"]:
        told.append(f" (native {row['native_units']})")
    if row["native_scale"] is not None:
        told.append(f", scale {row['native_scale']:g}" if row["native_scale"] else f", {NO_SCALE}")
    return "".join(told)
