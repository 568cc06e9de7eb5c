"""One device's data in a stretch of time: received against expected, gaps, lateness, restarts and rejects."""

from dataclasses import dataclass

import polars as pl

from smelt.runs.pages.gaps import Gap, gaps_in
from smelt.runs.pages.pipeline import Command, commands
from smelt.runs.pages.pipeline_agents import AgentState, agents_in
from smelt.runs.pages.pipeline_arrival import Arrival, arrivals
from smelt.runs.pages.pipeline_hours import Hours, hours
from smelt.runs.pages.rejects import Rejects, grouped_rejects, reject_rows
from smelt.runs.pages.tables import Reader, data_span, table
from smelt.runs.plant.config import PlantFolder
from smelt.terms.interval import PERIOD_US, Interval
from smelt.terms.plant import Device
from smelt.terms.tables import DATA_ITEMS, DOCUMENTS, TASKS

HOURLY_UP_TO_HOURS = 72
DAY_HOURS = 24


@dataclass(frozen=True)
class DeviceCoverage:
    """What `smelt coverage` tells; `agents` and `rejects` are those of the agents that speak for the device.

    `is_covered` is False where the coverage stage has not been there yet: then only what was received is known.
    """

    device: Device
    interval: Interval
    until_us: int | None
    is_covered: bool
    hours: Hours
    arrival: Arrival
    gaps: tuple[Gap, ...]
    agents: tuple[AgentState, ...]
    rejects: tuple[Rejects, ...]
    commands: tuple[Command, ...]


def device_coverage(reader: Reader, folder: PlantFolder, device: Device, interval: Interval) -> DeviceCoverage:
    """Ask the lake about one device; a cell is an hour, above three days a day."""
    span = data_span(reader, [device])
    gaps = gaps_in(reader, [device], interval)
    told = agents_in(reader, interval, gaps)
    names = _agents_of(reader, device) & {a.agent for a in told} or {a.agent for a in told}
    length = -(-(interval.end_us - interval.start_us) // PERIOD_US)
    most = length + 1 if length <= HOURLY_UP_TO_HOURS else -(-length // DAY_HOURS)
    found = arrivals(reader, [device], interval)
    return DeviceCoverage(
        device=device,
        interval=interval,
        until_us=span.end_us if span else None,
        is_covered=span is not None,
        hours=hours(reader, [device], interval, most),
        arrival=found.overall,
        gaps=gaps,
        agents=tuple(a for a in told if a.agent in names),
        rejects=grouped_rejects(_of_agents(reader, reject_rows(reader, interval), names)),
        commands=commands(folder, device.name),
    )


def heard_of(reader: Reader, device: Device) -> Interval | None:
    """Return from the first to the last hour of a device that ingest told of; None if there is none."""
    mine = table(reader, TASKS).filter(pl.col("stage") == "ingest", pl.col("device_uuid") == device.uuid)
    first, last = (
        mine.select(low=pl.col("period").min(), high=pl.col("period").max())
        .select(pl.all().dt.epoch("us"))
        .collect()
        .row(0)
    )
    return None if first is None else Interval(first, last + PERIOD_US)


def _agents_of(reader: Reader, device: Device) -> set[str]:
    mine = table(reader, DATA_ITEMS).filter(pl.col("device_uuid") == device.uuid)
    return set(mine.select(pl.col("agent").unique()).collect()["agent"])


def _of_agents(reader: Reader, rejects: pl.DataFrame, names: set[str]) -> pl.DataFrame:
    """Leave out rejects of files that only other agents' documents stand in."""
    paths = rejects["path"].unique()
    if paths.is_empty():
        return rejects
    documents = table(reader, DOCUMENTS).filter(pl.col("path").is_in(paths.implode()))
    mine = pl.col("agent").is_in(sorted(names))
    others = documents.group_by("path").agg(mine.any().alias("mine")).filter(~pl.col("mine")).collect()
    return rejects.join(others, on="path", how="anti")


def week_of(reader: Reader, device: Device, length_us: int) -> Interval:
    """Return the stretch of this length that ends where the device's data ends; an hour of 1970 if it has none."""
    heard = heard_of(reader, device) or Interval(0, PERIOD_US)
    return Interval(max(heard.start_us, heard.end_us - length_us), heard.end_us)
