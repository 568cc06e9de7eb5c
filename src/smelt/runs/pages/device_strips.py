"""A device's strips: execution, mode and program, the worst CONDITION level, coverage, and whether it ran."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from smelt.runs.pages.series import Run, Strip, fill_between, strip
from smelt.runs.pages.tables import Reader, table, touching
from smelt.terms.interval import Interval
from smelt.terms.observation import LEVELS
from smelt.terms.plant import ClassMapping, Device
from smelt.terms.tables import COVERAGE

WORST_FIRST = ("FAULT", "WARNING", "UNAVAILABLE", "NORMAL")
STATE_WORDS = ("execution", "mode", "program")


@dataclass(frozen=True)
class NamedStrip:
    """A strip with its name; `kind` is state, condition, coverage or activity, `columns` what it was made from."""

    name: str
    kind: str
    strip: Strip
    columns: tuple[str, ...] = ()


def condition_columns(frame: pl.DataFrame, mapping: ClassMapping | None) -> tuple[str, ...]:
    """Return the columns of CONDITION levels: the mapping's word, else those that hold nothing but levels."""
    texts = [n for n, kind in frame.schema.items() if kind == pl.String]
    if mapping:
        names = {c.name for c in mapping.of("CONDITION")}
        return tuple(n for n in texts if n in names)
    return tuple(n for n in texts if (v := set(frame[n].drop_nulls().unique())) and v <= set(LEVELS))


def state_columns(names: Sequence[str]) -> tuple[str, ...]:
    """Return the columns shown as state strips, execution first; at most two for each word.

    Examples
    --------
    >>> state_columns(["program", "tool", "execution", "controller_mode"])
    ('execution', 'controller_mode', 'program')
    """
    return tuple(n for word in STATE_WORDS for n in [n for n in names if word in n.split("_")][:2])


def state_strips(frame: pl.DataFrame, columns: Sequence[str], limit: int) -> tuple[NamedStrip, ...]:
    """Return a strip for each column; minutes that were not live are left out."""
    live = frame.filter("is_live")
    return tuple(NamedStrip(n, "state", strip(live.select("minute", value=n), limit), (n,)) for n in columns)


def condition_strip(frame: pl.DataFrame, columns: Sequence[str], limit: int) -> NamedStrip | None:
    """Return the worst level of all conditions in each minute with the names of those that have it."""
    if not columns:
        return None
    told = pl.lit("NORMAL")
    for level in ("UNAVAILABLE", "WARNING", "FAULT"):
        having = [pl.when(pl.col(c) == level).then(pl.lit(c)) for c in columns]
        names = pl.concat_str(having, separator=", ", ignore_nulls=True)
        told = pl.when(names != "").then(pl.concat_str(pl.lit(f"{level}: "), names)).otherwise(told)
    any_known = pl.any_horizontal(pl.col(c).is_not_null() for c in columns)
    values = frame.filter(pl.col("is_live") & any_known).select("minute", value=told)
    ranked = sorted(values["value"].unique(), key=lambda v: WORST_FIRST.index(v.split(":")[0]))
    return NamedStrip("conditions", "condition", strip(values, limit, tuple(ranked)), tuple(columns))


def activity_strip(frame: pl.DataFrame, interval: Interval, limit: int) -> NamedStrip:
    """Return running, off (live but not running) or none (no data) for the whole interval."""
    kind = pl.when("is_running").then(pl.lit("running")).when("is_live").then(pl.lit("off")).otherwise(pl.lit("none"))
    runs = strip(frame.select("minute", value=kind), limit, ("none", "running", "off"))
    filled = fill_between(runs.runs, interval, "none")
    return NamedStrip("activity", "activity", Strip(filled, runs.step_us, runs.is_summarised))


def coverage_strip(reader: Reader, device: Device, interval: Interval) -> NamedStrip:
    """Return the kinds of coverage over the interval, touching runs of one kind joined; 'none' where none is told."""
    rows = touching(table(reader, COVERAGE).filter(pl.col("device_uuid") == device.uuid), interval)
    times = pl.col("start", "end").dt.epoch("us")
    joined: list[Run] = []
    for start, end, kind in rows.select(times, "kind").collect().sort("start").iter_rows():
        if joined and joined[-1].end_us == start and joined[-1].value == kind:
            joined[-1] = Run(joined[-1].start_us, end, kind)
        else:
            joined.append(Run(start, end, kind))
    return NamedStrip("coverage", "coverage", Strip(fill_between(tuple(joined), interval, "none")))
