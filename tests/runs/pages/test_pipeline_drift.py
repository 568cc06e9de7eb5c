"""Drift in a range: what a probe changed in it, and what was said in it without any probe."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.pipeline_lake import DRILL, HOUR, MILL, PLANT, START, WHOLE, build, write

from smelt.lake.reader import LakeReader
from smelt.runs.pages.pipeline_drift import drift_in
from smelt.terms.interval import Interval, to_us
from smelt.terms.plant import Device
from smelt.terms.tables import DATA_ITEMS, LAST_VALUES


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> LakeReader:
    return build(tmp_path_factory.mktemp("drift"))


def test_vanished_units_and_undeclared(reader: LakeReader) -> None:
    told = [(c.device_name, c.item, c.kind, c.before, c.after) for c in drift_in(reader, PLANT.devices, WHOLE)]
    assert sorted(told) == [
        ("DRILL", "extra", "undeclared", "", "SAMPLE"),
        ("MILL", "gone", "vanished", "SAMPLE LOAD in PERCENT", ""),
        ("MILL", "load", "units", "PERCENT", "NEWTON"),
    ]


def test_before_the_newer_probe_nothing_had_changed(reader: LakeReader) -> None:
    assert drift_in(reader, PLANT.devices, Interval(WHOLE.start_us, to_us(START + HOUR))) == ()


def test_a_device_under_another_uuid_is_told_of_once(tmp_path: Path) -> None:
    reader = renamed_mill(tmp_path)
    (told,) = drift_in(reader, (MILL,), WHOLE)
    assert (told.device_name, told.item, told.kind, told.at) == ("MILL", "", "device renamed", START + 3 * HOUR)
    assert told.before == f"uuid {MILL.uuid}" and told.after.startswith("uuid other (name MILL, 2 of 2 items")
    assert drift_in(reader, (Device("other", "FRESH"),), WHOLE) == (replace(told, device_name="FRESH"),)
    assert drift_in(reader, (DRILL,), WHOLE) == ()


def renamed_mill(root: Path) -> LakeReader:
    """A lake in which the mill's models never ended, and another device says the same since the third hour."""
    item: dict[str, Any] = {"agent": "shop", "category": "SAMPLE", "type": "LOAD", "representation": "VALUE"}
    item |= {"component": "", "is_agent": False, "device_name": "MILL"}
    items = [item | {"device_uuid": u, "id": i, "name": i} for u in (MILL.uuid, "other") for i in ("load", "speed")]
    write(root, DATA_ITEMS, items)
    said: dict[str, Any] = {"category": "SAMPLE", "native_units": False, "batch": 1, "data_item": "load"}
    hours = [(MILL.uuid, START), (MILL.uuid, START + 2 * HOUR), ("other", START + 3 * HOUR)]
    write(root, LAST_VALUES, [said | {"device_uuid": u, "period": t, "event_time": t} for u, t in hours])
    return LakeReader(str(root))
