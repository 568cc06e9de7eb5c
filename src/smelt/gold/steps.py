"""The steps of gold in order: silver and coverage to minutes, minutes to features."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smelt.gold.resample import MinuteSettings, grid, resample
from smelt.gold.running import live_minutes, running, touched
from smelt.gold.windows import DAY_MINUTES, last_completed, rolling
from smelt.terms.class_tables import (
    FEATURES,
    feature_name,
    features_table,
    minutes_table,
)
from smelt.terms.interval import MINUTE_US, Interval
from smelt.terms.plant import ClassMapping

_DEFAULT = MinuteSettings()


def make_minutes(
    silver: pl.DataFrame,
    coverage: pl.DataFrame,
    mapping: ClassMapping,
    interval: Interval,
    settings: MinuteSettings = _DEFAULT,
) -> pl.DataFrame:
    """Make every minute of one device in an interval, also the silent ones.

    Parameters
    ----------
    silver : rows of silver/<class> of the device: those of the interval, those of the
        `settings.look_back_minutes` before it, and the last one before these.
    coverage : COVERAGE rows of the device over the interval.
    interval : [start, end); whole periods give the same minutes as one go.

    Returns
    -------
    The file schema of gold/<class>_minutes. Minutes that are not live, or that an exclusion touches, have
    null cells of origin x. Without any silver and coverage there is no device to speak of, and no row.

    Notes
    -----
    Known at the end of the minute. `is_running` is false wherever `is_live` is.
    """
    minutes = grid(interval, settings.look_back_minutes)
    cells = resample(silver, minutes, mapping, settings)
    starts = minutes["minute"].to_physical().to_numpy()
    excluded = pl.Series(touched(starts, list(settings.exclusions)))
    is_live = live_minutes(minutes["minute"], coverage) & ~excluded
    columns = [c.name for c in mapping.columns]
    origin = pl.concat_str(f"origin:{name}" for name in columns) if columns else pl.lit("")
    masked = cells.with_columns(
        is_live,
        *(pl.when(is_live).then(name).alias(name) for name in columns),
        origin=pl.when(is_live).then(origin).otherwise(pl.lit("x" * len(columns))),
    ).with_columns(is_running=running(mapping, settings.running_minutes) & pl.col("is_live"))
    device_uuid = (silver if silver.height else coverage)["device_uuid"].first()
    wanted = masked.filter(pl.col("minute").dt.epoch("us") >= interval.start_us, pl.lit(device_uuid is not None))
    named = wanted.with_columns(device_uuid=pl.lit(device_uuid, pl.String))
    return named.select(minutes_table(mapping).file_schema().names)


def make_features(
    minutes: pl.DataFrame, mapping: ClassMapping, interval: Interval, window_minutes: int
) -> pl.DataFrame:
    """Make the features of one device's minutes in an interval.

    Parameters
    ----------
    minutes : rows of gold/<class>_minutes: those of the interval and of 2 * window_minutes before it; minutes that
        are not there count as not live.
    interval : [start, end); whole periods give the same features as one go.
    window_minutes : length of the trailing window, which ends with the minute itself.

    Returns
    -------
    The file schema of gold/<class>_features: null where the window holds no value of a live minute, rolling_std
    where it holds fewer than two. tumbling_avg is the mean of the last *completed* window, aligned to the UTC day.

    Notes
    -----
    Known at the end of the minute: no feature reads a later one. Held and imputed cells count as values, so
    rolling_std of a signal that reports on change is small while it is silent.
    """
    frame = grid(interval, 2 * window_minutes).join(
        minutes, on="minute", how="left", maintain_order="left", validate="1:1"
    )
    times = frame["minute"].to_physical().to_numpy()
    inside = times >= interval.start_us
    since, is_short = last_completed(times // MINUTE_US, window_minutes)
    is_live = frame["is_live"].fill_null(value=False).to_numpy()
    columns: dict[str, pl.Series] = {}
    for column in mapping.columns:
        if column.dtype == "float64":
            values = np.where(is_live, frame[column.name].cast(pl.Float64).to_numpy(), np.nan)
            found = _features(np.where(np.isfinite(values), values, np.nan), window_minutes, since, is_short)
            for feature, numbers in zip(FEATURES, found, strict=True):
                columns[feature_name(column.name, feature, window_minutes)] = _float32(numbers[inside])
    head = frame.filter(pl.Series(inside)).select(
        pl.lit(minutes["device_uuid"].first(), pl.String).alias("device_uuid"),
        "minute",
        pl.col("is_live", "is_running").fill_null(value=False),
    )
    return head.with_columns(**columns).select(features_table(mapping, window_minutes).file_schema().names)


def _features(
    values: NDArray[np.float64], window: int, since: NDArray[np.int64], is_short: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], ...]:
    """Return the seven features in the order of FEATURES."""
    stats = rolling(values, window)
    at = np.arange(len(values)) - since
    tumbling = stats.avg[np.maximum(at, 0)]
    if is_short.any():
        tumbling = np.where(is_short, rolling(values, DAY_MINUTES % window).avg[np.maximum(at, 0)], tumbling)
    tumbling = np.where(at >= 0, tumbling, np.nan)
    return stats.avg, tumbling, stats.median, stats.std, stats.low, stats.high, stats.total


def _float32(numbers: NDArray[np.float64]) -> pl.Series:
    with np.errstate(over="ignore"):
        return pl.Series(numbers.astype(np.float32), nan_to_null=True)
