"""The command that records live sources, with a line that says how it goes."""

from pathlib import Path
from typing import Annotated

import typer

from smelt.cli.options import JsonOption, LandingOption, PlantOption, WaitOption
from smelt.cli.output import say, say_json


def record(
    plant: PlantOption = None,
    agent: Annotated[
        list[str] | None,
        typer.Option(
            "--agent", metavar="URL", help="Record this source only; may be given more than once.", show_default=False
        ),
    ] = None,
    landing: LandingOption = None,
    for_: Annotated[
        str | None, typer.Option("--for", metavar="TIME", help="End after 30s, 20m, 2h.", show_default=False)
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="End when no source has anything more.")] = False,
    roll: Annotated[
        str | None,
        typer.Option("--roll", metavar="TIME", help="Close a landing file when it is so old.", show_default=False),
    ] = None,
    wait: WaitOption = 0.0,
    as_json: JsonOption = False,
) -> None:
    """Record live sources into the landing zone: agents, brokers and adapters of plant.toml, until it is stopped."""
    import random

    from smelt.cli.context import flags_of, now
    from smelt.cli.record_line import RecordLine, summary
    from smelt.runs.record import RecordRequest
    from smelt.runs.record import record as record_sources

    flags = flags_of(source__landing=landing, record__roll_seconds=_seconds(roll, "--roll"))
    root = _root(plant, is_told=bool(agent and landing))
    request = RecordRequest(root, flags, tuple(agent or ()), _seconds(for_, "--for"), once, wait)
    with RecordLine() as line:
        state = record_sources(request, now, random.Random(), line.show)  # noqa: S311 names files, spreads retries
    if as_json:
        say_json(state)
    else:
        say(summary(state))


def _seconds(text: str | None, option: str) -> float | None:
    from smelt.terms.duration import duration

    return duration(text, option).total_seconds() if text else None


def _root(plant: str | None, *, is_told: bool) -> Path:
    """Return the plant's folder; this one where there is no plant, but source and landing zone are told."""
    from smelt.cli.context import root_of
    from smelt.terms.errors import InputError

    try:
        return root_of(plant)
    except InputError:
        if is_told:
            return Path.cwd()
        raise
