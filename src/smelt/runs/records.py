"""Maintenance log and static data: CSV files of the plant folder become tables, replaced when a file changes."""

from pathlib import Path

import polars as pl
import pyarrow as pa

from smelt.lake.parquet import write_files
from smelt.runs.driver import Driver
from smelt.runs.fingerprint import fingerprint
from smelt.terms.errors import InputError
from smelt.terms.tables import MAINTENANCE, STATIC_DEVICES, TableSpec
from smelt.terms.work import DataFile

FILES = {"static.csv": STATIC_DEVICES, "maintenance.csv": MAINTENANCE}


def check_records(root: Path) -> None:
    """Read the CSV files that lie in a plant folder; raise InputError as `store_records` would, writing nothing."""
    for name, spec in FILES.items():
        if (root / name).is_file():
            read_records(root / name, spec)


def store_records(driver: Driver) -> int:
    """Read the CSV files that lie in the plant folder; return how many tables changed.

    Raises
    ------
    InputError
        If a file lacks a column or a cell does not fit; nothing of that file is written.
    """
    return sum(_store(driver, driver.folder.root / name, spec) for name, spec in FILES.items())


def _store(driver: Driver, path: Path, spec: TableSpec) -> bool:
    if not path.is_file():
        return False
    rows = read_records(path, spec)
    table = driver.table(spec)
    old = driver.reader.scan(spec.name).collect() if table.version() >= 0 else None
    fresh = pl.DataFrame(rows)
    if old is not None and fingerprint(old.select(fresh.columns).rows()) == fingerprint(fresh.rows()):
        return False
    gone: list[DataFile] = table.files()
    return table.commit(
        "records", table.done("records") + 1, write_files(driver.location, spec, rows, {}), [f.path for f in gone]
    )


def read_records(path: Path, spec: TableSpec) -> pa.Table:
    """Read a CSV file with the columns of a table; times are ISO 8601 with zone.

    Raises
    ------
    InputError
        If a column is missing or a cell does not fit, naming both.
    """
    text = pl.read_csv(path, infer_schema=False)
    missing = [name for name in spec.schema.names if name not in text.columns]
    if missing:
        raise InputError(
            f"{path}: no column '{missing[0]}'; expected {', '.join(spec.schema.names)}. "
            "Add the column, or move the file away."
        )
    kinds = pl.DataFrame(spec.schema.empty_table()).schema
    try:
        rows = text.select(_parsed(name, kind) for name, kind in kinds.items())
    except pl.exceptions.PolarsError as error:
        raise InputError(f"{path}: {str(error).splitlines()[0]}. Mend the cell, or move the file away.") from error
    return rows.sort(rows.columns).to_arrow().cast(spec.schema)


def _parsed(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(kind, pl.Datetime):
        return column.str.to_datetime(time_unit="us", time_zone="UTC")
    return column.str.to_date() if kind == pl.Date else column.cast(kind)
