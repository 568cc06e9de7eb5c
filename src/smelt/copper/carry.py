"""What crosses a period's border: the last value of each data item, from rows and from the table of last values."""

import polars as pl

from smelt.copper.order import settle_order
from smelt.terms.interval import PERIOD_US
from smelt.terms.observation import UNAVAILABLE
from smelt.terms.tables import LAST_VALUES, NO_MONTH

TIME = pl.Datetime("us", "UTC")
_COLUMNS = [name for name in LAST_VALUES.schema.names if name != "batch"]
_ORDER = ("device_uuid", "period", "data_item", "native_code", "instance_id", "sequence")
_LEVEL_RANK = {UNAVAILABLE: 0, "WARNING": 2, "FAULT": 3}


def order_keys(columns: list[str]) -> list[pl.Expr]:
    """Return what orders the observations of one data item, last one last.

    Event time, then the agent's instance and sequence, then the sample of a time series. Logs have
    no sequence: of two lines of one instant a value counts as later than UNAVAILABLE, then the worse level,
    then the larger value, so that the order of the input never decides.
    """
    rank = pl.col("level").replace_strict(_LEVEL_RANK, default=1, return_dtype=pl.Int8)
    part = [pl.when(pl.col("sequence").is_not_null()).then("part")] if "part" in columns else []
    return [
        pl.col("event_time", "instance_id", "sequence"),
        *part,
        rank,
        pl.col("value", "text", "native_code", "native_units"),
    ]


def in_order(rows: pl.DataFrame) -> pl.DataFrame:
    """Sort observations, or last values, so that the later of one data item comes later."""
    return rows.sort("data_item", *order_keys(rows.columns), nulls_last=False)


def in_settled_order(rows: pl.DataFrame) -> pl.DataFrame:
    """Sort observations, or last values, as in_order would if stamps that their sequence disproves were settled."""
    settled = settle_order(rows.with_columns(stamped="event_time"))
    return in_order(settled).with_columns(event_time="stamped").drop("stamped", "is_repaired")


def last_values_of(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the last value of each data item, and of each code of a condition, in each period.

    Parameters
    ----------
    rows : OBSERVATIONS columns (month and bucket may be absent), of any devices, in any order. Rows without an
        event_time, or of the month '0000-00', are left out: their stamp says nothing about a period.

    Returns
    -------
    LAST_VALUES columns without batch. A condition's last reset (an empty Normal or an Unavailable, which end
    every code) is a row of its own, so that replaying the rows gives the state that all observations give.
    """
    rows = rows.filter(pl.col("event_time").is_not_null())
    if "month" in rows.columns:
        rows = rows.filter(pl.col("month") != NO_MONTH)
    ordered = in_settled_order(_with_period(rows))
    return _last_of_each(ordered, ["device_uuid", "period"]).sort(_ORDER)


def as_last_values(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows as `last_values_of` does, where each is the only one of its kind in its period."""
    return _with_period(rows).select(_COLUMNS).sort(_ORDER)


def fold_carry(last_values: pl.DataFrame, before_us: int) -> pl.DataFrame:
    """Fold one device's last values into what was known at the instant `before_us`, a period's start.

    Parameters
    ----------
    last_values : LAST_VALUES rows of one device, of any periods and batches; later ones are ignored.
    before_us : start of the period that wants to know, microseconds.

    Returns
    -------
    LAST_VALUES columns without batch: for each (data item, code) the latest observation, by period, then
    instance and sequence (logs by event time); whichever batch brought it.
    """
    before = pl.lit(before_us, dtype=pl.Int64).cast(TIME)
    ordered = in_settled_order(last_values.filter(pl.col("period") < before))
    return _last_of_each(ordered, []).sort("data_item", "native_code", "event_time")


def is_reset() -> pl.Expr:
    """Say of each row whether it ends every code of its condition: an empty Normal, or an Unavailable."""
    is_end = (pl.col("level") == UNAVAILABLE) | ((pl.col("level") == "NORMAL") & pl.col("native_code").is_null())
    return ((pl.col("category") == "CONDITION") & is_end).fill_null(value=False)


def _with_period(rows: pl.DataFrame) -> pl.DataFrame:
    """Add the period that each row is in; only a condition's code tells it from others of its item."""
    start = pl.col("event_time").dt.epoch("us")
    period = (start - start.mod(PERIOD_US)).cast(TIME).alias("period")
    code = pl.when(pl.col("category") == "CONDITION").then("native_code").alias("native_code")
    return rows.with_columns(period, code)


def _last_of_each(ordered: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    keyed = ordered.with_columns(is_reset=is_reset())
    return keyed.unique([*by, "data_item", "native_code", "is_reset"], keep="last", maintain_order=True).select(
        _COLUMNS
    )
