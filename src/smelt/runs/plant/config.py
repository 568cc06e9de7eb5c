"""The plant folder and its settings: flag > environment > file > default, each with where it came from."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

from smelt.ingest.source_url import source_url
from smelt.runs.plant.checks import check_plant
from smelt.runs.plant.file import PLANT_FILE, SECTIONS, TOP_LEVEL, dump_plant, parse_plant
from smelt.terms.errors import InputError
from smelt.terms.plant import Plant


@dataclass(frozen=True)
class Setting:
    """A setting's value and where it came from: flag, environment, file or default."""

    name: str
    value: object
    origin: str


@dataclass(frozen=True)
class PlantFolder:
    """A plant as found: its folder, what plant.toml and the settings say, and each setting's origin."""

    root: Path
    plant: Plant
    settings: tuple[Setting, ...] = ()

    @property
    def lake_uri(self) -> str:
        """The lake's URL, or its absolute path."""
        uri = self.plant.lake.uri
        return uri if "://" in uri else str((self.root / uri).absolute())

    @property
    def is_begun(self) -> bool:
        """Say whether plant.toml is there."""
        return (self.root / PLANT_FILE).exists()


def find_root(flag: str | None, environment: Mapping[str, str], here: Path) -> Path:
    """Return the plant's folder: the flag's, SMELT_PLANT's, or that of the nearest plant.toml upwards.

    Raises
    ------
    InputError
        If there is none.
    """
    named = flag or environment.get("SMELT_PLANT")
    if named:
        return Path(named).absolute()
    here = here.absolute()
    for folder in (here, *here.parents):
        if (folder / PLANT_FILE).exists():
            return folder
    raise InputError(
        f"no plant found: looked at --plant, SMELT_PLANT, and for {PLANT_FILE} in {here} and above. "
        "Run 'smelt init --probe FILE' to make one."
    )


def read_plant(root: Path, flags: Mapping[str, object], environment: Mapping[str, str] = os.environ) -> PlantFolder:
    """Read plant.toml (an empty plant if it is not there) and lay environment and flags over it.

    Parameters
    ----------
    flags : settings by dotted name, such as {'lake.uri': '/data/lake'}; None means not given.

    Raises
    ------
    InputError
        If the file is not TOML, or a value is unknown or of the wrong type.
    """
    path = root / PLANT_FILE
    table = parse_plant(path) if path.exists() else {}
    given = {name: value for name, value in flags.items() if value is not None}
    settings = []
    for name, default in _defaults():
        section, _, key = name.rpartition(".")
        variable = "SMELT_" + name.upper().replace(".", "_")
        place = table.setdefault(section, {}) if section else table
        if not isinstance(place, dict):
            continue  # check_plant says what is wrong with it
        if name in given:
            place[key], origin = given[name], "flag"
        elif variable in environment:
            said = environment[variable]
            place[key] = [part.strip() for part in said.split(",")] if isinstance(default, tuple) else said
            origin = f"environment {variable}"
        else:
            origin = f"file {PLANT_FILE}" if key in place else "default"
        settings.append(Setting(name, place.get(key, default), origin))
    places = {s.name: s.origin for s in settings if s.origin.startswith(("flag", "environment"))}
    return PlantFolder(root, check_plant(table, places, str(path)), tuple(settings))


def _defaults() -> list[tuple[str, object]]:
    top = [(f.name, f.default) for f in fields(Plant) if f.name in TOP_LEVEL]
    nested = [(f"{section}.{f.name}", f.default) for section, kind in SECTIONS.items() for f in fields(kind)]
    return [*top, *nested]


def write_plant(folder: PlantFolder, plant: Plant) -> PlantFolder:
    """Write plant.toml; settings that are at their default are left out. A new one with a password is its owner's."""
    folder.root.mkdir(parents=True, exist_ok=True)
    path = folder.root / PLANT_FILE
    if not path.exists() and any(agent.url and source_url(agent.url).password for agent in plant.agents):
        path.touch(mode=0o600)
    path.write_text(dump_plant(plant), encoding="utf-8")
    return replace(folder, plant=plant)
