"""Drift: what the probes declare now, what was said, and what the mapping files expect, where the three differ."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from smelt.copper.drift import DEVICE_RENAMED, NO_SCALE, Change, item_changes
from smelt.copper.undeclared import UNDECLARED, with_undeclared
from smelt.lake.reader import LakeReader
from smelt.runs.ingest.device_renames import renames
from smelt.runs.pages.tables import Reader, table
from smelt.runs.plant.classes import MAPPINGS
from smelt.runs.plant.config import PlantFolder
from smelt.runs.plant.init import seen_items
from smelt.runs.probe import declared_items, read_probe
from smelt.silver.mapping import load_mapping
from smelt.silver.propose import propose
from smelt.silver.resolve import Feed, Resolved, resolve
from smelt.silver.units import conversion
from smelt.terms.errors import InputError
from smelt.terms.plant import ClassMapping, Column, Device
from smelt.terms.tables import DATA_ITEMS, LAST_VALUES


@dataclass(frozen=True)
class Drift:
    """A data item of one device that is not what it was, or not what the mapping file of its class says.

    item : empty where the whole device is another one now.
    kind : as in `Change`, or `undeclared` (said, in no probe), `unmapped` (a signal without a line in the mapping) or
        `unconverted` (it is in units that do not become the column's, or adapter logs say it in such native units or
        with a nativeScale of nothing, so that it stays null).
    todo : what the mapping file (of a device: plant.toml) needs; empty where it already follows.
    """

    class_name: str
    device: str
    item: str
    name: str | None
    kind: str
    before: str
    after: str
    at: datetime | None
    todo: str


def mapping_drift(
    folder: PlantFolder, reader: LakeReader, class_name: str | None, probe: str | None, now: datetime
) -> tuple[Drift, ...]:
    """Compare probes, data and mapping files; what needs something done comes first.

    Parameters
    ----------
    class_name : of one class only; None: of all.
    probe : a file or URL with an agent's newer answer to /probe, compared as if it had been stored now.

    Raises
    ------
    InputError
        If there is no such class, no data item is known, or a mapping file cannot be read.
    """
    classes = folder.plant.classes if class_name is None else (class_name,)
    if class_name is not None and class_name not in folder.plant.classes:
        raise InputError(f"no class '{class_name}'; the plant has {', '.join(folder.plant.classes) or 'none'}.")
    items, heard = _items(reader, probe, now)
    said = table(reader, LAST_VALUES).select("device_uuid", "data_item", "category").unique().collect()
    never = said.join(items.select("device_uuid", data_item="id"), on=["device_uuid", "data_item"], how="anti")
    current = with_undeclared(items.filter(pl.col("valid_to").is_null()), never)
    if current.is_empty():
        raise InputError(f"lake {reader.uri}: no data items; run 'smelt init --probe FILE' or 'smelt run' first.")
    seen, told = seen_items(reader), _Told.read(folder, reader, items, heard)
    found = [drift for name in classes for drift in _of_class(_ClassNow.read(folder, name, current, items, seen), told)]
    return tuple(sorted(found, key=lambda d: (not d.todo, d.class_name, d.device, d.kind, d.item)))


def native_items(reader: Reader) -> frozenset[tuple[str, str]]:
    """Return (device uuid, data item) of what adapter logs say, in native units."""
    rows = table(reader, LAST_VALUES).filter("native_units").select("device_uuid", "data_item").unique().collect()
    return frozenset(rows.rows())


def _items(reader: Reader, probe: str | None, now: datetime) -> tuple[pl.DataFrame, dict[str, datetime]]:
    """Return all data items with those of a newer probe, and the devices that are in it."""
    stored = table(reader, DATA_ITEMS).collect()
    if probe is None:
        return stored, {}
    fresh = declared_items(read_probe(probe)).select(stored.columns)
    devices = fresh["device_uuid"].unique()
    is_mine = pl.col("valid_to").is_null() & pl.col("device_uuid").is_in(devices.implode())
    moment = pl.lit(now).cast(stored.schema["valid_to"])
    ended = stored.with_columns(valid_to=pl.when(is_mine).then(moment).otherwise("valid_to"))
    known = stored["device_uuid"].unique().implode()
    since = pl.when(pl.col("device_uuid").is_in(known)).then(moment)
    return pl.concat([ended, fresh.with_columns(valid_from=since)]), dict.fromkeys(devices, now)


@dataclass(frozen=True)
class _Told:
    """What probes and logs tell of all devices, by uuid: changes, what logs say in native units, and the new uuids.

    `becomes` leads from the uuid that plant.toml knows to one that it does not know yet.
    """

    changes: Mapping[str, Sequence[Change]]
    native: frozenset[tuple[str, str]]
    becomes: Mapping[str, str]

    @classmethod
    def read(
        cls, folder: PlantFolder, reader: LakeReader, items: pl.DataFrame, heard: Mapping[str, datetime]
    ) -> "_Told":
        renamed = renames(reader, items, heard)
        changes: dict[str, list[Change]] = {}
        for change in item_changes(items, renamed):
            changes.setdefault(change.device_uuid, []).append(change)
        becomes = {device.old: device.new for device in renamed if folder.plant.device(device.new) is None}
        return cls(changes, native_items(reader), becomes)


@dataclass(frozen=True)
class _ClassNow:
    """A class with its mapping file and the data items of its devices; `proposed` is what would be mapped anew."""

    mapping: ClassMapping
    path: str
    devices: tuple[Device, ...]
    current: pl.DataFrame
    items: pl.DataFrame
    proposed: ClassMapping

    @classmethod
    def read(
        cls, folder: PlantFolder, name: str, current: pl.DataFrame, items: pl.DataFrame, seen: set[str] | None
    ) -> "_ClassNow":
        path = folder.root / MAPPINGS / f"{name}.toml"
        devices = tuple(d for d in folder.plant.devices if d.class_name == name)
        mine = pl.col("device_uuid").is_in([d.uuid for d in devices])
        ours = current.filter(mine)
        return cls(
            _mapping(path, name),
            f"{MAPPINGS}/{name}.toml",
            devices,
            ours,
            items.filter(mine),
            propose(name, ours, seen),
        )

    def line_of(self, item: str, name: str | None) -> Column | None:
        """Return the mapping's line for an item, by its id or name."""
        return next((c for c in self.mapping.columns if c.item in (item, name)), None)


def _mapping(path: Path, name: str) -> ClassMapping:
    if not path.is_file():
        raise InputError(
            f"class '{name}' has no mapping: expected {path}. Run 'smelt mapping propose --class {name}' to write one."
        )
    return load_mapping(path.read_text(encoding="utf-8"), name, str(path))


def _of_class(now: _ClassNow, said: _Told) -> Iterator[Drift]:
    for device in now.devices:
        mine = now.current.filter(pl.col("device_uuid") == device.uuid)
        resolved = resolve(now.mapping, mine)
        changes = said.changes.get(device.uuid, ())
        told = [_drift(now, device, c, _todo(now, resolved, c)) for c in changes if c.kind != DEVICE_RENAMED]
        yield from told
        renamed = [c for c in changes if c.kind == DEVICE_RENAMED]
        yield from (_drift(now, device, c, _todo_renamed(device, said.becomes.get(device.uuid))) for c in renamed)
        yield from _unexpected(now, device, mine, resolved, {d.item for d in told if d.todo})
        native = [f for f in resolved.feeds if (device.uuid, f.item_id) in said.native]
        yield from _unconverted(now, device, mine, native)
        yield from _unfit(now, device, mine, resolved, {d.item for d in told if d.todo})
    yield from _nowhere(now)


def _drift(now: _ClassNow, device: Device, change: Change, todo: str) -> Drift:
    name = now.mapping.class_name
    return Drift(name, device.name, change.item, change.name, change.kind, change.before, change.after, change.at, todo)


def _todo(now: _ClassNow, resolved: Resolved, change: Change) -> str:
    """Say what the mapping file needs after a change; nothing where it follows by itself."""
    is_fed = change.item in resolved.item_ids
    line = now.line_of(change.item, change.name)
    match change.kind:
        case "vanished" if line and line.item not in _fed_lines(resolved):
            return f"{now.path} maps '{line.item}': delete the line, or mend the agent"
        case "new" if not is_fed:
            return f"{now.path} has no line for it: add one, or leave it in copper"
        case "renamed" if not is_fed and now.line_of(change.before.removeprefix("id "), None):
            return f"{now.path} names the old one: write '{change.name or change.item}'"
        case "units" if line and line.unit and is_fed:
            return _todo_units(now, line, resolved, change.item)
        case "category" if line and not is_fed:
            return f"{now.path} has '{line.item}' under {line.category}: move the line to {change.after}"
    return ""


def _todo_renamed(device: Device, uuid: str | None) -> str:
    """Say what plant.toml needs where a device has another uuid; a name there is people's own."""
    if uuid is None:
        return ""
    return (
        f"plant.toml has '{device.name}' under the old uuid: write uuid = '{uuid}'. "
        "It goes on as a new device, with a model of its own; the rows of before stay under the old uuid"
    )


def _fed_lines(resolved: Resolved) -> set[str]:
    return {feed.column.item for feed in resolved.feeds}


def _todo_units(now: _ClassNow, line: Column, resolved: Resolved, item: str) -> str:
    units = now.current.filter(pl.col("id") == item)["units"].drop_nulls()
    if not len(units) or units[0] == line.unit:
        return ""
    if conversion(units[0], line.unit) is None:
        return f"{now.path} says unit '{line.unit}', which cannot be made of {units[0]}: correct it"
    return f"{now.path} says unit '{line.unit}': values are converted; write '{units[0]}' if that is what you want"


def _unexpected(
    now: _ClassNow, device: Device, mine: pl.DataFrame, resolved: Resolved, told: set[str]
) -> Iterator[Drift]:
    """Yield what was said without a probe, and signals that the mapping leaves out, but for those `told` of."""
    wanted = resolve(now.proposed, mine).item_ids
    for row in mine.sort("id").to_dicts():
        item, name = row["id"], row["name"]
        if item in resolved.item_ids or item in told or row["is_agent"]:
            continue
        kind = "undeclared" if row["type"] == UNDECLARED else "unmapped" if item in wanted else None
        todo = {
            "undeclared": "give the agent's answer to /probe with --probe, so that its units are known",
            "unmapped": f"{now.path} has no line for it: add one, or leave it in copper",
        }
        if kind:
            after = row["category"] if kind == "undeclared" else " ".join(filter(None, (row["category"], row["type"])))
            yield Drift(now.mapping.class_name, device.name, item, name, kind, "", after, None, todo[kind])


def _unconverted(now: _ClassNow, device: Device, mine: pl.DataFrame, feeds: Sequence[Feed]) -> Iterator[Drift]:
    """Yield what adapter logs say in units that silver cannot convert."""
    items = {row["id"]: row for row in mine.to_dicts()}
    for feed in feeds:
        if feed.native is None:
            item = items[feed.item_id]
            units = item["native_units"] or item["units"]
            unit = feed.column.unit or item["units"]
            cause, after = f"{units} cannot be made {unit}", units
            if conversion(units, unit) is not None:
                cause = after = NO_SCALE
            todo = f"{cause}: what logs say of it is null; mend the probe"
            yield Drift(
                now.mapping.class_name, device.name, item["id"], item["name"], "unconverted", "", after, None, todo
            )


def _unfit(now: _ClassNow, device: Device, mine: pl.DataFrame, resolved: Resolved, told: set[str]) -> Iterator[Drift]:
    """Yield items whose declared units do not become the column's, but for those `told` of."""
    items = {row["id"]: row for row in mine.to_dicts()}
    for feed in resolved.feeds:
        if feed.declared is None and feed.item_id not in told:
            item, of_class = items[feed.item_id], now.mapping.class_name
            units, unit = item["units"], feed.column.unit
            todo = f"{units} cannot be made {unit}: its values are null; mend the probe, or {now.path}"
            yield Drift(of_class, device.name, item["id"], item["name"], "unconverted", "", units, None, todo)


def _nowhere(now: _ClassNow) -> Iterator[Drift]:
    """Yield the mapping's lines that no device of the class feeds and that no probe ever declared there."""
    keys = now.current.select("category", pl.concat_list("id", "name").alias("key")).explode("key").unique()
    known: set[tuple[str, str]] = set(keys.rows())
    ever: set[str] = set(now.items["id"]) | set(now.items["name"].drop_nulls())
    for line in now.mapping.columns:
        if (line.category, line.item) not in known and line.item not in ever:
            todo = f"{now.path} maps '{line.item}', which no device of the class has: correct or delete the line"
            yield Drift(
                now.mapping.class_name, "every device", line.item, None, "vanished", line.category, "", None, todo
            )


def needing_work(found: Sequence[Drift]) -> tuple[Drift, ...]:
    """Return the drift that asks for something."""
    return tuple(d for d in found if d.todo)
