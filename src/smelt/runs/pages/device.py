"""The query behind the device page: the score and what drove it, what the machine did, and what people did to it."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from smelt.runs.pages.device_model import Model, newest_model
from smelt.runs.pages.device_signals import Signal, overall_shares, signal_columns, signals_of
from smelt.runs.pages.device_strips import (
    NamedStrip,
    activity_strip,
    condition_columns,
    condition_strip,
    coverage_strip,
    state_columns,
    state_strips,
)
from smelt.runs.pages.episodes import ALWAYS, Episode, Share, episode_of, episodes_in
from smelt.runs.pages.ruling_model import keep_ruling, model_versions
from smelt.runs.pages.series import Series, series
from smelt.runs.pages.tables import INSTANT, Reader, data_span, minutes, table, within
from smelt.runs.plant.find_device import find_device
from smelt.terms.errors import InputError
from smelt.terms.interval import Interval
from smelt.terms.plant import ClassMapping, Device, Plant
from smelt.terms.tables import MAINTENANCE, SCORES


@dataclass(frozen=True)
class Look:
    """How to look at a device: `points` for each line, which episode is selected, how many signals to draw."""

    points: int = 2000
    episode_id: str | None = None
    signal_count: int = 5
    mapping: ClassMapping | None = None


@dataclass(frozen=True)
class Mark:
    """A job done on the device."""

    time_us: int
    kind: str
    component: str | None
    note: str | None


@dataclass(frozen=True)
class DevicePage:
    """A device's page; `episodes` are all that it ever had, `shares` those of the chosen one or of the interval."""

    device: Device
    interval: Interval
    span: Interval | None
    timezone: str
    model: Model | None
    score: Series
    threshold: Series
    severity: Series
    activity: NamedStrip
    strips: tuple[NamedStrip, ...]
    signals: tuple[Signal, ...]
    columns: tuple[str, ...]
    shares: tuple[Share, ...]
    episodes: tuple[Episode, ...]
    episode: Episode | None
    maintenance: tuple[Mark, ...]


def device(reader: Reader, plant: Plant, device_id: str, interval: Interval, look: Look | None = None) -> DevicePage:
    """Ask the lake for a device's page.

    Raises
    ------
    UnknownDeviceError
        If no device has this name or uuid.
    InputError
        If the device has no such episode.
    """
    look = look or Look()
    machine = find_device(plant, device_id)
    models = model_versions(reader)
    mine = within(table(reader, SCORES), "minute", interval).filter(pl.col("device_uuid") == machine.uuid)
    scores = keep_ruling(mine, "minute", models)
    episode = _selected(reader, machine, look.episode_id)
    shares = episode.contributions if episode else overall_shares(scores)
    rows = minutes(reader, machine, interval)
    model = newest_model(models, machine.uuid)
    activity, strips = _strips(reader, machine, interval, look, rows)
    columns = signal_columns(rows) if rows is not None else ()
    drawn = [s.signal for s in shares if s.signal in columns][: look.signal_count]
    score, threshold, severity = _lines(scores, look.points)
    return DevicePage(
        device=machine,
        interval=interval,
        span=data_span(reader, [machine]),
        timezone=plant.timezone,
        model=model,
        score=score,
        threshold=threshold,
        severity=severity,
        activity=activity,
        strips=strips,
        signals=signals_of(rows, drawn, model.bands if model else {}, look.mapping, look.points)
        if rows is not None
        else (),
        columns=columns,
        shares=shares,
        episodes=episodes_in(reader, ALWAYS, models, machine.uuid),
        episode=episode,
        maintenance=_maintenance(reader, machine, interval),
    )


def device_signals(
    reader: Reader, machine: Device, interval: Interval, names: list[str], look: Look
) -> tuple[Signal, ...]:
    """Return any signals of a device with the bands of its newest model.

    Raises
    ------
    InputError
        If a name is not a column of its class, or the class has no minutes yet.
    """
    rows = minutes(reader, machine, interval)
    if rows is None:
        raise InputError(f"no minutes of class {machine.class_name!r} yet: run 'smelt run' first.")
    model = newest_model(model_versions(reader), machine.uuid)
    return signals_of(rows, names, model.bands if model else {}, look.mapping, look.points)


def _selected(reader: Reader, machine: Device, episode_id: str | None) -> Episode | None:
    if episode_id is None:
        return None
    found = episode_of(reader, machine.uuid, episode_id)
    if found is None:
        raise InputError(f"no episode {episode_id!r} of {machine.name}: leave 'episode' out to see all of them.")
    return found


def _lines(scores: pl.LazyFrame, points: int) -> tuple[Series, Series, Series]:
    frame = scores.select("minute", "score", "threshold", "severity").collect().sort("minute")
    times = frame["minute"].dt.epoch("us").to_numpy()
    columns = (frame[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in ("score", "threshold", "severity"))
    score, threshold, severity = (series(times, values, points) for values in columns)
    return score, threshold, severity


def _words(rows: pl.LazyFrame | None) -> pl.DataFrame:
    """Return the minutes' columns of words beside what the machine did; no rows if there are no minutes."""
    head = {"minute": INSTANT, "is_live": pl.Boolean(), "is_running": pl.Boolean()}
    if rows is None:
        return pl.DataFrame(schema=head)
    schema = rows.collect_schema()
    return rows.select(*head, *(n for n in signal_columns(rows) if schema[n] == pl.String)).collect()


def _strips(
    reader: Reader, machine: Device, interval: Interval, look: Look, rows: pl.LazyFrame | None
) -> tuple[NamedStrip, tuple[NamedStrip, ...]]:
    frame = _words(rows)
    levels = condition_columns(frame, look.mapping)
    states = state_columns([n for n in frame.columns if n not in levels])
    conditions = condition_strip(frame, levels, look.points)
    shown = (
        *state_strips(frame, states, look.points),
        *((conditions,) if conditions else ()),
        coverage_strip(reader, machine, interval),
    )
    return activity_strip(frame, interval, look.points), shown


def _maintenance(reader: Reader, machine: Device, interval: Interval) -> tuple[Mark, ...]:
    rows = within(table(reader, MAINTENANCE), "time", interval).filter(pl.col("device_uuid") == machine.uuid)
    times = rows.select(pl.col("time").dt.epoch("us"), "kind", "component", "note").collect().sort("time")
    return tuple(Mark(*row) for row in times.iter_rows())
