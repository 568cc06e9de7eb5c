"""The query behind the fleet page: one lane for each device, the episodes, and the plant's numbers above them."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from smelt.runs.pages.device_state import LastScore, State, last_scores, last_states
from smelt.runs.pages.episodes import Episode, episodes_in
from smelt.runs.pages.fleet_cells import Cells, activity_cells, bins_of, lane_cells, score_cells
from smelt.runs.pages.ruling_model import keep_ruling, model_versions
from smelt.runs.pages.tables import Reader, data_span, last_contact, table, within
from smelt.terms.interval import MINUTE_US, Interval
from smelt.terms.plant import Device, Plant
from smelt.terms.tables import SCORES


@dataclass(frozen=True)
class Lane:
    """A device in the interval; `last_live_us` is None if it was never heard, `days_wanted` if it has no model."""

    device: Device
    state: State | None
    last_score: LastScore | None
    last_live_us: int | None
    is_without_data: bool
    is_provisional: bool
    days_wanted: float | None
    scored_hours: float
    cells: Cells


@dataclass(frozen=True)
class Fleet:
    """Everything on the fleet page; lanes stand by class, devices that were never heard last.

    `at_us` is the moment that "now" means: where the interval ends, or the data. `expected_episodes` is
    what the budget allows in the scored hours of these lanes.
    """

    interval: Interval
    bin_us: int
    span: Interval | None
    at_us: int
    timezone: str
    lanes: tuple[Lane, ...]
    episodes: tuple[Episode, ...]
    budget_per_168h: float
    scored_hours: float
    expected_episodes: float


def fleet(
    reader: Reader, plant: Plant, interval: Interval, bins: int = 1200, devices: Sequence[Device] | None = None
) -> Fleet:
    """Ask the lake for the fleet page.

    Parameters
    ----------
    interval : what the lanes show.
    bins : how many cells a lane has at most, at least 1.
    devices : which lanes; default: all of the plant.
    """
    shown = tuple(plant.devices if devices is None else devices)
    span = data_span(reader, plant.devices)
    models = model_versions(reader)
    wanted = [d.uuid for d in shown]
    rows = within(table(reader, SCORES), "minute", interval).filter(pl.col("device_uuid").is_in(wanted))
    scores = keep_ruling(rows, "minute", models)
    at_us = min(interval.end_us, span.end_us) if span else interval.end_us
    lanes = _Lanes(reader, plant, interval, at_us).of(shown, scores, models, bins)
    hours = sum(lane.scored_hours for lane in lanes)
    budget = plant.alarms.budget_per_168h
    return Fleet(
        interval=interval,
        bin_us=bins_of(interval, bins).width_us,
        span=span,
        at_us=at_us,
        timezone=plant.timezone,
        lanes=lanes,
        episodes=tuple(e for e in episodes_in(reader, interval, models) if e.device_uuid in wanted),
        budget_per_168h=budget,
        scored_hours=hours,
        expected_episodes=budget * hours / 168,
    )


@dataclass(frozen=True)
class _Lanes:
    reader: Reader
    plant: Plant
    interval: Interval
    at_us: int

    def of(
        self, devices: tuple[Device, ...], scores: pl.LazyFrame, models: pl.DataFrame, bin_count: int
    ) -> tuple[Lane, ...]:
        bins = bins_of(self.interval, bin_count)
        scored = score_cells(scores, bins)
        active = activity_cells(self.reader, list(dict.fromkeys(d.class_name for d in devices)), bins)
        newest = {row["device_uuid"]: row for row in models.iter_rows(named=True)}
        states = last_states(self.reader, devices, Interval(self.interval.start_us, self.at_us))
        last = last_scores(scores)
        contact = last_contact(self.reader, self.at_us)
        order = {name: i for i, name in enumerate(self.plant.classes)}
        lanes = (
            Lane(
                device=device,
                state=states.get(device.uuid),
                last_score=last.get(device.uuid),
                last_live_us=contact.get(device.uuid),
                is_without_data=self._is_without_data(contact.get(device.uuid)),
                is_provisional=bool(newest.get(device.uuid, {}).get("is_provisional", False)),
                days_wanted=newest.get(device.uuid, {}).get("days_wanted"),
                scored_hours=last[device.uuid].scored_minutes / 60 if device.uuid in last else 0.0,
                cells=lane_cells(device, scored, active, bins.count),
            )
            for device in devices
        )
        return tuple(sorted(lanes, key=lambda lane: (order[lane.device.class_name], lane.last_live_us is None)))

    def _is_without_data(self, last_live_us: int | None) -> bool:
        silence = self.plant.contact_timeout_minutes * MINUTE_US
        return last_live_us is None or last_live_us < self.at_us - silence
