"""The probe: a device model becomes copper's data items, each valid for the time in which it was declared."""

from datetime import datetime
from pathlib import Path
from typing import Any

import obstore
import polars as pl
import pyarrow as pa
from obstore.store import from_url

from smelt.copper.undeclared import with_undeclared
from smelt.lake.reader import LakeReader
from smelt.mtconnect.probe.decode import parse_probe
from smelt.runs.driver import Driver
from smelt.terms.errors import InputError
from smelt.terms.observation import DataItem, Probe, ProbedDevice
from smelt.terms.tables import DATA_ITEMS, LAST_VALUES, TableSpec

_DEFINITION = (
    "agent", "device_uuid", "device_name", "id", "name", "category", "type", "sub_type", "units",
    "native_units", "native_scale", "representation", "source", "component", "sample_rate", "is_agent",
)  # fmt: skip


def read_probe(where: str) -> Probe:
    """Read and parse a probe from a file or an object store.

    Raises
    ------
    InputError
        If it is not there, or not a probe.
    """
    if "://" in where:
        prefix, _, name = where.rpartition("/")
        return parse_probe(bytes(obstore.get(from_url(prefix), name).bytes()))
    path = Path(where)
    if not path.is_file():
        raise InputError(
            f"probe '{path}' is not there; expected a file that an agent answered to /probe. "
            "Nothing was written. Check --probe."
        )
    return parse_probe(path.read_bytes())


def store_probe(driver: Driver, probe: Probe) -> bool:
    """Write what the probe declares; definitions that it changes or lacks end now. False if nothing changed."""
    table = driver.table(DATA_ITEMS)
    old = driver.reader.scan(DATA_ITEMS.name).collect() if table.version() >= 0 else None
    now = driver.clock()
    fresh = declared_items(probe)
    rows = _merged(old, fresh, now) if old is not None else fresh
    if old is not None and rows.equals(old.select(rows.columns).sort("agent", "id", "valid_from")):
        return False
    number = table.done("probe") + 1
    change = driver.small_change(DATA_ITEMS, rows.to_arrow().cast(DATA_ITEMS.schema))
    return table.commit("probe", number, change.adds, [f.path for f in table.files()])


def declared_items(probe: Probe) -> pl.DataFrame:
    """Return the data items of a probe as DATA_ITEMS rows, valid always."""
    agent = probe.sender or "unknown"
    return _valid([_row(agent, d.name, d.is_agent, i) for d in probe.devices for i in d.data_items])


def _row(agent: str, device_name: str, is_agent: bool, item: DataItem) -> dict[str, Any]:
    row = {name: getattr(item, name) for name in _DEFINITION if hasattr(item, name)}
    return row | {"agent": agent, "device_name": device_name, "is_agent": is_agent}


def _valid(rows: list[dict[str, Any]]) -> pl.DataFrame:
    empty = dict.fromkeys(DATA_ITEMS.schema.names)
    table = pa.Table.from_pylist([empty | row for row in rows], schema=DATA_ITEMS.schema)
    return pl.DataFrame(table).sort("agent", "id")


def _merged(old: pl.DataFrame, fresh: pl.DataFrame, now: datetime) -> pl.DataFrame:
    fresh = fresh.with_columns(valid_from=pl.lit(now).cast(fresh["valid_from"].dtype))
    open_, closed = old.filter(pl.col("valid_to").is_null()), old.filter(pl.col("valid_to").is_not_null())
    mine = open_.filter(pl.col("agent").is_in(fresh["agent"].unique().implode()))
    others = open_.join(mine, on=["agent", "id", "valid_from"], how="anti", nulls_equal=True)
    same = mine.join(fresh, on=_DEFINITION, how="semi", nulls_equal=True)
    ended = mine.join(fresh, on=_DEFINITION, how="anti", nulls_equal=True).with_columns(
        valid_to=pl.lit(now).cast(fresh["valid_to"].dtype)
    )
    added = fresh.join(mine, on=_DEFINITION, how="anti", nulls_equal=True)
    columns = fresh.columns
    return pl.concat([p.select(columns) for p in (closed, others, same, ended, added)]).sort(
        "agent", "id", "valid_from"
    )


def current_items(reader: LakeReader) -> pl.DataFrame:
    """Return the data items that are valid now, and those that were seen without a probe that declares them."""
    declared = _rows(reader, DATA_ITEMS).filter(pl.col("valid_to").is_null())
    seen = _rows(reader, LAST_VALUES).select("device_uuid", "data_item", "category").unique()
    return with_undeclared(declared.collect(), seen.collect(engine="streaming"))


def ended_items(reader: LakeReader) -> pl.DataFrame:
    """Return the data items that were declared once: no probe says them now, or says them in another way."""
    return _rows(reader, DATA_ITEMS).filter(pl.col("valid_to").is_not_null()).collect()


def _rows(reader: LakeReader, spec: TableSpec) -> pl.LazyFrame:
    if not reader.exists(spec.name):
        return pl.LazyFrame(pl.DataFrame(spec.schema.empty_table()))
    return reader.scan(spec.name)


def probed_devices(reader: LakeReader) -> tuple[ProbedDevice, ...]:
    """Return the devices of all probes with their current data items."""
    items = current_items(reader).sort("device_uuid", "id")
    names = list(DataItem.__dataclass_fields__)
    found = []
    for (uuid, name, is_agent), group in items.group_by("device_uuid", "device_name", "is_agent", maintain_order=True):
        data_items = tuple(DataItem(**row) for row in group.select(names).to_dicts())
        found.append(ProbedDevice(str(uuid), str(name), bool(is_agent), data_items))
    return tuple(found)
