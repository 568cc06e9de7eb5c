from dataclasses import replace

import pytest

from smelt.lake.reader import LakeReader
from smelt.runs.pages.fleet import fleet
from smelt.runs.pages.tables import latest
from smelt.terms.interval import DAY_US, MINUTE_US, Interval
from smelt.terms.plant import Device


@pytest.fixture(scope="module")
def page(page_reader, page_plant):
    return fleet(page_reader, page_plant, latest(page_reader, page_plant), 500)


def test_there_is_a_lane_for_each_device_in_the_plants_order(page, page_plant):
    assert [lane.device for lane in page.lanes] == list(page_plant.devices)
    assert len({len(lane.cells.state) for lane in page.lanes}) == 1


def test_only_the_silent_device_is_without_data(page):
    assert [lane.device.name for lane in page.lanes if lane.is_without_data] == ["FAD2"]


def test_a_device_is_judged_by_what_was_known_at_the_intervals_end(page_reader, page_plant, page_lake):
    early = fleet(page_reader, page_plant, Interval(page_lake.START_US, page_lake.START_US + DAY_US))
    assert not any(lane.is_without_data for lane in early.lanes)
    assert early.at_us == page_lake.START_US + DAY_US


def test_the_budget_grows_with_the_scored_hours(page, page_reader):
    hours = page_reader.scan("results/scores").collect().height / 60
    assert page.scored_hours == pytest.approx(hours)
    assert page.expected_episodes == pytest.approx(2 * hours / 168)


def test_provisional_models_say_how_many_days_they_want(page):
    assert [(lane.device.name, lane.days_wanted) for lane in page.lanes if lane.is_provisional] == [("FOG2", 2.5)]


def test_episodes_touch_the_interval(page, page_reader, page_plant):
    first = page.episodes[0]
    after = fleet(page_reader, page_plant, Interval(first.end_us, first.end_us + MINUTE_US))
    assert first not in after.episodes
    assert first in fleet(page_reader, page_plant, Interval(first.start_us, first.start_us + MINUTE_US)).episodes


def test_some_devices_only(page_reader, page_plant):
    one = page_plant.devices[:1]
    page = fleet(page_reader, page_plant, latest(page_reader, page_plant), 100, one)
    assert [lane.device for lane in page.lanes] == list(one)
    assert {e.device_uuid for e in page.episodes} == {one[0].uuid}


def test_an_empty_lake_has_lanes_without_data(tmp_path, page_plant):
    reader = LakeReader(str(tmp_path))
    page = fleet(reader, page_plant, latest(reader, page_plant), 100)
    assert page.span is None and page.episodes == ()
    assert all(lane.is_without_data and lane.state is None and lane.days_wanted is None for lane in page.lanes)


def test_lanes_stand_by_class_and_the_never_heard_last(page_reader, page_plant):
    stranger = Device("u-x", "X", "mills")
    plant = replace(page_plant, devices=(stranger, *page_plant.devices[2:], *page_plant.devices[:2]))
    page = fleet(page_reader, plant, latest(page_reader, plant), 100)
    assert [lane.device.name for lane in page.lanes] == ["FOG1", "FOG2", "X", "FAD1", "FAD2"]
