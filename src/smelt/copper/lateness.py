"""How late observations arrive, in steps fine enough for a quantile and few enough for a row an hour."""

from collections.abc import Sequence

import polars as pl

from smelt.terms.interval import PERIOD_US
from smelt.terms.observation import UNAVAILABLE

STEPS_AN_OCTAVE = 4
AHEAD = -128  # stamped after its arrival: a clock that is ahead
_LEAST = -40  # 2^(-40/4) s: about a millisecond, and whatever is less


def hourly_quality(rows: pl.DataFrame) -> pl.DataFrame:
    """Count a device's observations by hour: how many, how many UNAVAILABLE, and how late they were.

    Parameters
    ----------
    rows : device_uuid, event_time, received_at, level.

    Returns
    -------
    QUALITY columns without month. A step k of lateness is [2^(k/4), 2^((k+1)/4)) seconds; AHEAD is one of its own;
    rows without an arrival are in none.
    """
    time = pl.col("event_time").dt.timestamp("us")
    period = (time - time.mod(PERIOD_US)).cast(pl.Datetime("us", "UTC"))
    late = (pl.col("received_at").dt.timestamp("us") - time) / 1e6
    step = (late.clip(lower_bound=1e-9).log(2) * STEPS_AN_OCTAVE).floor().clip(lower_bound=_LEAST)
    stepped = rows.select(
        "device_uuid",
        period=period,
        gone=(pl.col("level") == UNAVAILABLE).fill_null(value=False),
        step=pl.when(late < 0).then(AHEAD).otherwise(step).cast(pl.Int16),
    )
    keys = ("device_uuid", "period")
    counted = stepped.group_by(*keys, "step").agg(rows=pl.len().cast(pl.Int64), gone=pl.col("gone").sum()).sort("step")
    known = pl.col("step").is_not_null()
    return (
        counted.group_by(keys)
        .agg(
            observations=pl.col("rows").sum(),
            unavailable=pl.col("gone").sum().cast(pl.Int64),
            lateness_steps=pl.col("step").filter(known),
            lateness_rows=pl.col("rows").filter(known),
        )
        .sort(keys)
    )


def lateness_quantile(steps: Sequence[int], rows: Sequence[int], share: float) -> float | None:
    """Return the lateness in seconds that this share of the rows does not exceed; None if there are no rows.

    Exact to a step's half, 9 %; 0 where the row was stamped after its arrival.

    Examples
    --------
    >>> lateness_quantile([0, 8], [1, 9], 0.5)
    4.36
    """
    wanted, seen = share * sum(rows), 0
    for step, count in sorted(zip(steps, rows, strict=True)):
        seen += count
        if seen >= wanted and count:
            middle = 2 ** ((step + 0.5) / STEPS_AN_OCTAVE)
            return 0.0 if step == AHEAD else float(f"{middle:.3g}")
    return None
