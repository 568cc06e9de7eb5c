"""The rows behind each part of the Pipeline page, for people who take them away as CSV."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import polars as pl

from smelt.runs.pages.pipeline import Pipeline
from smelt.runs.pages.tables import INSTANT
from smelt.terms.tables import COVERAGE_KINDS


def hour_rows(page: Pipeline) -> pl.DataFrame:
    """Return a row for each cell: device, start, received, expected, contact, and seconds of each kind of coverage."""
    hours = page.hours
    start = (pl.col("bin").cast(pl.Int64) * hours.bin_us + hours.interval.start_us).cast(INSTANT)
    kinds = [pl.col(kind).alias(f"{kind}_s") for kind in COVERAGE_KINDS]
    named = hours.cells.select(
        _name(page), start.alias("start"), "received", pl.col("expected", "contact").round(3), *kinds
    )
    return named.sort("device", "start")


def gap_rows(page: Pipeline) -> pl.DataFrame:
    """Return a row for each gap."""
    frame = _frame([asdict(gap) for gap in page.gaps], ("device_uuid", "kind", "start_us", "end_us", "count"))
    return frame.with_columns(_name(page)).select("device", *[c for c in frame.columns if c != "device_uuid"])


def reject_group_rows(page: Pipeline) -> pl.DataFrame:
    """Return a row for each reason."""
    names = ("reason", "count", "files", "bytes", "path", "offset", "length", "first_us", "last_us")
    return _frame([asdict(reject) for reject in page.rejects], names)


def run_rows(page: Pipeline) -> pl.DataFrame:
    """Return a row for each finished plan that the page knows."""
    names = (
        "stage", "plan", "started_us", "seconds", "tasks", "rows_in", "rows_out", "files", "bytes", "rejects",
    )  # fmt: skip
    return _frame([asdict(run) for run in page.runs], names)


def drift_rows(page: Pipeline) -> pl.DataFrame:
    """Return a row for each change of a data item."""
    names = ("device_name", "item", "name", "kind", "before", "after", "at")
    rows = [{name: value for name, value in asdict(change).items() if name in names} for change in page.drift]
    return _frame(rows, names)


def _name(page: Pipeline) -> pl.Expr:
    names = {device.uuid: device.name for device in page.devices}
    return pl.col("device_uuid").replace_strict(names, default=None, return_dtype=pl.String).alias("device")


def _frame(rows: Sequence[dict[str, Any]], names: Sequence[str]) -> pl.DataFrame:
    """Make a frame with these columns; what is named `…_us` becomes an instant named without it."""
    frame = pl.DataFrame([{name: row[name] for name in names} for row in rows], infer_schema_length=None)
    if not rows:
        frame = pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    times = [name for name in names if name.endswith("_us")]
    instants = frame.with_columns(pl.col(times).cast(pl.Int64).cast(INSTANT))
    return instants.rename({name: name.removesuffix("_us") for name in times})
