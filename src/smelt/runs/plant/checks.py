"""Whether what plant.toml, the environment and flags say makes a plant; every refusal names its place and its value."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from smelt.runs.plant.file import SECTIONS
from smelt.terms.errors import InputError
from smelt.terms.plant import Agent, Device, Plant

LISTS: dict[str, type] = {"devices": Device, "agents": Agent}
RECORDER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
CLASS_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
ABOVE_ZERO = (
    "contact_timeout_minutes",
    "alarms.budget_per_168h",
    "training.window_minutes",
    "training.trees",
    "training.samples_per_tree",
    "work.poll_seconds",
    "work.lease_seconds",
)
SHARES = ("training.train_share", "training.calibration_share")
ALL_SETTINGS = "'smelt config' shows all settings"


def check_plant(table: dict[str, Any], places: Mapping[str, str], path: str) -> Plant:
    """Return the plant that a table of settings describes.

    Parameters
    ----------
    table : as `parse_plant` gives it, with environment and flags laid over it.
    places : where each setting's value came from, by dotted name; `path` where it is not named.

    Raises
    ------
    InputError
        If a setting is unknown, of the wrong type, or makes no sense.
    """
    _refuse_shapes(table, path)
    _refuse_unknown(table, path)
    try:
        plant = _plant_type().validate_python(table)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        where = f"{places.get(name, path)}: {name} = {first.get('input')!r}: {first['msg']}"
        raise InputError(f"{where}. Mend the value; {ALL_SETTINGS}.") from error
    _refuse_numbers(plant, places, path)
    _refuse_devices(plant, path)
    _refuse_agents(plant, path)
    if not RECORDER_NAME.fullmatch(plant.record.name):
        where = f"{places.get('record.name', path)}: record.name = {plant.record.name!r}"
        raise InputError(f"{where}: expected letters, digits, '-', '_' and '.'; it names files.")
    return plant


@cache
def _plant_type() -> TypeAdapter[Plant]:
    """Return what checks types: built once, at the first plant."""
    return TypeAdapter(Plant)


def _refuse_shapes(table: dict[str, Any], path: str) -> None:
    for name in SECTIONS:
        if not isinstance(table.get(name, {}), dict):
            raise InputError(f"{path}: {name} = {table[name]!r}: expected a section [{name}]; {ALL_SETTINGS}.")
    for name in LISTS:
        found = table.get(name, [])
        if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
            raise InputError(f"{path}: {name} = {found!r}: expected [[{name}]] above each one's lines.")


def _refuse_unknown(table: dict[str, Any], path: str) -> None:
    kinds: list[tuple[str, dict[str, Any], type]] = [("", table, Plant)]
    kinds += [(section, table[section], kind) for section, kind in SECTIONS.items() if section in table]
    kinds += [(name, row, kind) for name, kind in LISTS.items() for row in table.get(name, [])]
    for section, found, kind in kinds:
        known = {f.name for f in fields(kind)}
        for key in found:
            if key not in known:
                shown = ", ".join(sorted(known)).replace("class_name", "class")
                named = f"{section}.{key}" if section else key
                raise InputError(f"{path}: unknown setting '{named}'; known here: {shown}.")


def _refuse_numbers(plant: Plant, places: Mapping[str, str], path: str) -> None:
    def refuse(name: str, expected: str) -> None:
        where = f"{places.get(name, path)}: {name} = {_value(plant, name)!r}"
        raise InputError(f"{where}: expected {expected}. Mend the value; {ALL_SETTINGS}.")

    for name in ABOVE_ZERO:
        if not _value(plant, name) > 0:
            refuse(name, "a number above 0")
    for name in SHARES:
        if not 0 < _value(plant, name) < 1:
            refuse(name, "a share between 0 and 1")
    if plant.work.workers < 0:
        refuse("work.workers", "0 (one per core) or more")
    total = sum(_value(plant, name) for name in SHARES)
    if total > 1:
        raise InputError(f"{path}: {' + '.join(SHARES)} = {total:g}: expected at most 1. Lower one; {ALL_SETTINGS}.")


def _value(plant: Plant, name: str) -> Any:
    section, _, key = name.rpartition(".")
    return getattr(getattr(plant, section) if section else plant, key)


def _refuse_devices(plant: Plant, path: str) -> None:
    for device in plant.devices:
        if not CLASS_NAME.fullmatch(device.class_name):
            raise InputError(
                f"{path}: class '{device.class_name}' of device '{device.name}': expected letters, digits, - and _; "
                "it names a mapping file and tables."
            )
    for key in ("uuid", "name"):
        value, count = Counter(getattr(d, key) for d in plant.devices).most_common(1)[0] if plant.devices else ("", 1)
        if count > 1:
            raise InputError(f"{path}: two devices have the {key} '{value}'; give each its own.")


def _refuse_agents(plant: Plant, path: str) -> None:
    name, count = [*Counter(a.name for a in plant.agents if a.url).most_common(1), ("", 1)][0]
    if count > 1:
        raise InputError(f"{path}: two agents with a url have the name '{name}'; give each its own.")
