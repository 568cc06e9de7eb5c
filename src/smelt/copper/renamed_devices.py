"""A device under another uuid or name: the models of before and after, held side by side, tell that it is the same."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

_MEANING = ("category", "type", "sub_type")
_Contact = tuple[datetime, datetime]
_Key = tuple[object, ...]


@dataclass(frozen=True)
class Renaming:
    """A device that goes on as another one, or under another name.

    old, new : uuids, equal if only the name changed; kept : ids of the old data items that the new device has too.
    items : how many data items the old one had; at : when the later model or its first observation came.
    """

    old: str
    old_name: str
    new: str
    new_name: str
    kept: frozenset[str]
    items: int
    at: datetime

    @property
    def before(self) -> str:
        """What the device was, in words."""
        return f"uuid {self.old}" if self.old != self.new else f"name {self.old_name}"

    @property
    def after(self) -> str:
        """What it is, in words, and how much of it is the same."""
        same = f"{len(self.kept)} of {self.items} items the same"
        if self.old == self.new:
            return f"name {self.new_name} ({same})"
        was = f", was {self.old_name}" if self.old_name != self.new_name else ""
        return f"uuid {self.new} (name {self.new_name}{was}, {same})"


@dataclass(frozen=True)
class _Known:
    """One device: its agent and name, its first and last items by id and by place, and when its models began and ended.

    `last_ids` and `last_places` lead to the item's id.
    """

    uuid: str
    agent: str
    name: str
    first_ids: frozenset[_Key]
    first_places: frozenset[_Key]
    last_ids: Mapping[_Key, str]
    last_places: Mapping[_Key, str]
    begin: datetime | None
    end: datetime | None


def renamed_devices(data_items: pl.DataFrame, contact: Mapping[str, _Contact]) -> list[Renaming]:
    """Return the devices that are others now, in order of time.

    Parameters
    ----------
    data_items : DATA_ITEMS rows, all validities, of all devices.
    contact : first and last observation of the devices `in_doubt`; of others it is not looked at.

    Notes
    -----
    Two devices are one where the first ends as the second begins (by their models, or by what they said), and half
    of the items or more are the same: by id or by place if they have one name; by id, within one agent, if not.
    """
    rows = [row for row in data_items.to_dicts() if not row["is_agent"]]
    found = [*_other_names(rows)]
    taken: set[tuple[str, str]] = set()
    for old, new in sorted(_pairs(_known(rows)), key=lambda pair: (-len(_kept(*pair)), pair[0].uuid, pair[1].uuid)):
        at = _handed_over(old, new, contact)
        if at is not None and not {("old", old.uuid), ("new", new.uuid)} & taken:
            taken |= {("old", old.uuid), ("new", new.uuid)}
            found.append(Renaming(old.uuid, old.name, new.uuid, new.name, _kept(old, new), len(old.last_ids), at))
    return sorted(found, key=lambda r: (r.at, r.old, r.new))


def in_doubt(data_items: pl.DataFrame) -> frozenset[str]:
    """Return the uuids of devices whose models alone do not tell whether one followed the other."""
    devices = _known([row for row in data_items.to_dicts() if not row["is_agent"]])
    open_pairs = [pair for pair in _pairs(devices) if pair[0].end is None]
    return frozenset(device.uuid for pair in open_pairs for device in pair)


def _known(rows: Sequence[dict[str, Any]]) -> list[_Known]:
    by_uuid: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_uuid.setdefault(row["device_uuid"], []).append(row)
    return [_device(uuid, of_device) for uuid, of_device in sorted(by_uuid.items())]


def _device(uuid: str, rows: Sequence[dict[str, Any]]) -> _Known:
    ends, begins = [row["valid_to"] for row in rows], [row["valid_from"] for row in rows]
    end = None if None in ends else max(ends)
    begin = None if None in begins else min(begins)
    first = [row for row in rows if row["valid_from"] == begin]
    last = [row for row in rows if row["valid_to"] == end]
    return _Known(
        uuid,
        last[0]["agent"],
        last[0]["device_name"],
        frozenset(map(_by_id, first)),
        frozenset(map(_by_place, first)),
        {_by_id(row): row["id"] for row in last},
        {_by_place(row): row["id"] for row in last},
        begin,
        end,
    )


def _pairs(devices: Sequence[_Known]) -> Iterator[tuple[_Known, _Known]]:
    """Yield (old, new) of devices that are alike and whose models do not exclude that one followed the other."""
    for old in devices:
        for new in devices:
            if old is new or not (old.name == new.name or old.agent == new.agent):
                continue
            follows = old.end == new.begin if old.end is not None else new.end is None
            if follows and 2 * len(_kept(old, new)) >= max(len(old.last_ids), len(new.first_ids)):
                yield old, new


def _handed_over(old: _Known, new: _Known, contact: Mapping[str, _Contact]) -> datetime | None:
    """Return when the new device took over; None if it did not."""
    if old.end is not None:
        return old.end
    if old.uuid not in contact or new.uuid not in contact:
        return None
    begun = contact[new.uuid][0]
    return begun if contact[old.uuid][1] < begun else None


def _kept(old: _Known, new: _Known) -> frozenset[str]:
    kept = {old.last_ids[key] for key in old.last_ids.keys() & new.first_ids}
    if old.name == new.name:
        kept |= {old.last_places[key] for key in old.last_places.keys() & new.first_places}
    return frozenset(kept)


def _by_id(row: Mapping[str, Any]) -> _Key:
    return (row["id"], *(row[name] for name in _MEANING))


def _by_place(row: Mapping[str, Any]) -> _Key:
    return (row["name"], row["component"], *(row[name] for name in _MEANING))


def _other_names(rows: Iterable[dict[str, Any]]) -> Iterator[Renaming]:
    """Yield the devices whose later model gives them another name."""
    at_once: dict[tuple[str, datetime], list[dict[str, Any]]] = {}
    for row in rows:
        for moment in {row["valid_from"], row["valid_to"]} - {None}:
            at_once.setdefault((row["device_uuid"], moment), []).append(row)
    for (uuid, at), changed in sorted(at_once.items()):
        ended = [row for row in changed if row["valid_to"] == at]
        begun = [row for row in changed if row["valid_from"] == at]
        if ended and begun and ended[0]["device_name"] != begun[0]["device_name"]:
            keys = {_by_id(row) for row in begun}
            kept = frozenset(row["id"] for row in ended if _by_id(row) in keys)
            yield Renaming(uuid, ended[0]["device_name"], uuid, begun[0]["device_name"], kept, len(ended), at)
