"""Resolve a mapping on one device: which data item id feeds which column, and how its values convert."""

import difflib
from dataclasses import dataclass

import polars as pl

from smelt.silver.units import SAME, Conversion, conversion
from smelt.terms.errors import InputError
from smelt.terms.plant import ClassMapping, Column


@dataclass(frozen=True)
class Feed:
    """A column of the mapping and the data item that feeds it on one device.

    `declared` converts what agents send, `native` what adapter logs carry; None: the units do not
    tell how, so those values stay null.
    """

    index: int
    column: Column
    item_id: str
    declared: Conversion | None = SAME
    native: Conversion | None = SAME


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
    def unconverted(self) -> tuple[str, ...]:
        """The ids whose native or declared units convert to the column's unit in no known way."""
        return tuple(feed.item_id for feed in self.feeds if feed.declared is None or feed.native is None)


def resolve(mapping: ClassMapping, data_items: pl.DataFrame) -> Resolved:
    """Find each column's data item on one device: by id, else by name, within the line's category.

    Parameters
    ----------
    data_items : DATA_ITEMS rows of one device (for an id told twice the later validity counts).

    Returns
    -------
    One feed for each column that this device has an item for; a name that several items bear means the
    first of them by id. A device need not have every item: `check_items` finds those that no device has.
    """
    items = data_items.sort("valid_from", nulls_last=False).unique("id", keep="last", maintain_order=True).sort("id")
    by_key: dict[tuple[str, str], dict[str, object]] = {}
    for item in items.iter_rows(named=True):
        by_key[item["category"], item["id"]] = item
    for item in items.iter_rows(named=True):
        if item["name"] is not None:
            by_key.setdefault((item["category"], item["name"]), item)
    feeds = []
    for index, column in enumerate(mapping.columns):
        found = by_key.get((column.category, column.item))
        if found is not None:
            feeds.append(_feed(index, column, found))
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


def _feed(index: int, column: Column, item: dict[str, object]) -> Feed:
    if column.dtype != "float64":
        return Feed(index, column, str(item["id"]))
    units = _text(item["units"])
    unit = column.unit or units
    scale = item["native_scale"]
    declared = conversion(units, unit)
    native = conversion(_text(item["native_units"]) or units, unit, scale if isinstance(scale, float) else None)
    return Feed(index, column, str(item["id"]), declared, native)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
