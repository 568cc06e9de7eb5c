"""The command `smelt mapping`: propose mapping files, show them, or compare them with what the machines say now."""

from typing import Annotated

import typer

from smelt.cli.options import JsonOption, LakeOption, PlantOption, ProbeOption
from smelt.cli.output import say, say_json, table

ACTIONS = "propose: write mapping files that are missing. show: print them. diff: drift between probes, data and files."


def mapping(
    action: Annotated[str, typer.Argument(help=ACTIONS)],
    plant: PlantOption = None,
    class_name: Annotated[str | None, typer.Option("--class", help="One class only.", show_default=False)] = None,
    probe: ProbeOption = None,
    lake: LakeOption = None,
    show_all: Annotated[bool, typer.Option("--all", help="diff: also changes that the files already follow.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Propose the plant's mapping files, show them, or say what drifted.

    diff reports data items that vanished, are new, have other units, another name or category, are in no probe, or are
    mapped nowhere; a device under another uuid or name is told of once. It ends with 0 if nothing is to be done and
    with 1 if something is. With --probe it compares with that answer of an agent without storing it.
    """
    from smelt.cli.context import open_plant
    from smelt.runs.plant.mapping_files import propose_missing, show

    folder = open_plant(plant, lake)
    if action == "diff":
        _diff(folder, class_name, probe, show_all, as_json)
        return
    lines = {"propose": propose_missing, "show": show}
    if action not in lines:
        raise typer.BadParameter(f"'{action}'; expected propose, show or diff")
    told = list(lines[action](folder, class_name))
    if as_json:
        say_json(told)
    for line in () if as_json else told:
        say(line)


def _diff(folder: object, class_name: str | None, probe: str | None, show_all: bool, as_json: bool) -> None:
    from smelt.cli.context import now
    from smelt.lake.location import Location
    from smelt.lake.reader import LakeReader
    from smelt.runs.mapping_diff import mapping_drift, needing_work
    from smelt.runs.plant.config import PlantFolder

    assert isinstance(folder, PlantFolder)
    location = Location.of(folder.lake_uri)
    location.check_format()
    found = mapping_drift(folder, LakeReader(location.uri), class_name, probe, now())
    work = needing_work(found)
    if as_json:
        say_json({"drift": found, "to_do": len(work)})
    else:
        _show(found if show_all else work, len(found) - len(work), show_all)
    if work:
        raise typer.Exit(1)


def _show(found: tuple, followed: int, show_all: bool) -> None:  # type: ignore[type-arg]
    columns = ("device", "item", "name", "what", "was", "is", "to do")
    if found:
        table(columns, [(d.device, d.item, d.name, d.kind, d.before, d.after, d.todo or "nothing") for d in found])
    else:
        say("no drift: probes, data and mapping files agree")
    if followed and not show_all:
        say(f"{followed} more changes that the mapping files follow: --all shows them")
