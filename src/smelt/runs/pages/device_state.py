"""What each machine did last: its execution state and since when, its newest score."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from smelt.runs.pages.tables import Reader, minutes_name, within
from smelt.terms.interval import Interval
from smelt.terms.plant import Device


@dataclass(frozen=True)
class State:
    """A machine's state and since when; `is_older` if it began before the interval that was looked at."""

    value: str
    since_us: int
    is_older: bool


@dataclass(frozen=True)
class LastScore:
    """The newest scored minute of a device, and how many were scored in all."""

    minute_us: int
    score: float
    severity: float
    scored_minutes: int


def execution_column(names: Sequence[str]) -> str | None:
    """Return the column that holds the execution state: `execution`, else the first whose name ends so.

    Examples
    --------
    >>> execution_column(["load", "path_execution"])
    'path_execution'
    """
    if "execution" in names:
        return "execution"
    return next((n for n in names if n.endswith("execution")), None)


def last_states(reader: Reader, devices: Sequence[Device], interval: Interval) -> dict[str, State]:
    """Return each device's state at its last minute in the interval.

    Notes
    -----
    The state is the execution column's value; where there is none it is 'running' or 'not running',
    and 'no data' in a minute that was not live.
    """
    states: dict[str, State] = {}
    for class_name in dict.fromkeys(d.class_name for d in devices):
        if reader.exists(minutes_name(class_name)):
            states |= _class_states(reader.scan(minutes_name(class_name)), interval)
    return states


def _class_states(rows: pl.LazyFrame, interval: Interval) -> dict[str, State]:
    schema = rows.collect_schema()
    execution = execution_column([n for n, kind in schema.items() if kind == pl.String])
    running = pl.when("is_running").then(pl.lit("running")).otherwise(pl.lit("not running"))
    value = pl.coalesce(pl.col(execution), running) if execution else running
    told = pl.when("is_live").then(value).otherwise(pl.lit("no data")).alias("state")
    minute = pl.col("minute").dt.epoch("us")
    minutes = within(rows, "minute", interval).select("device_uuid", minute, told)
    last = minutes.group_by("device_uuid").agg(pl.col("state").get(pl.col("minute").arg_max()).alias("now"))
    other = pl.col("minute").filter(pl.col("state") != pl.col("now"))
    spans = (
        minutes.join(last, on="device_uuid")
        .group_by("device_uuid")
        .agg(
            pl.col("now").first(),
            pl.col("minute").filter(pl.col("minute") > other.max().fill_null(-1)).min().alias("since"),
            (other.len() == 0).alias("is_older"),
        )
    )
    return {uuid: State(now, since, older) for uuid, now, since, older in spans.collect().iter_rows()}


def last_scores(scores: pl.LazyFrame) -> dict[str, LastScore]:
    """Return each device's newest scored minute."""
    newest = pl.col("minute").arg_max()
    rows = scores.group_by("device_uuid").agg(
        pl.col("minute").max().dt.epoch("us"), pl.col("score").get(newest), pl.col("severity").get(newest), pl.len()
    )
    return {uuid: LastScore(*told) for uuid, *told in rows.collect().iter_rows()}
