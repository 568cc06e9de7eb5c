"""The rows behind each plot at full resolution, for people who take them away as CSV."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from smelt.runs.pages.device_signals import signal_columns
from smelt.runs.pages.episodes import Episode
from smelt.runs.pages.fleet import Fleet
from smelt.runs.pages.fleet_cells import NO_DATA, NOT_SCORED, OFF, SCORED
from smelt.runs.pages.ruling_model import keep_ruling, model_versions
from smelt.runs.pages.tables import INSTANT, Reader, minutes, table, touching, within
from smelt.terms.errors import InputError
from smelt.terms.interval import Interval
from smelt.terms.plant import Device
from smelt.terms.tables import COVERAGE, SCORES

STATE_WORDS = {SCORED: "scored", NOT_SCORED: "not scored", OFF: "off", NO_DATA: "no data"}


def score_rows(reader: Reader, device: Device, interval: Interval) -> pl.DataFrame:
    """Return every scored minute with its score, threshold, severity, model version and contributions as text."""
    mine = within(table(reader, SCORES), "minute", interval).filter(pl.col("device_uuid") == device.uuid)
    share = pl.concat_str(
        pl.element().struct.field("signal"), pl.element().struct.field("share").round(3).cast(pl.String), separator="="
    )
    told = pl.col("contributions").list.eval(share).list.join("; ")
    wanted = ("minute", "score", "threshold", "severity", "model_version")
    return keep_ruling(mine, "minute", model_versions(reader)).select(*wanted, told).sort("minute").collect()


def minute_rows(reader: Reader, device: Device, interval: Interval, names: Sequence[str]) -> pl.DataFrame:
    """Return every minute's values of the named columns, each beside its origin (m, h, i or x).

    Raises
    ------
    InputError
        If a name is not a column of the class, or there are no minutes yet.
    """
    rows = minutes(reader, device, interval)
    columns = signal_columns(rows) if rows is not None else ()
    if unknown := [n for n in names if n not in columns]:
        raise InputError(f"no signal {unknown[0]!r}: the device has {', '.join(columns) or 'none yet'}.")
    assert rows is not None
    origins = [pl.col("origin").str.slice(columns.index(n), 1).alias(f"{n}_origin") for n in names]
    return rows.select("minute", "is_live", "is_running", *names, *origins).collect()


def coverage_rows(reader: Reader, device: Device, interval: Interval) -> pl.DataFrame:
    """Return the coverage intervals that touch the interval."""
    mine = table(reader, COVERAGE).filter(pl.col("device_uuid") == device.uuid)
    return touching(mine, interval).select("start", "end", "kind", "count").sort("start").collect()


def episode_rows(episodes: Sequence[Episode], names: dict[str, str]) -> pl.DataFrame:
    """Return a row for each episode; `names` says what people call a uuid."""
    rows = [
        {
            "device": names.get(e.device_uuid, e.device_uuid),
            "start": e.start_us,
            "end": e.end_us,
            "peak_time": e.peak_us,
            "peak_severity": e.peak_severity,
            "peak_score": e.peak_score,
            "scored_minutes": e.scored_minutes,
            "alarm_minutes": e.alarm_minutes,
            "is_open": e.is_open,
            "is_provisional": e.is_provisional,
            "model_version": e.model_version,
            "episode_id": e.episode_id,
            "contributions": "; ".join(f"{s.signal}={s.share:.3f}" for s in e.contributions),
        }
        for e in episodes
    ]
    times = {"start": INSTANT, "end": INSTANT, "peak_time": INSTANT}
    return pl.DataFrame(rows).cast(times) if rows else pl.DataFrame(schema={"device": pl.String, **times})  # type: ignore[arg-type]


def cell_rows(page: Fleet) -> pl.DataFrame:
    """Return a row for each cell of each lane: when it begins, what the machine did, severity and top signal."""
    starts = page.interval.start_us + np.arange(len(page.lanes[0].cells.state) if page.lanes else 0) * page.bin_us
    frames = [
        pl.DataFrame(
            {
                "device": [lane.device.name] * len(starts),
                "class": [lane.device.class_name] * len(starts),
                "start": starts,
                "state": [STATE_WORDS[int(s)] for s in lane.cells.state],
                "severity": pl.Series(lane.cells.severity).fill_nan(None),
                "top_signal": [lane.cells.signals[i] if i >= 0 else None for i in lane.cells.signal],
            },
            schema_overrides={"top_signal": pl.String},
        ).with_columns(pl.col("start").cast(INSTANT))
        for lane in page.lanes
    ]
    return pl.concat(frames) if frames else pl.DataFrame(schema={"device": pl.String})
