"""Devices that are others now: what was heard of just now counts beside what the lake holds."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.pipeline_lake import HOUR, MILL, START, build, write

from smelt.lake.reader import LakeReader
from smelt.runs.ingest.device_renames import renames
from smelt.terms.tables import DATA_ITEMS, LAST_VALUES


def test_a_lake_of_devices_that_stay(tmp_path: Path) -> None:
    reader = build(tmp_path)
    assert renames(reader, reader.scan(DATA_ITEMS.name).collect()) == ()


def test_a_device_that_is_heard_of_now(tmp_path: Path) -> None:
    row: dict[str, Any] = {"agent": "shop", "category": "SAMPLE", "type": "LOAD", "representation": "VALUE"}
    row |= {"component": "", "is_agent": False, "device_name": "MILL", "id": "load", "name": "load"}
    write(tmp_path, DATA_ITEMS, [row | {"device_uuid": uuid} for uuid in (MILL.uuid, "other")])
    said: dict[str, Any] = {
        "category": "SAMPLE",
        "native_units": False,
        "batch": 1,
        "data_item": "load",
        "device_uuid": MILL.uuid,
    }
    write(tmp_path, LAST_VALUES, [said | {"period": START, "event_time": START}])
    reader = LakeReader(str(tmp_path))
    items = reader.scan(DATA_ITEMS.name).collect()
    assert renames(reader, items) == ()  # the other one never said anything
    (found,) = renames(reader, items, {"other": START + HOUR})
    assert (found.old, found.new, found.at) == (MILL.uuid, "other", START + HOUR)
    later = START + timedelta(days=1)
    assert renames(reader, items, {"other": later, MILL.uuid: later}) == ()  # both are there
