"""How observations arrived: how many, how many UNAVAILABLE, how late; of each device and of all."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from smelt.copper.lateness import AHEAD, lateness_quantile
from smelt.runs.pages.tables import Reader, table, within
from smelt.terms.interval import Interval, period_of
from smelt.terms.plant import Device
from smelt.terms.tables import QUALITY


@dataclass(frozen=True)
class Arrival:
    """Observations of a stretch of time; lateness in seconds (received_at - event_time), None if none is known.

    `ahead` of them were stamped after their arrival.
    """

    observations: int
    unavailable: int
    ahead: int
    p50_s: float | None
    p95_s: float | None

    @property
    def unavailable_share(self) -> float | None:
        """The share of UNAVAILABLE, 0 to 1; None of nothing."""
        return self.unavailable / self.observations if self.observations else None


@dataclass(frozen=True)
class Arrivals:
    """Of each device that said something, by uuid, and of all together."""

    by_device: dict[str, Arrival]
    overall: Arrival


def arrivals(reader: Reader, devices: Sequence[Device], interval: Interval) -> Arrivals:
    """Add up the hours that the interval touches, whole: the one in which a new plant began, too."""
    whole = Interval(period_of(interval.start_us), interval.end_us)
    rows = within(table(reader, QUALITY), "period", whole)
    rows = rows.filter(pl.col("device_uuid").is_in([d.uuid for d in devices]))
    totals = rows.group_by("device_uuid").agg(pl.col("observations", "unavailable").sum()).collect()
    steps = rows.explode("lateness_steps", "lateness_rows").drop_nulls("lateness_steps")
    counts = steps.group_by("device_uuid", "lateness_steps").agg(pl.col("lateness_rows").sum()).collect()
    late: dict[str, Counter[int]] = {uuid: Counter() for uuid in totals["device_uuid"]}
    for uuid, step, count in counts.rows():
        late[uuid][step] += count
    each = {uuid: _arrival(n, gone, late[uuid]) for uuid, n, gone in totals.sort("device_uuid").rows()}
    all_ = sum(late.values(), Counter[int]())
    overall = _arrival(sum(a.observations for a in each.values()), sum(a.unavailable for a in each.values()), all_)
    return Arrivals(each, overall)


def _arrival(observations: int, unavailable: int, late: Counter[int]) -> Arrival:
    steps, rows = list(late), list(late.values())
    p50, p95 = (lateness_quantile(steps, rows, share) for share in (0.5, 0.95))
    return Arrival(observations, unavailable, late[AHEAD], p50, p95)
