"""Episodes as the pages show them: the interval, the facts and the signals' shares."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from smelt.runs.pages.ruling_model import keep_ruling
from smelt.runs.pages.tables import Reader, table, touching
from smelt.terms.interval import Interval
from smelt.terms.tables import EPISODES

ALWAYS = Interval(0, 4_102_444_800_000_000)  # 1970 to 2100


@dataclass(frozen=True)
class Share:
    """A signal and its share of the score, 0 to 1."""

    signal: str
    share: float


@dataclass(frozen=True)
class Episode:
    """Merged alarms of one device; times in microseconds, [start, end)."""

    episode_id: str
    device_uuid: str
    start_us: int
    end_us: int
    is_open: bool
    is_provisional: bool
    model_version: str
    peak_us: int
    peak_score: float
    peak_severity: float
    scored_minutes: int
    alarm_minutes: int
    contributions: tuple[Share, ...]


def shares(contributions: Sequence[dict[str, Any]] | None) -> tuple[Share, ...]:
    """Turn a cell of contributions into shares, largest first."""
    pairs = [Share(str(c["signal"]), float(c["share"])) for c in contributions or ()]
    return tuple(sorted(pairs, key=lambda s: -s.share))


def _episode(row: dict[str, Any]) -> Episode:
    return Episode(
        episode_id=row["episode_id"],
        device_uuid=row["device_uuid"],
        start_us=row["start"],
        end_us=row["end"],
        is_open=row["is_open"],
        is_provisional=row["is_provisional"],
        model_version=row["model_version"],
        peak_us=row["peak_time"],
        peak_score=row["peak_score"],
        peak_severity=row["peak_severity"],
        scored_minutes=row["scored_minutes"],
        alarm_minutes=row["alarm_minutes"],
        contributions=shares(row["contributions"]),
    )


def _collect(rows: pl.LazyFrame) -> tuple[Episode, ...]:
    times = rows.with_columns(pl.col("start", "end", "peak_time").dt.epoch("us"))
    return tuple(_episode(r) for r in times.collect().sort("start", "device_uuid").iter_rows(named=True))


def episodes_in(
    reader: Reader, interval: Interval, models: pl.DataFrame, device_uuid: str | None = None
) -> tuple[Episode, ...]:
    """Return the ruling models' episodes, of one device or of all, that touch the interval, in order of start."""
    rows = table(reader, EPISODES)
    mine = rows if device_uuid is None else rows.filter(pl.col("device_uuid") == device_uuid)
    return _collect(touching(keep_ruling(mine, "start", models), interval))


def episode_of(reader: Reader, device_uuid: str, episode_id: str) -> Episode | None:
    """Return one episode of a device, of whichever model; None if there is none of this id."""
    mine = (pl.col("device_uuid") == device_uuid) & (pl.col("episode_id") == episode_id)
    return next(iter(_collect(table(reader, EPISODES).filter(mine))), None)
