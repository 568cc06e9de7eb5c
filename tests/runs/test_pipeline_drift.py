"""Drift in a range: what a probe changed in it, and what was said in it without any probe."""

import pytest
from tests.pipeline_lake import HOUR, PLANT, START, WHOLE, build

from smelt.lake.reader import LakeReader
from smelt.runs.pipeline_drift import drift_in
from smelt.terms.interval import Interval, to_us


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
