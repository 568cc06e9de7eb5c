"""Received against expected: contact by hour, what a whole hour would have brought, wide cells for long ranges."""

from pathlib import Path
from typing import Any

import pytest
from tests.pipeline_lake import DRILL, MILL, PLANT, WHOLE, build

from smelt.lake.reader import LakeReader
from smelt.runs.pages.pipeline_hours import hours
from smelt.terms.interval import MINUTE_US, PERIOD_US, Interval


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> LakeReader:
    return build(tmp_path_factory.mktemp("hours"))


def cells(reader: LakeReader, device: Any, **more: Any) -> list[dict[str, Any]]:
    return hours(reader, [device], WHOLE, **more).cells.to_dicts()


def test_what_an_hour_brings_in_part_it_would_have_brought_in_whole(reader: LakeReader) -> None:
    first, second, third = cells(reader, MILL)
    assert (first["received"], first["expected"], first["contact"]) == (600, 600, 1)
    assert second["contact"] == pytest.approx(45 / 60)
    assert second["expected"] == pytest.approx(400 / (45 / 60))
    assert (third["lost"], third["live"]) == (600, 3000)


def test_without_contact_the_usual_hour_is_expected(reader: LakeReader) -> None:
    unavailable, *_, silent = cells(reader, DRILL)
    assert unavailable["contact"] == 1  # a source in contact that knows nothing lacks nothing
    assert (silent["contact"], silent["received"], silent["expected"]) == (0, 0, 0)  # its one full hour brought none


def test_hours_beyond_the_data_are_not_cells(reader: LakeReader) -> None:
    assert [c["bin"] for c in cells(reader, MILL)] == [0, 1, 2]


def test_long_ranges_have_cells_of_several_hours(reader: LakeReader) -> None:
    found = hours(reader, [MILL], WHOLE, most=2)
    assert (found.bin_us, found.count) == (2 * PERIOD_US, 2)
    assert found.cells["received"].to_list() == [1000, 500]
    assert found.cells["contact"][0] == pytest.approx(105 / 120)
    years = Interval(WHOLE.start_us, WHOLE.start_us + 730 * 24 * PERIOD_US)
    assert hours(reader, PLANT.devices, years).count <= 744


def test_a_range_is_widened_to_whole_hours(reader: LakeReader) -> None:
    odd = Interval(WHOLE.start_us + MINUTE_US, WHOLE.start_us + 61 * MINUTE_US)
    assert hours(reader, [MILL], odd).interval == Interval(WHOLE.start_us, WHOLE.start_us + 2 * PERIOD_US)


def test_ingest_alone_tells_what_was_received(tmp_path: Path) -> None:
    reader = build(tmp_path)
    found = hours(_WithoutCoverage(reader.uri), [MILL], WHOLE).cells
    assert found["received"].to_list() == [600, 400, 500]
    assert found["contact"].to_list() == found["expected"].to_list() == [None] * 3


class _WithoutCoverage(LakeReader):
    def exists(self, name: str) -> bool:
        return name != "copper/coverage" and super().exists(name)
