"""The plant folder and its settings: flag > environment > file > default, each with where it came from."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from smelt.terms.errors import InputError
from smelt.terms.plant import Agent, Alarms, Device, Lake, Plant, Source, Training, Work

PLANT_FILE = "plant.toml"
SECTIONS: dict[str, type] = {"alarms": Alarms, "training": Training, "lake": Lake, "source": Source, "work": Work}


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
    table = _parse(path) if path.exists() else {}
    given = {name: value for name, value in flags.items() if value is not None}
    settings = []
    for name, default in _defaults():
        section, _, key = name.rpartition(".")
        variable = "SMELT_" + name.upper().replace(".", "_")
        place = table.setdefault(section, {}) if section else table
        if name in given:
            place[key], origin = given[name], "flag"
        elif variable in environment:
            place[key], origin = environment[variable], f"environment {variable}"
        else:
            origin = f"file {PLANT_FILE}" if key in place else "default"
        settings.append(Setting(name, place.get(key, default), origin))
    return PlantFolder(root, _validate(table, path), tuple(settings))


def _parse(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text())
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            f"{path}: not TOML ({error}); mend the line, or move the file away and run 'smelt init'."
        ) from error
    for device in table.get("devices", []):
        if "class" in device:
            device["class_name"] = device.pop("class")
    return table


def _defaults() -> list[tuple[str, object]]:
    top = [(f.name, f.default) for f in fields(Plant) if f.name in ("contact_timeout_minutes", "timezone")]
    nested = [(f"{section}.{f.name}", f.default) for section, kind in SECTIONS.items() for f in fields(kind)]
    return [*top, *nested]


def _validate(table: dict[str, Any], path: Path) -> Plant:
    _refuse_unknown(table, path)
    try:
        return TypeAdapter(Plant).validate_python(table)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"{path}: {where} = {first.get('input')!r}: {first['msg']}. "
            "Mend the value; 'smelt config' shows all settings."
        ) from error


def _refuse_unknown(table: dict[str, Any], path: Path) -> None:
    kinds: list[tuple[str, dict[str, Any], type]] = [("", table, Plant)]
    kinds += [
        (section, table[section], kind) for section, kind in SECTIONS.items() if isinstance(table.get(section), dict)
    ]
    kinds += [("devices", row, Device) for row in table.get("devices", [])]
    kinds += [("agents", row, Agent) for row in table.get("agents", [])]
    for section, found, kind in kinds:
        assert is_dataclass(kind)
        known = {f.name for f in fields(kind)}
        for key in found:
            if key not in known:
                shown = ", ".join(sorted(known)).replace("class_name", "class")
                raise InputError(
                    f"{path}: unknown setting '{section + '.' if section else ''}{key}'; known here: {shown}."
                )


def write_plant(folder: PlantFolder, plant: Plant) -> PlantFolder:
    """Write plant.toml; settings that are at their default are left out."""
    folder.root.mkdir(parents=True, exist_ok=True)
    (folder.root / PLANT_FILE).write_text(_dump(plant))
    return replace(folder, plant=plant)


def _dump(plant: Plant) -> str:
    default = Plant()
    lines = ["# A plant: its devices, and the settings that differ from the defaults ('smelt config' shows all)."]
    for name in ("timezone", "contact_timeout_minutes"):
        if getattr(plant, name) != getattr(default, name):
            lines.append(f"{name} = {_toml(getattr(plant, name))}")
    for section in SECTIONS:
        mine, theirs = getattr(plant, section), getattr(default, section)
        changed = [f.name for f in fields(mine) if getattr(mine, f.name) != getattr(theirs, f.name)]
        if changed:
            lines += ["", f"[{section}]", *(f"{key} = {_toml(getattr(mine, key))}" for key in changed)]
    for agent in plant.agents:
        lines += ["", "[[agents]]", f"name = {_toml(agent.name)}", f"prefix = {_toml(agent.prefix)}"]
    for d in plant.devices:
        lines += [
            "",
            "[[devices]]",
            f"name = {_toml(d.name)}",
            f"uuid = {_toml(d.uuid)}",
            f"class = {_toml(d.class_name)}",
        ]
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'
    return str(value).lower() if isinstance(value, bool) else str(value)
