"""The command `smelt coverage DEVICE`: is this device's data whole, and if not, what is missing and why?"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer

from smelt.cli.options import JsonOption, LakeOption, PlantOption
from smelt.cli.output import say, say_json, table

if TYPE_CHECKING:
    import polars as pl

    from smelt.runs.pages.device_coverage import DeviceCoverage
    from smelt.runs.pages.pipeline_arrival import Arrival

BAR = 20
SHOWN_GAPS = 40
SHOWN_REJECTS = 10


def coverage(
    device: Annotated[str, typer.Argument(help="The device's name or uuid.")],
    start: Annotated[
        str | None, typer.Option("--from", help="Time, UTC unless it says; default: a week before --to.")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", help="Time; default: where the device's data ends.")] = None,
    plant: PlantOption = None,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what was received of a device against what was expected, its gaps, lateness, restarts and rejects."""
    from smelt.cli.context import open_plant
    from smelt.lake.location import Location
    from smelt.lake.reader import LakeReader
    from smelt.runs.pages.device_coverage import device_coverage
    from smelt.runs.plant.find_device import find_device

    folder = open_plant(plant, lake)
    location = Location.of(folder.lake_uri)
    location.check_format()
    reader = LakeReader(location.uri)
    machine = find_device(folder.plant, device)
    found = device_coverage(reader, folder, machine, _interval(reader, machine, start, end))
    if as_json:
        say_json(_as_json(found))
    else:
        _show(found)


def _interval(reader: Any, machine: Any, start: str | None, end: str | None) -> Any:
    from smelt.runs.pages.device_coverage import week_of
    from smelt.runs.pages.tables import WEEK_US
    from smelt.terms.errors import InputError
    from smelt.terms.interval import Interval
    from smelt.web.query import LONGEST_US, time_us

    newest = week_of(reader, machine, WEEK_US)
    end_us = time_us("to", end) if end else newest.end_us
    start_us = time_us("from", start) if start else min(newest.start_us, end_us - WEEK_US) if end else newest.start_us
    if not start_us < end_us <= start_us + LONGEST_US:
        raise InputError(
            f"--from {_utc(start_us)} --to {_utc(end_us)} is no stretch of at most ten years; "
            "expected --from before --to. Give both, or neither."
        )
    return Interval(start_us, end_us)


def _utc(time_us: int | None) -> str:
    from smelt.terms.interval import from_us

    return "never" if time_us is None else f"{from_us(time_us):%Y-%m-%d %H:%M}"


def _show(found: "DeviceCoverage") -> None:
    until = f"data until {_utc(found.until_us)}" if found.until_us else "no coverage yet: 'smelt run' makes it"
    name = f"{found.device.name} ({found.device.class_name})"
    say(f"{name}  {_utc(found.interval.start_us)} to {_utc(found.interval.end_us)} UTC, {until}")
    say(f"received      {_received(found.hours.cells)}")
    say(f"UNAVAILABLE   {_share(found.arrival.unavailable_share)} of them")
    say(f"lateness      {_lateness(found.arrival)}")
    _show_hours(found)
    _show_gaps(found)
    _show_agents(found)
    _show_rejects(found)
    say("\nrun again")
    for command in found.commands:
        say(f"  {command.line:<60}  {command.what}")


def _received(cells: "pl.DataFrame") -> str:
    received, expected = int(cells["received"].sum()), float(cells["expected"].sum())
    if expected:
        return f"{received:,} observations of about {expected:,.0f} expected ({received / expected:.1%})"
    if received or cells.is_empty():
        return f"{received:,} observations" if received else "nothing: no file told of it in this time"
    return "nothing, and nothing was missed: it was in contact" if _is_live(float(cells["live"].sum())) else "nothing"


def _is_live(seconds: float | None) -> bool:
    return (seconds or 0) >= 1


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def _lateness(arrival: "Arrival") -> str:
    if arrival.p50_s is None:
        return "not known"
    words = f"p50 {_seconds(arrival.p50_s)}, p95 {_seconds(arrival.p95_s)}"
    if arrival.ahead:
        words += f"; {arrival.ahead / arrival.observations:.1%} stamped after the arrival that their file tells"
    return words


def _seconds(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    if seconds < 0:
        return "0 s"  # made after the arrival that the file's name tells: that is when the file was begun
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"


def _show_hours(found: "DeviceCoverage") -> None:
    hours = found.hours
    unit = "hour" if hours.bin_us == 3_600_000_000 else f"{hours.bin_us // 3_600_000_000} h"
    say(f"\n{unit + ' (UTC)':<18}{'received':>10}{'expected':>10}  in contact")
    for row in hours.cells.iter_rows(named=True):
        expected = "–" if row["expected"] is None else f"{row['expected']:,.0f}"
        start = _utc(hours.interval.start_us + row["bin"] * hours.bin_us)
        say(f"{start:<18}{row['received']:>10,}{expected:>10}  {_bar(row['contact'])}{_why(row)}")


def _bar(share: float | None) -> str:
    if share is None:
        return "not covered yet"
    full = round(BAR * share)
    shown = 0.999 if 0.999 < share < 1 else share  # not whole is never shown as 100 %
    return f"{'█' * full}{'░' * (BAR - full)} {shown:6.1%}"


def _why(row: dict[str, Any]) -> str:
    from smelt.terms.tables import COVERAGE_KINDS

    kinds = [f"{kind} {_seconds(row[kind])}" for kind in COVERAGE_KINDS if kind != "live" and (row[kind] or 0) >= 1]
    if not row["received"] and _is_live(row["live"]):
        kinds.insert(0, "nothing changed")
    return "  " + ", ".join(kinds) if kinds else ""


def _show_gaps(found: "DeviceCoverage") -> None:
    say("\ngaps" if found.gaps else "\ngaps          none")
    if not found.gaps:
        return
    by_kind = sorted(found.gaps, key=lambda g: g.kind)
    for kind, group in groupby(by_kind, key=lambda g: g.kind):
        gaps = list(group)
        lost = sum(g.count or 0 for g in gaps)
        total = _seconds(sum(g.end_us - g.start_us for g in gaps) / 1e6)
        say(f"  {kind:<14}{len(gaps)} in all {total}" + (f", {lost:,} observations of its agent" if lost else ""))
    rows = [
        (g.kind, _utc(g.start_us), _seconds((g.end_us - g.start_us) / 1e6), g.count) for g in found.gaps[:SHOWN_GAPS]
    ]
    table(("kind", "from (UTC)", "for", "lost"), rows)
    if len(found.gaps) > SHOWN_GAPS:
        say(f" the newest {SHOWN_GAPS} of {len(found.gaps)}; --json has all of them")


def _show_agents(found: "DeviceCoverage") -> None:
    for agent in found.agents:
        lost = f"; {agent.lost:,} observations lost" if agent.lost else ""
        say(f"agent {agent.agent}: {agent.documents:,} documents, {agent.empty:,} empty, {agent.errors:,} errors{lost}")
        say(f"  from their making to their arrival p50 {_seconds(agent.p50_s)}, p95 {_seconds(agent.p95_s)}")
        for restart in agent.restarts:
            say(f"  restarted between {_utc(restart.start_us)} and {_utc(restart.end_us)}")
        for again in agent.recounts:
            say(
                f"  numbers again: instance {again.instance_id} began anew at {_utc(again.began_us)} without a new "
                f"instance id; {again.count:,} observations are not in copper"
            )


def _show_rejects(found: "DeviceCoverage") -> None:
    say("\nrejects" if found.rejects else "\nrejects       none")
    for r in found.rejects[:SHOWN_REJECTS]:
        say(f"  {r.count:,} × {r.reason}  (newest: {r.path}, {r.length:,} bytes at {r.offset:,})")


def _as_json(found: "DeviceCoverage") -> dict[str, Any]:
    from smelt.terms.interval import from_us

    hours = found.hours
    cells = [
        {"start": from_us(hours.interval.start_us + row.pop("bin") * hours.bin_us)} | row
        for row in hours.cells.drop("device_uuid").to_dicts()
    ]
    return {
        "device": found.device,
        "from": from_us(found.interval.start_us),
        "to": from_us(found.interval.end_us),
        "until": from_us(found.until_us) if found.until_us else None,
        "hours_each": hours.bin_us / 3_600_000_000,
        "cells": cells,
        "arrival": found.arrival,
        "gaps": list(_timed(found.gaps)),
        "agents": list(_timed(found.agents)),
        "rejects": list(_timed(found.rejects)),
        "commands": found.commands,
    }


def _timed(values: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """Turn dataclasses into plain values; microseconds become instants."""
    from dataclasses import asdict

    for value in values:
        yield {_plain_name(name): _moment(name, cell) for name, cell in asdict(value).items()}


def _plain_name(name: str) -> str:
    return name.removesuffix("_us")


def _moment(name: str, cell: Any) -> Any:
    from smelt.terms.interval import from_us

    if name.endswith("_us") and cell is not None:
        moment: datetime = from_us(cell)
        return moment
    if isinstance(cell, list | tuple):
        return [
            {_plain_name(k): _moment(k, v) for k, v in item.items()} if isinstance(item, dict) else item
            for item in cell
        ]
    return cell
