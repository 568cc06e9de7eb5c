"""Commands that move data along its way: ingest, run, compact, exclude, train, score."""

import getpass
import sys
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from smelt.cli.options import (
    EngineOption,
    JsonOption,
    LakeOption,
    LandingOption,
    PlantOption,
    ProbeOption,
    ShdrOption,
    WaitOption,
    WorkersOption,
)
from smelt.cli.output import say, say_json

if TYPE_CHECKING:
    from smelt.cli.stopping import Stopping
    from smelt.runs.request import Request
    from smelt.runs.run import Report

DeviceOption = Annotated[
    list[str] | None,
    typer.Option("--device", help="This device only; may be given more than once.", show_default=False),
]


ForOption = Annotated[
    str | None, typer.Option("--for", metavar="TIME", help="End after 90s, 20m, 2h.", show_default=False)
]
RetainOption = Annotated[
    str | None,
    typer.Option(
        "--retain",
        metavar="TIME",
        help="Delete landed files so old (30d) once they are in copper; those with rejects stay.",
        show_default=False,
    ),
]


def ingest(
    plant: PlantOption = None,
    landing: LandingOption = None,
    shdr: ShdrOption = None,
    probe: ProbeOption = None,
    lake: LakeOption = None,
    engine: EngineOption = None,
    workers: WorkersOption = None,
    once: Annotated[bool, typer.Option("--once", help="End when every file that has landed is read.")] = False,
    for_: ForOption = None,
    retain: RetainOption = None,
    wait: WaitOption = 0.0,
    as_json: JsonOption = False,
) -> None:
    """Read what lands into copper, each observation once, until it is stopped; SIGTERM finishes the batch."""
    work = _Work(("ingest",), plant, (landing, shdr, probe, lake, engine, workers), wait, as_json)
    _go(replace(work, is_following=not once, for_=for_, retain=retain))


def run(
    plant: PlantOption = None,
    landing: LandingOption = None,
    shdr: ShdrOption = None,
    probe: ProbeOption = None,
    lake: LakeOption = None,
    engine: EngineOption = None,
    workers: WorkersOption = None,
    follow: Annotated[bool, typer.Option("--follow", help="Go on, pass after pass, until it is stopped.")] = False,
    for_: ForOption = None,
    retain: RetainOption = None,
    wait: WaitOption = 0.0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done; write nothing.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Take new files the whole way: copper, silver, gold, training, scores, episodes; only what is stale."""
    settings = (landing, shdr, probe, lake, engine, workers)
    work = _Work(("ingest", "stages", "train", "score"), plant, settings, wait, as_json, is_dry=dry_run)
    _go(replace(work, is_following=(follow or for_ is not None) and not dry_run, for_=for_, retain=retain))


def train(
    plant: PlantOption = None,
    lake: LakeOption = None,
    device: DeviceOption = None,
    wait: WaitOption = 0.0,
    as_json: JsonOption = False,
) -> None:
    """Train a new model version for each device (or those named), on its earlier running minutes."""
    settings = (None, None, None, lake, None, None)
    trained = _go(_Work(("train",), plant, settings, wait, as_json, devices=tuple(device or ())))
    if not trained and not as_json:
        say("no new model: what there is gave the models that are there, or too few minutes ran (see README, limits)")


def score(
    plant: PlantOption = None, lake: LakeOption = None, wait: WaitOption = 0.0, as_json: JsonOption = False
) -> None:
    """Score the minutes that have none, and fold them into episodes."""
    _go(_Work(("score",), plant, (None, None, None, lake, None, None), wait, as_json))


@dataclass(frozen=True)
class _Work:
    """What a command asks for, as options give it."""

    parts: tuple[str, ...]
    plant: str | None
    settings: tuple[object, ...]
    wait: float
    as_json: bool
    is_dry: bool = False
    devices: tuple[str, ...] | None = None
    is_following: bool = False
    for_: str | None = None
    retain: str | None = None


def _go(work: _Work) -> int:
    """Do the work and show what was done; return the rows that the first stage wrote."""
    from smelt.cli.stopping import stopping
    from smelt.terms.duration import duration

    with stopping(duration(work.for_, "--for") if work.for_ else None) as stop:
        from smelt.cli.report import show_report

        report = _report(work, stop)
        if report is not None:
            show_report(report, work.as_json)
        elif work.as_json:
            say_json({"stages": []})
    if stop.signal_name or work.is_following:
        print(f"smelt: {_ending(stop)}; what was read is committed.", file=sys.stderr)  # noqa: T201
    return report.stages[0].rows_written if report else 0


def _report(work: _Work, stop: "Stopping") -> "Report | None":
    from smelt.cli.context import ingest_line_or_bars, now, silent_or_bars
    from smelt.runs.follow import follow
    from smelt.runs.run import run as run_stages

    request = _request(work)
    if not work.is_following:
        with silent_or_bars(work.as_json) as progress:
            return run_stages(request, now, progress, stop.is_due)
    with ingest_line_or_bars(is_ingest=work.parts == ("ingest",)) as progress:
        return follow(request, now, progress, stop)


def _request(work: _Work) -> "Request":
    from smelt.cli.context import flags_of, root_of
    from smelt.runs.request import Request
    from smelt.terms.duration import duration

    landing, shdr, probe, lake, engine, workers = work.settings
    flags = flags_of(
        source__landing=landing, source__shdr=shdr, source__probe=probe,
        lake__uri=lake, work__engine=engine, work__workers=workers,
    )  # fmt: skip
    age = duration(work.retain, "--retain", needs_unit=True) if work.retain else None
    return Request(root_of(work.plant), flags, work.wait, work.parts, work.devices, work.is_dry, retain=age)


def _ending(stop: "Stopping") -> str:
    return f"{stop.signal_name}: stopped after the batch" if stop.signal_name else "the time is over"


def compact(
    plant: PlantOption = None, lake: LakeOption = None, wait: WaitOption = 0.0, as_json: JsonOption = False
) -> None:
    """Rewrite many small files into few even ones, and delete files that nothing names any more."""
    from smelt.cli.context import now, open_plant
    from smelt.runs.compact import compact_lake

    done = compact_lake(open_plant(plant, lake), now, wait)
    if as_json:
        say_json(done)
        return
    for table in done:
        say(f"{table.table}: {table.files_before} → {table.files_after} files, {table.deleted} deleted")


def exclude(
    device: Annotated[str, typer.Argument(help="Name or uuid.")],
    start: Annotated[
        datetime, typer.Argument(metavar="FROM", formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"])
    ],
    end: Annotated[datetime, typer.Argument(metavar="TO", formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"])],
    why: Annotated[str, typer.Option("--why", help="The reason, for whoever reads it later.")],
    plant: PlantOption = None,
    lake: LakeOption = None,
    wait: WaitOption = 0.0,
) -> None:
    """Leave a bad interval (UTC) of a device out of silver and all that follows."""
    from datetime import UTC

    from smelt.cli.context import now, open_plant
    from smelt.runs.exclude import Exclusion, exclude_interval

    said = Exclusion(device, start.replace(tzinfo=UTC), end.replace(tzinfo=UTC), why, getpass.getuser())
    is_new = exclude_interval(open_plant(plant, lake), now, said, wait)
    done = "excluded" if is_new else "was excluded already, for the same reason:"
    say(f"{device} {done} {start.isoformat()}Z to {end.isoformat()}Z. 'smelt run' recomputes what it touches.")
