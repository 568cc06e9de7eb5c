"""Commands that move data along its way: ingest, run, compact, exclude, train, score."""

import getpass
from datetime import datetime
from typing import Annotated

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

DeviceOption = Annotated[
    list[str] | None,
    typer.Option("--device", help="This device only; may be given more than once.", show_default=False),
]


def ingest(
    plant: PlantOption = None,
    landing: LandingOption = None,
    shdr: ShdrOption = None,
    probe: ProbeOption = None,
    lake: LakeOption = None,
    engine: EngineOption = None,
    workers: WorkersOption = None,
    wait: WaitOption = 0.0,
    as_json: JsonOption = False,
) -> None:
    """Read new landing files into copper, each observation once."""
    _go(("ingest",), plant, (landing, shdr, probe, lake, engine, workers), wait, as_json)


def run(
    plant: PlantOption = None,
    landing: LandingOption = None,
    shdr: ShdrOption = None,
    probe: ProbeOption = None,
    lake: LakeOption = None,
    engine: EngineOption = None,
    workers: WorkersOption = None,
    wait: WaitOption = 0.0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done; write nothing.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Take new files the whole way: copper, silver, gold, training, scores, episodes; only what is stale."""
    settings = (landing, shdr, probe, lake, engine, workers)
    _go(("ingest", "stages", "train", "score"), plant, settings, wait, as_json, dry_run)


def train(
    plant: PlantOption = None,
    lake: LakeOption = None,
    device: DeviceOption = None,
    wait: WaitOption = 0.0,
    as_json: JsonOption = False,
) -> None:
    """Train a new model version for each device (or those named), on its earlier running minutes."""
    trained = _go(("train",), plant, (None, None, None, lake, None, None), wait, as_json, devices=device or [])
    if not trained and not as_json:
        say("no new model: what there is gave the models that are there, or too few minutes ran (see README, limits)")


def score(
    plant: PlantOption = None, lake: LakeOption = None, wait: WaitOption = 0.0, as_json: JsonOption = False
) -> None:
    """Score the minutes that have none, and fold them into episodes."""
    _go(("score",), plant, (None, None, None, lake, None, None), wait, as_json)


def _go(
    parts: tuple[str, ...],
    plant: str | None,
    settings: tuple[object, ...],
    wait: float,
    as_json: bool,
    dry_run: bool = False,
    devices: list[str] | None = None,
) -> int:
    """Run the parts and show what they did; return the rows that the first stage wrote."""
    from smelt.cli.context import flags_of, now, root_of, silent_or_bars
    from smelt.cli.report import show_report
    from smelt.runs.run import Request
    from smelt.runs.run import run as run_stages

    landing, shdr, probe, lake, engine, workers = settings
    flags = flags_of(
        source__landing=landing, source__shdr=shdr, source__probe=probe,
        lake__uri=lake, work__engine=engine, work__workers=workers,
    )  # fmt: skip
    request = Request(root_of(plant), flags, wait, parts, tuple(devices) if devices is not None else None, dry_run)
    with silent_or_bars(as_json) as progress:
        report = run_stages(request, now, progress)
    show_report(report, as_json)
    return report.stages[0].rows_written


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
