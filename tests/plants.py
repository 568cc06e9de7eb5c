"""A plant of two machines for tests: its probe and the documents of its agent, written by a few lines of its own."""

import gzip
import os
import random
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import obstore
import orjson
import polars as pl
from obstore.store import from_url

from smelt.lake.location import Location
from smelt.lake.plan import Plan
from smelt.lake.reader import LakeReader
from smelt.runs.driver import Driver
from smelt.runs.lake_state import LakeState
from smelt.runs.plant.classes import Classes, read_classes
from smelt.runs.plant.config import read_plant
from smelt.terms.interval import PERIOD_US, to_us

START = datetime(2020, 1, 1, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NOW = datetime(2020, 2, 1, tzinfo=UTC)
INSTANCE, SENDER = 7, "cell-1"
DEVICES = {"mill-uuid": "MILL", "drill-uuid": "DRILL"}
ITEMS = (
    # name, category, element, type, units
    ("avail", "EVENT", "Availability", "AVAILABILITY", None),
    ("load", "SAMPLE", "Load", "LOAD", "PERCENT"),
    ("speed", "SAMPLE", "RotaryVelocity", "ROTARY_VELOCITY", "REVOLUTION/MINUTE"),
    ("mode", "EVENT", "ControllerMode", "CONTROLLER_MODE", None),
    ("system", "CONDITION", "", "SYSTEM", None),
)
SECTIONS = {"SAMPLE": "Samples", "EVENT": "Events", "CONDITION": "Condition"}
PLANT = """\
[training]
trees = 5
samples_per_tree = 64
[work]
engine = "in-process"
[source]
landing = "raw"
probe = "probe.xml"
[[devices]]
name = "DRILL"
uuid = "drill-uuid"
class = "machine"
[[devices]]
name = "MILL"
uuid = "mill-uuid"
class = "machine"
"""
TWO_CLASSES = PLANT.replace('"mill-uuid"\nclass = "machine"', '"mill-uuid"\nclass = "mills"')
# in the order of the way of the data; what identifies a row of each, and the columns that a redo may change
RESULTS = {
    "copper/observations": ("device_uuid", "data_item", "event_time", "instance_id", "sequence", "part"),
    "copper/coverage": ("device_uuid", "start"),
    "silver/machine": ("device_uuid", "time"),
    "gold/machine_minutes": ("device_uuid", "minute"),
    "gold/machine_features": ("device_uuid", "minute"),
    "models/versions": ("device_uuid", "model_version"),
    "results/scores": ("device_uuid", "minute", "model_version"),
    "results/episodes": ("device_uuid", "start", "model_version"),
}


@dataclass(frozen=True)
class Said:
    """What a machine said at a moment: an item's name, and its value or (level, native code, message)."""

    device: str
    item: str
    time: datetime
    value: Any


def clock() -> datetime:
    """The time that every run of a test is told."""
    return NOW


def probe_xml(devices: dict[str, str] = DEVICES) -> str:
    """The answer to /probe."""
    parts = []
    for uuid, name in devices.items():
        items = "".join(
            f'<DataItem id="{name.lower()}_{item}" name="{item}" category="{category}" type="{kind}"'
            + (f' units="{units}"' if units else "")
            + "/>"
            for item, category, _, kind, units in ITEMS
        )
        parts.append(f'<Device id="{name}" name="{name}" uuid="{uuid}"><DataItems>{items}</DataItems></Device>')
    return (
        '<?xml version="1.0"?><MTConnectDevices xmlns="urn:mtconnect.org:MTConnectDevices:2.0">'
        f'<Header sender="{SENDER}" instanceId="{INSTANCE}" creationTime="2020-01-01T00:00:00Z" version="2.0"/>'
        f"<Devices>{''.join(parts)}</Devices></MTConnectDevices>"
    )


def document(said: Sequence[Said], first: int, created: datetime, instance: int = INSTANCE) -> bytes:
    """A JSON version 2 document whose observations are numbered from `first`."""
    kinds = {name: (category, element, kind) for name, category, element, kind, _ in ITEMS}
    devices: dict[str, dict[str, dict[str, list[Any]]]] = {}
    for sequence, s in enumerate(said, first):
        category, element, kind = kinds[s.item]
        row = {"dataItemId": f"{DEVICES[s.device].lower()}_{s.item}", "name": s.item, "sequence": sequence}
        row["timestamp"] = stamp(s.time)
        if category == "CONDITION":
            element, code, message = s.value
            row |= {"type": kind, "value": message} | ({"nativeCode": code} if code else {})
        else:
            row["value"] = s.value
        devices.setdefault(s.device, {}).setdefault(SECTIONS[category], {}).setdefault(element, []).append(row)
    streams = [
        {"name": DEVICES[uuid], "uuid": uuid, "ComponentStream": [{"component": "Device", "name": "d"} | sections]}
        for uuid, sections in devices.items()
    ]
    last = first + len(said) - 1
    header = {"instanceId": instance, "sender": SENDER, "creationTime": stamp(created), "bufferSize": 131072}
    header |= {"firstSequence": 1, "lastSequence": last, "nextSequence": last + 1}
    body = {"jsonVersion": 2, "Header": header, "Streams": {"DeviceStream": streams}}
    return orjson.dumps({"MTConnectStreams": body})


def stamp(time: datetime) -> str:
    """ISO 8601 with a Z."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def hour_of_work(hour: int, seed: int = 0, per_minute: int = 1) -> list[Said]:
    """What both machines said in an hour since START: load and speed each minute, a mode, a condition."""
    rng = random.Random(f"{seed} {hour}")
    begin = START + hour * HOUR
    said = []
    if hour == 0:
        said += [Said(d, "avail", begin, "AVAILABLE") for d in DEVICES]
    for device in DEVICES:
        said.append(Said(device, "mode", begin + timedelta(seconds=1), rng.choice(["AUTOMATIC", "MANUAL"])))
        said.append(Said(device, "system", begin + timedelta(seconds=2), ("Normal", None, "")))
        if hour % 4 == 0:
            said.append(Said(device, "system", begin + timedelta(seconds=3), ("Warning", "W1", "hot")))
    for k in range(60 * per_minute):
        at = begin + timedelta(seconds=5 + k * 60 / per_minute)
        for device in DEVICES:
            said.append(Said(device, "load", at, round(40 + rng.gauss(0, 5), 3)))
            said.append(Said(device, "speed", at, round(900 + rng.gauss(0, 30), 1)))
    return sorted(said, key=lambda s: s.time)


def packed(said: Sequence[Said], first: int, created: datetime) -> bytes:
    """A document as it lands: gzip, the same bytes for the same words."""
    return gzip.compress(document(said, first, created), mtime=0)


def name_of(hour: int, name: str = "cell") -> str:
    """The path below the landing folder of what arrives in an hour since START."""
    return f"{START + hour * HOUR:%Y/%m/%d/%H}/{name}.json.gz"


def hourly(hours: int, seed: int = 0, per_minute: int = 1) -> Iterator[tuple[str, bytes]]:
    """One document an hour, all in one sequence."""
    first = 1
    for hour in range(hours):
        said = hour_of_work(hour, seed, per_minute)
        yield name_of(hour), packed(said, first, START + (hour + 1) * HOUR - timedelta(seconds=1))
        first += len(said)


def land(root: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Put files into the plant's landing folder."""
    for name, body in files:
        path = root / "raw" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_bytes(body)


def make_plant(root: Path, hours: int, text: str = PLANT) -> Path:
    """A plant folder: plant.toml, probe.xml and the landed documents of some hours."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "plant.toml").write_text(text)
    (root / "probe.xml").write_text(probe_xml())
    land(root, hourly(hours))
    return root


def copy_plant(root: Path, to: Path) -> Path:
    """Copy a plant; landed files are links, for a copy of them would be another file to the landing zone."""
    shutil.copytree(root, to, ignore=shutil.ignore_patterns("raw"))
    shutil.copytree(root / "raw", to / "raw", copy_function=os.link)
    return to


def move_plant(root: Path, to: Path, lake: str | None, landing: str | None) -> Path:
    """Copy a plant without a lake; lake and landing zone are URLs in an object store, or folders of the copy."""
    copy_plant(root, to)
    text = (to / "plant.toml").read_text()
    if landing:
        store = from_url(landing)
        for path in sorted((to / "raw").rglob("*.gz")):
            obstore.put(store, path.relative_to(to / "raw").as_posix(), path.read_bytes())
        text = text.replace('landing = "raw"', f'landing = "{landing}"')
    if lake:
        text = text.replace("[source]", f'[lake]\nuri = "{lake}"\n[source]')
    (to / "plant.toml").write_text(text)
    return to


def reader_of(root: Path) -> LakeReader:
    """The plant's lake, wherever it is."""
    return LakeReader(read_plant(root, {}, {}).lake_uri)


def rows_of(root: Path, table: str) -> pl.DataFrame:
    """All rows of a table in the plant's lake, in the order of their identity."""
    frame = reader_of(root).scan(table).collect()
    return frame.sort(RESULTS[table], nulls_last=True) if table in RESULTS else frame


def bound(root: Path) -> tuple[Driver, Classes, LakeState]:
    """What a run binds its stages to."""
    folder = read_plant(root, {}, {})
    driver = Driver(folder, Location.of(folder.lake_uri), clock)
    state = LakeState.now(driver.reader)
    return driver, read_classes(root, folder.plant, state.data_items), state


def planned(plan: Plan | None) -> set[tuple[str, int]]:
    """The (device, hour since START) of the units of a plan."""
    units = [u for task in (plan or {"tasks": []})["tasks"] for u in task["units"]]
    periods = [(d, p) for d, start, end, _ in units for p in range(start, end, PERIOD_US)]
    return {(d, (p - to_us(START)) // PERIOD_US) for d, p in periods}


def edit_mapping(root: Path, name: str, old: str, new: str) -> None:
    """Change a word of a mapping file that is there."""
    path = root / "mappings" / f"{name}.toml"
    text = path.read_text()
    assert old in text, text
    path.write_text(text.replace(old, new))


def results_of(root: Path) -> dict[str, pl.DataFrame]:
    """The tables from observations onward; those without a row are left out."""
    reader = reader_of(root)
    found = {name: rows_of(root, name) for name in RESULTS if reader.exists(name)}
    return {name: rows for name, rows in found.items() if rows.height}


def assert_same_results(left: dict[str, pl.DataFrame], right: dict[str, pl.DataFrame]) -> None:
    """Say which table differs, if one does."""
    assert list(left) == list(right)
    for name, frame in left.items():
        assert frame.columns == right[name].columns, name
        assert frame.equals(right[name]), f"{name}: {frame.height} and {right[name].height} rows"


def snapshot(root: Path) -> dict[str, str]:
    """Every file below a folder with the hash of its content."""
    return {
        p.relative_to(root).as_posix(): sha256(p.read_bytes()).hexdigest()
        for p in sorted(root.rglob("*"))
        if p.is_file()
    }
