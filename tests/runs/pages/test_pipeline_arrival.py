"""Arrivals: counts of each device and of all, quantiles over all hours together."""

from pathlib import Path

import pytest
from tests.pipeline_lake import DRILL, MILL, PLANT, WHOLE, build

from smelt.lake.reader import LakeReader
from smelt.runs.pages.pipeline_arrival import Arrival, arrivals
from smelt.terms.interval import PERIOD_US, Interval


def test_devices_and_all_of_them(tmp_path: Path) -> None:
    reader = build(tmp_path)
    found = arrivals(reader, PLANT.devices, WHOLE)
    mill, drill = found.by_device[MILL.uuid], found.by_device[DRILL.uuid]
    assert (mill.observations, drill.observations, found.overall.observations) == (1500, 500, 2000)
    assert mill.unavailable == drill.unavailable == 3
    assert found.overall.unavailable_share == pytest.approx(6 / 2000)
    assert mill.p50_s == pytest.approx(2 ** (4.5 / 4), rel=0.01)
    assert mill.p95_s == pytest.approx(2 ** (20.5 / 4), rel=0.01)
    first = arrivals(reader, [MILL], Interval(WHOLE.start_us, WHOLE.start_us + PERIOD_US))
    assert first.overall.observations == 600
    begun = arrivals(reader, [MILL], Interval(WHOLE.start_us + PERIOD_US // 6, WHOLE.start_us + PERIOD_US // 4))
    assert begun == first


def test_nothing_arrived(tmp_path: Path) -> None:
    found = arrivals(LakeReader(str(tmp_path)), PLANT.devices, WHOLE)
    assert found.by_device == {}
    assert found.overall == Arrival(0, 0, 0, None, None) and found.overall.unavailable_share is None
