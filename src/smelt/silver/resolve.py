"""Resolve a mapping on one device: which data item id feeds which column, and how its values convert."""

import difflib
from dataclasses import dataclass, field

import polars as pl

from smelt.silver.definitions import ALWAYS, Definition, bearers, definitions
from smelt.silver.units import SAME, Conversion, conversion
from smelt.terms.errors import InputError
from smelt.terms.interval import Interval
from smelt.terms.plant import ClassMapping, Column


@dataclass(frozen=True)
class Feed:
    """A column of the mapping and the data item that feeds it on one device.

    `declared` converts what agents send, `native` what adapter logs carry; None: the units do not
    tell how, so those values stay null. `valid` is the time whose values it means.
    """

    index: int
    column: Column
    item_id: str
    declared: Conversion | None = SAME
    native: Conversion | None = SAME
    valid: Interval = field(default=ALWAYS, repr=False)


@dataclass(frozen=True)
class Resolved:
    """A class's mapping on one device; columns without a feed are null there."""

    mapping: ClassMapping
    feeds: tuple[Feed, ...]

    @property
    def item_ids(self) -> frozenset[str]:
        """The ids of the mapped data items."""
        return frozenset(feed.item_id for feed in self.feeds)

    @property
    def limits(self) -> tuple[tuple[str, int, int], ...]:
        """Where a feed's item meant something else before or after: the item, and from when until when it holds."""
        return tuple((f.item_id, f.valid.start_us, f.valid.end_us) for f in self.feeds if f.valid != ALWAYS)

    @property
    def ends(self) -> tuple[tuple[str, str, int], ...]:
        """Items that vanished, or feed a column no more: (id, category, since when)."""
        told = {(f.item_id, f.column, f.valid.start_us) for f in self.feeds}
        ended = [f for f in self.feeds if f.valid.end_us != ALWAYS.end_us]
        gone = [f for f in ended if (f.item_id, f.column, f.valid.end_us) not in told]
        return tuple(dict.fromkeys((f.item_id, f.column.category, f.valid.end_us) for f in gone))

    @property
    def unlogged(self) -> tuple[str, ...]:
        """The ids of which what adapter logs say stays null."""
        return tuple(dict.fromkeys(feed.item_id for feed in self.feeds if feed.native is None))

    @property
    def unconverted(self) -> tuple[str, ...]:
        """The ids whose native or declared units convert to the column's unit in no known way."""
        return tuple(feed.item_id for feed in self.feeds if feed.declared is None or feed.native is None)


def resolve(mapping: ClassMapping, data_items: pl.DataFrame, ended: pl.DataFrame | None = None) -> Resolved:
    """Find each column's data item on one device: by id, else by name, within the line's category.

    Parameters
    ----------
    data_items : DATA_ITEMS rows of one device that hold now.
    ended : those that did once: values of that time keep their meaning, whatever the item is called today.

    Returns
    -------
    One feed for each column that this device has an item for, more where that item was another, or defined in
    another way, before; a name that several items bear means the first of them by id. A device need not have
    every item: `check_items` finds those that no device has.

    Notes
    -----
    Agents convert themselves: a value is in the units that its agent declared at that time. Logs are read with the
    newest native units, for a probe that is given by hand mends what the one before it lacked.
    """
    found = definitions(data_items, data_items.clear() if ended is None else ended)
    feeds = [
        _feed(index, column, definition)
        for index, column in enumerate(mapping.columns)
        for definition in bearers(found, column.category, column.item)
    ]
    return Resolved(mapping, tuple(feeds))


def check_items(mapping: ClassMapping, data_items: pl.DataFrame, path_for_errors: str) -> None:
    """Refuse a mapping that names an item which no device of the class has.

    Parameters
    ----------
    data_items : DATA_ITEMS rows of all the class's devices.

    Raises
    ------
    InputError
        Naming the mapping file, the item, and the nearest names of the probe.
    """
    for category in ("SAMPLE", "EVENT", "CONDITION"):
        rows = data_items.filter(pl.col("category") == category)
        known = set(rows["id"]) | set(rows["name"].drop_nulls())
        for column in mapping.columns:
            if column.category == category and column.item not in known:
                raise InputError(_unknown_item(column, known, data_items, path_for_errors))


def _unknown_item(column: Column, known: set[str], data_items: pl.DataFrame, path: str) -> str:
    message = (
        f"mapping '{path}': item '{column.item}' ({column.category}) is on no device of its class; "
        f"the probe has {len(known)} names and ids of that category"
    )
    elsewhere = data_items.filter((pl.col("id") == column.item) | (pl.col("name") == column.item))
    near = difflib.get_close_matches(column.item, sorted(known), n=3)
    if elsewhere.height:
        message += f". It is one of category {elsewhere['category'][0]}: move the line to that section"
    elif near:
        message += "; did you mean " + " or ".join(f"'{name}'" for name in near) + "?"
    return message + " Correct the item, or delete the line." if near else message + ". Correct or delete the line."


def _feed(index: int, column: Column, definition: Definition) -> Feed:
    item, newest = definition.row, definition.newest
    if column.dtype != "float64":
        return Feed(index, column, str(item["id"]), valid=definition.explains)
    unit = column.unit or _text(item["units"])
    scale = newest["native_scale"]
    declared = conversion(_text(item["units"]), unit)
    native_units = _text(newest["native_units"]) or _text(newest["units"])
    native = conversion(
        native_units, column.unit or _text(newest["units"]), scale if isinstance(scale, float) else None
    )
    return Feed(index, column, str(item["id"]), declared, native, definition.explains)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
