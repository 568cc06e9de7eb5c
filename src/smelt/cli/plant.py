"""Commands about a plant folder: init, simulate, config."""

from pathlib import Path
from typing import Annotated

import typer

from smelt.cli.options import JsonOption, LakeOption, PlantOption, ProbeOption
from smelt.cli.output import in_bytes, say, say_json, table


def init(
    directory: Annotated[Path, typer.Argument(help="Folder of the new plant.")] = Path(),
    agent: Annotated[
        list[str] | None,
        typer.Option(
            "--agent", metavar="URL", help="A running agent; may be given more than once.", show_default=False
        ),
    ] = None,
    probe: ProbeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a plant folder from agents, or an agent's probe: plant.toml and a proposed mapping for each class."""
    from smelt.cli.context import now
    from smelt.runs.plant.begin import begin
    from smelt.runs.plant.begin_live import begin_from_agents

    if agent and probe:
        raise typer.BadParameter("--agent and --probe; expected one of them")
    root = directory.absolute()
    proposed = begin_from_agents(root, agent, now) if agent else begin(root, probe, now)
    if as_json:
        say_json(proposed)
        return
    say(f"plant.toml: {len(proposed.devices)} devices in {directory}")
    for name, columns in proposed.mappings.items():
        say(f"mappings/{name}.toml: {columns} columns proposed; read it through, it decides what silver holds")
    if agent:
        say(f"Next: smelt record --plant {directory}, and beside it smelt serve --plant {directory}")
    else:
        say(f"Next: smelt run --plant {directory} --landing FOLDER")


def simulate(
    directory: Annotated[Path, typer.Argument(help="Folder to write the simulated plant to.")],
    days: Annotated[int, typer.Option(min=1, help="Days to simulate.")] = 28,
    seed: Annotated[int, typer.Option(help="Same seed, same plant, byte for byte.")] = 1,
    as_json: JsonOption = False,
) -> None:
    """Write the seed plant: a landing zone, a probe, maintenance and static data; the truth in its own folder."""
    from smelt.cli.progress import DayBar
    from smelt.runs.plant.begin import simulate_plant

    with DayBar(days) as bar:
        made = simulate_plant(directory, days, seed, bar.at)
    if as_json:
        say_json(made)
        return
    say(
        f"{made.observations:,} observations of {made.devices} devices, {days} days from {made.start:%Y-%m-%d}, "
        f"in {made.files:,} files of {directory / 'landing'} ({in_bytes(made.size_bytes)})"
    )
    say(f"Next: smelt run --plant {directory}")


def config(plant: PlantOption = None, lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """Show every setting with its value and where it came from."""
    from smelt.cli.context import open_plant

    folder = open_plant(plant, lake)
    if as_json:
        say_json(folder.settings)
    else:
        table(("setting", "value", "from"), [(s.name, s.value, s.origin) for s in folder.settings])
