"""The seed plant, day by day: devices live, adapters report, the agent answers, delivery writes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np

from smelt.simulate.adapter import Adapter
from smelt.simulate.agent import Agent, Document
from smelt.simulate.channels import Channels
from smelt.simulate.classes import CLASSES, Body
from smelt.simulate.data_faults import DataFault, plan_data_faults, spoil
from smelt.simulate.day import Day, Job, Stop
from smelt.simulate.delivery import Delivery
from smelt.simulate.faults import DAY_MS, HOUR_MS, Fault, plan_faults
from smelt.simulate.fleet import FLEET, Machine
from smelt.simulate.model import model
from smelt.simulate.observations import Latest, Observations, merge
from smelt.simulate.operation import conditions
from smelt.simulate.probe import write_probe
from smelt.simulate.records import MaintenanceLog, repairs, services, write_static, write_truth
from smelt.simulate.shifts import staffed
from smelt.terms.errors import InputError
from smelt.terms.interval import to_us
from smelt.terms.plant import Device

START = datetime(2026, 9, 1, tzinfo=UTC)
_LIFE, _SHIFTS, _BUILD, _NOISE = 1, 2, 3, 6  # what a generator is for: part of its seed


@dataclass(frozen=True)
class Simulated:
    """What was written: observations and documents once each, files with the doubled ones, devices, [start, end)."""

    observations: int
    documents: int
    files: int
    devices: tuple[Device, ...]
    start: datetime
    end: datetime


@dataclass
class _Station:
    """A device with its adapter, its faults and its place in the fleet."""

    machine: Machine
    body: Body
    adapter: Adapter
    faults: tuple[Fault, ...]


def simulate(
    directory: Path,
    *,
    days: int,
    seed: int,
    start: datetime = START,
    progress: Callable[[int, int], None] | None = None,
) -> Simulated:
    """Write a plant's landing zone, its static data, its maintenance log and the truth about it.

    Parameters
    ----------
    directory : gets landing/, static.csv, maintenance.csv and truth/.
    days : how many days, at least 1; memory does not grow with them.
    seed : equal seeds and days give equal bytes. Up to its first fault, at two thirds of the run, a
        shorter run equals a longer one of the same seed.
    start : a midnight in UTC.
    progress : called with (days done, days) after each day.

    Raises
    ------
    InputError
        If days or start are out of bounds, or directory already has a landing/raw.
    """
    _check(directory, days, start)
    start_ms = to_us(start) // 1000
    devices = model()
    channels = Channels(devices)
    landing = directory / "landing"
    landing.mkdir(parents=True, exist_ok=True)
    write_probe(landing / "probe.xml", devices, start_ms)
    write_static(directory / "static.csv")
    log = MaintenanceLog(directory / "maintenance.csv")
    faults = plan_faults(days, start_ms, seed)
    stations = [_station(machine, channels, faults, seed) for machine in FLEET]
    delivery, agent, truth = Delivery(landing, seed), Agent(channels, start_ms), Latest(channels)
    data_faults: list[tuple[DataFault, str]] = []
    observations = documents = 0
    for index in range(days):
        day_ms = start_ms + index * DAY_MS
        spoiling = plan_data_faults(index, day_ms, seed)
        delivery.expect(spoiling)
        seen = _live(stations, index, day_ms, seed, log)
        for document in _answer(agent, _spoil(seen, spoiling, truth, channels), day_ms, spoiling):
            delivery.put(document)
            documents, observations = documents + 1, observations + document.observations
        data_faults += [(f, "") for f in spoiling if f.kind not in ("late_file", "duplicated_file")]
        if progress is not None:
            progress(index + 1, days)
    delivery.flush()
    write_truth(directory / "truth", faults, sorted(data_faults + delivery.spoiled, key=lambda f: f[0].start_ms))
    plant = tuple(Device(m.name, m.name, m.class_name) for m in FLEET)
    return Simulated(observations, documents, delivery.files, plant, start, start + timedelta(days=days))


def _check(directory: Path, days: int, start: datetime) -> None:
    if days < 1:
        raise InputError(f"days is {days}: expected at least 1. Ask for more days.")
    if start.tzinfo is None or start.astimezone(UTC).time() != datetime.min.time():
        raise InputError(f"start is {start.isoformat()}: expected a midnight in UTC, such as {START.isoformat()}.")
    if (directory / "landing" / "raw").exists():
        raise InputError(f"{directory} already has a landing/raw: expected none. Choose another folder or remove it.")


def _station(machine: Machine, channels: Channels, faults: tuple[Fault, ...], seed: int) -> _Station:
    kind = CLASSES[machine.class_name]
    items = {i.name: i for c in kind.root(machine.name).walk() for i in c.items}
    body = kind.make(np.random.default_rng([seed, _BUILD, machine.index]))
    mine = tuple(f for f in faults if f.device == machine.name)
    return _Station(machine, body, Adapter(machine, channels, items), mine)


def _live(stations: list[_Station], index: int, day_ms: int, seed: int, log: MaintenanceLog) -> Observations:
    """Let every device live the day; return what their adapters report, log what was done to them."""
    parts: list[Observations] = []
    jobs: list[tuple[str, Job]] = []
    for station in stations:
        machine, kind = station.machine, CLASSES[station.machine.class_name]
        done = services(machine, index, day_ms)
        stops = [s for s, _ in done] + [Stop(f.stop_ms, f.end_ms) for f in station.faults]
        day = Day(
            index,
            day_ms,
            np.random.default_rng([seed, _LIFE, machine.index, index]),
            np.random.default_rng([seed, _NOISE, machine.index, index]),
            staffed(day_ms, np.random.default_rng([seed, _SHIFTS, machine.index, index])),
            tuple(f for f in station.faults if f.start_ms < day_ms + DAY_MS and f.end_ms > day_ms - DAY_MS),
            tuple(s for s in stops if s.start_ms < s.end_ms and s.end_ms > day_ms and s.start_ms < day_ms + DAY_MS),
        )
        states = conditions(day, kind.conditions(), kind.warnings, kind.fault_conditions)
        readings = replace(station.body.live(day), states=states)
        parts.append(station.adapter.report(readings, day_ms))
        made = [j for _, j in done] + repairs(station.faults, day_ms) + readings.jobs
        jobs += [(machine.name, job) for job in made]
    log.add(jobs)
    return merge(parts)


def _spoil(seen: Observations, spoiling: tuple[DataFault, ...], truth: Latest, channels: Channels) -> Observations:
    """Return the day's observations as its data faults leave them; `truth` is brought up to the day's end."""
    spoiled = seen
    for fault in spoiling:
        spoiled = spoil(spoiled, truth, fault, channels)
    truth.update(seen)
    return spoiled


def _answer(agent: Agent, seen: Observations, day_ms: int, spoiling: tuple[DataFault, ...]) -> Iterator[Document]:
    """Let the agent answer the polls of a day, hour by hour, with its restart where one is due."""
    restart = next((f for f in spoiling if f.kind == "agent_restart"), None)
    edges = {day_ms + hour * HOUR_MS for hour in range(25)}
    if restart is not None:
        edges |= {restart.start_ms, restart.end_ms}
    ordered = sorted(edges)
    for first, last in pairwise(ordered):
        rows = seen.between(first, last)
        if restart is not None and restart.start_ms <= first < restart.end_ms:
            agent.lose(rows)
            if last == restart.end_ms:
                agent.restart(last)
            continue
        yield from agent.observe(rows, first, last)
