"""plant.toml as text: read into a table, written from a plant."""

import json
import tomllib
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from smelt.terms.errors import InputError
from smelt.terms.plant import Alarms, Lake, Plant, Record, Source, Training, Work

PLANT_FILE = "plant.toml"
SECTIONS: dict[str, type] = {
    "alarms": Alarms,
    "training": Training,
    "lake": Lake,
    "source": Source,
    "work": Work,
    "record": Record,
}
TOP_LEVEL = ("timezone", "contact_timeout_minutes")


def parse_plant(path: Path) -> dict[str, Any]:
    """Read plant.toml as TOML has it; a device's `class` becomes `class_name`.

    Raises
    ------
    InputError
        If it is not TOML.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path}: not TOML ({error}); mend the line, or move the file away and run 'smelt init'."
        ) from error
    devices = table.get("devices", [])
    for device in devices if isinstance(devices, list) else []:
        if isinstance(device, dict) and "class" in device:
            device["class_name"] = device.pop("class")
    return table


def dump_plant(plant: Plant) -> str:
    """Write plant.toml; settings that are at their default are left out."""
    default = Plant()
    lines = ["# A plant: its devices, and the settings that differ from the defaults ('smelt config' shows all)."]
    for name in TOP_LEVEL:
        if getattr(plant, name) != getattr(default, name):
            lines.append(f"{name} = {_toml(getattr(plant, name))}")
    for section in SECTIONS:
        mine, theirs = getattr(plant, section), getattr(default, section)
        changed = [f.name for f in fields(mine) if getattr(mine, f.name) != getattr(theirs, f.name)]
        if changed:
            lines += ["", f"[{section}]", *(f"{key} = {_toml(getattr(mine, key))}" for key in changed)]
    for agent in plant.agents:
        known = {key: value for key, value in asdict(agent).items() if value is not None}
        lines += ["", "[[agents]]", *(f"{key} = {_toml(value)}" for key, value in known.items())]
    for d in plant.devices:
        head = ["", "[[devices]]", f"name = {_toml(d.name)}"]
        lines += [*head, f"uuid = {_toml(d.uuid)}", f"class = {_toml(d.class_name)}"]
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    """Write a value: JSON's escapes are TOML's, but for DEL."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, tuple):
        return f"[{', '.join(_toml(v) for v in value)}]"
    return str(value).lower() if isinstance(value, bool) else str(value)
