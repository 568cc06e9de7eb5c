"""The minute grid: each column's cell of each minute, with its origin: measured, held, imputed or missing."""

from dataclasses import dataclass

import polars as pl

from smelt.gold.impute import impute
from smelt.gold.measured import measured_flags
from smelt.gold.outliers import plausible
from smelt.terms.interval import MINUTE_US, Interval
from smelt.terms.plant import ClassMapping, Column

TIME = pl.Datetime("us", "UTC")
_WORST = {"NORMAL": 0, "WARNING": 1, "FAULT": 2}
_LEVELS = {rank: level for level, rank in _WORST.items()}


@dataclass(frozen=True)
class MinuteSettings:
    """How long an UNAVAILABLE cell is imputed, how long a measurement counts as running, and the bad intervals.

    Minutes that an exclusion touches are missing: silver left out what was said in it.
    """

    impute_minutes: int = 15
    running_minutes: int = 10
    exclusions: tuple[Interval, ...] = ()

    @property
    def look_back_minutes(self) -> int:
        """How many minutes before an interval decide about it."""
        return max(self.impute_minutes, self.running_minutes - 1)


def grid(interval: Interval, look_back_minutes: int) -> pl.DataFrame:
    """Return every minute that begins in the interval, and the minutes before it: one column, `minute`."""
    first = -(-interval.start_us // MINUTE_US) * MINUTE_US
    minutes = pl.int_range(first - look_back_minutes * MINUTE_US, interval.end_us, MINUTE_US, eager=True)
    return pl.DataFrame({"minute": minutes.cast(TIME)})


def resample(
    silver: pl.DataFrame, minutes: pl.DataFrame, mapping: ClassMapping, settings: MinuteSettings
) -> pl.DataFrame:
    """Put one device's silver rows on the minute grid.

    Parameters
    ----------
    silver : rows of silver/<class> of one device: those of the grid and the last one before it.
    minutes : a gapless grid, from `grid`.

    Returns
    -------
    minute, the mapping's columns, `origin:<column>` (m, h, i or x) for each, and `sampled`: whether a SAMPLE
    was measured in the minute.

    Notes
    -----
    A number is the mean of what was measured in the minute, else what was held at its start. A state is the last
    one measured in the minute, else the held one; a condition the worst of both. What is implausible counts as
    UNAVAILABLE. Nothing is held across the start of an exclusion.
    """
    inside = _per_minute(_rows(silver, mapping, settings.exclusions), mapping)
    ends = [pl.col(f"{kind}:{c.name}") for c in mapping.columns for kind in ("end", "known")]
    starts = inside.select("minute", *ends).rename(lambda n: n.replace("end:", "held:").replace("known:", "before:"))
    joined = minutes.join(inside, on="minute", how="left", maintain_order="left").join_asof(
        starts, on="minute", strategy="backward", allow_exact_matches=False, check_sortedness=False
    )
    cells = joined.sort("minute").with_columns(_cell(c) for c in mapping.columns)
    filled = cells.with_columns(_filled(c, settings.impute_minutes) for c in mapping.columns)
    return filled.select(
        "minute",
        *(_named(c) for c in mapping.columns),
        *(_origin(c) for c in mapping.columns),
        pl.col("sampled").fill_null(value=False),
    )


def _rows(silver: pl.DataFrame, mapping: ClassMapping, exclusions: tuple[Interval, ...]) -> pl.DataFrame:
    """Return time, minute, the cleaned cells (a condition as its rank), `flag:<column>`, `sampled`."""
    flags = measured_flags(silver["measured"], len(mapping.columns))
    is_measured = [pl.Series(f"flag:{c.name}", flags[:, i]) for i, c in enumerate(mapping.columns)]
    samples = [pl.col(f"flag:{c.name}") & pl.col(c.name).is_not_null() for c in mapping.of("SAMPLE")]
    sampled = pl.any_horizontal(samples) if samples else pl.lit(value=False)
    cells = [_rank(c) if c.category == "CONDITION" else plausible(c) for c in mapping.columns]
    rows = silver.select("time", *(c.name for c in mapping.columns)).with_columns(is_measured)
    rows = rows.with_columns(*cells, sampled=sampled)
    if exclusions:
        begins = pl.Series("time", [bad.start_us for bad in exclusions], dtype=pl.Int64).cast(TIME)
        rows = pl.concat([rows, begins.to_frame()], how="diagonal")
    return rows.sort("time").with_columns(minute=pl.col("time").dt.truncate("1m"))


def _rank(column: Column) -> pl.Expr:
    return pl.col(column.name).replace_strict(_WORST, default=None, return_dtype=pl.Int8)


def _per_minute(rows: pl.DataFrame, mapping: ClassMapping) -> pl.DataFrame:
    """Aggregate each minute that has rows: in, measured, end (the state at its end), known (the last known value)."""
    known = rows.with_columns(pl.col(c.name).forward_fill().alias(f"known:{c.name}") for c in mapping.columns)
    aggregates = [expr for c in mapping.columns for expr in _aggregates(c)]
    return known.group_by("minute").agg(*aggregates, pl.col("sampled").any()).sort("minute")


def _aggregates(column: Column) -> list[pl.Expr]:
    cell, name = pl.col(column.name), column.name
    is_measured = pl.col(f"flag:{name}").fill_null(value=False) & cell.is_not_null()
    if column.category == "CONDITION":
        inside = cell.max()
    elif column.dtype == "float64":
        inside = cell.filter(is_measured).mean()
    else:
        inside = cell.filter(is_measured).last()
    held = cell.last() if column.fill == "hold" else pl.lit(None, pl.Int8).cast(_dtype(column))
    return [
        inside.alias(f"in:{name}"),
        is_measured.any().alias(f"measured:{name}"),
        held.alias(f"end:{name}"),
        pl.col(f"known:{name}").last(),
    ]


def _dtype(column: Column) -> type[pl.DataType]:
    if column.category == "CONDITION":
        return pl.Int8
    return pl.Float64 if column.dtype == "float64" else pl.String


def _cell(column: Column) -> pl.Expr:
    inside, held = pl.col(f"in:{column.name}"), pl.col(f"held:{column.name}")
    cell = pl.max_horizontal(inside, held) if column.category == "CONDITION" else pl.coalesce(inside, held)
    return cell.alias(f"cell:{column.name}")


def _filled(column: Column, impute_minutes: int) -> pl.Expr:
    cell = pl.col(f"cell:{column.name}")
    if column.fill == "hold":
        cell = impute(cell, pl.col(f"before:{column.name}"), impute_minutes)
    return cell.alias(f"filled:{column.name}")


def _named(column: Column) -> pl.Expr:
    filled = pl.col(f"filled:{column.name}")
    if column.category == "CONDITION":
        filled = filled.replace_strict(_LEVELS, default=None, return_dtype=pl.String)
    return filled.alias(column.name)


def _origin(column: Column) -> pl.Expr:
    return (
        pl.when(pl.col(f"measured:{column.name}"))
        .then(pl.lit("m"))
        .when(pl.col(f"cell:{column.name}").is_not_null())
        .then(pl.lit("h"))
        .when(pl.col(f"filled:{column.name}").is_not_null())
        .then(pl.lit("i"))
        .otherwise(pl.lit("x"))
        .alias(f"origin:{column.name}")
    )
