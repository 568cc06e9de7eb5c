"""Drift of data items in a stretch of time: what probes changed, and what was said without any probe declaring it."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from smelt.copper.drift import Change, item_changes
from smelt.copper.renamed_devices import Renaming
from smelt.runs.ingest.device_renames import renames
from smelt.runs.pages.tables import Reader, table, within
from smelt.terms.interval import Interval, to_us
from smelt.terms.plant import Device
from smelt.terms.tables import DATA_ITEMS, LAST_VALUES


def drift_in(reader: Reader, devices: Sequence[Device], interval: Interval) -> tuple[Change, ...]:
    """Return the changes of the devices' data items within the interval, then the undeclared items seen in it.

    A device that is another one now is told of once, not as all its items. Undeclared items have kind `undeclared`
    and, in `at`, the hour in which the interval first saw them.
    """
    names = {d.uuid: d.name for d in devices}
    everything = table(reader, DATA_ITEMS).collect()
    renamed = [device for device in renames(reader, everything) if device.old in names or device.new in names]
    items = everything.filter(pl.col("device_uuid").is_in(list(names)))
    changes = [c for c in item_changes(items, renamed) if c.at and interval.start_us <= to_us(c.at) < interval.end_us]
    shown = sorted(changes, key=lambda c: (c.at, c.device_uuid, c.item), reverse=True)
    found = (*shown, *_undeclared(reader, items, names, interval))
    names |= {device.old: _name(device, names) for device in renamed}
    return tuple(replace(c, device_name=names[c.device_uuid]) for c in found)


def _name(device: Renaming, names: dict[str, str]) -> str:
    return names.get(device.old) or names[device.new]


def _undeclared(reader: Reader, items: pl.DataFrame, names: dict[str, str], interval: Interval) -> list[Change]:
    said = within(table(reader, LAST_VALUES), "period", interval).filter(pl.col("device_uuid").is_in(list(names)))
    seen = said.group_by("device_uuid", "data_item", "category").agg(pl.col("period").min()).collect()
    declared = items.select("device_uuid", data_item="id").unique()
    fresh = seen.join(declared, on=("device_uuid", "data_item"), how="anti").sort("device_uuid", "data_item")
    return [
        Change(row["device_uuid"], "", row["data_item"], None, "undeclared", "", row["category"], row["period"])
        for row in fresh.to_dicts()
    ]
