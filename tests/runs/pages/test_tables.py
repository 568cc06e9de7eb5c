import pyarrow as pa
import pytest
from deltalake import write_deltalake

from smelt.lake.reader import LakeReader
from smelt.runs.pages.tables import WEEK_US, data_span, last_contact, latest, minutes, table, within
from smelt.terms.interval import DAY_US, MINUTE_US, Interval
from smelt.terms.tables import COVERAGE, EPISODES, SCORES


def test_a_table_that_is_not_there_has_no_rows_but_its_columns(tmp_path):
    empty = table(LakeReader(str(tmp_path)), EPISODES).collect()
    assert empty.height == 0 and empty.columns == EPISODES.schema.names


def test_within_keeps_the_half_open_interval_across_months(page_reader, page_lake):
    start = page_lake.START_US + DAY_US
    kept = within(page_reader.scan(SCORES.name), "minute", Interval(start, start + DAY_US)).collect()
    minute = kept["minute"].dt.epoch("us")
    assert kept.height > 0
    assert start <= minute.min() and minute.max() < start + DAY_US


def test_span_goes_from_first_to_last_contact(page_reader, page_plant, page_lake):
    assert data_span(page_reader, page_plant.devices) == Interval(page_lake.START_US, page_lake.START_US + 3 * DAY_US)


@pytest.mark.parametrize("kind", ["lost", "restarted"])
def test_what_was_lost_at_the_end_is_in_the_span_but_no_contact(tmp_path, page_plant, kind):
    device = page_plant.devices[0]
    kinds = ("silent", "live", kind, "silent")
    rows = [
        {"month": "1970-01", "device_uuid": device.uuid, "start": i * MINUTE_US, "end": (i + 1) * MINUTE_US, "kind": k}
        for i, k in enumerate(kinds)
    ]
    write_deltalake(str(tmp_path / COVERAGE.name), pa.Table.from_pylist(rows, COVERAGE.schema))
    lake = LakeReader(str(tmp_path))
    assert data_span(lake, [device]) == Interval(MINUTE_US, 3 * MINUTE_US)
    assert latest(lake, page_plant).end_us == 3 * MINUTE_US
    assert last_contact(lake, 4 * MINUTE_US) == {device.uuid: 2 * MINUTE_US}


def test_the_silent_device_was_last_heard_before_the_others(page_reader, page_lake):
    end = page_lake.START_US + 3 * DAY_US
    contact = last_contact(page_reader, end)
    assert contact["u-fog1"] == end
    assert contact["u-fad2"] == end - 400 * MINUTE_US


def test_contact_is_asked_up_to_a_moment(page_reader, page_lake):
    moment = page_lake.START_US + DAY_US
    assert set(last_contact(page_reader, moment).values()) == {moment}


def test_latest_ends_with_the_data_and_does_not_begin_before_it(page_reader, page_plant, page_lake):
    assert latest(page_reader, page_plant).start_us == page_lake.START_US
    assert latest(page_reader, page_plant, DAY_US).start_us == page_lake.START_US + 2 * DAY_US


def test_latest_of_an_empty_lake(tmp_path, page_plant):
    assert latest(LakeReader(str(tmp_path)), page_plant) == Interval(0, WEEK_US)


def test_minutes_are_one_devices_in_order(page_reader, page_plant, page_lake):
    rows = minutes(page_reader, page_plant.devices[0], Interval(page_lake.START_US, page_lake.START_US + DAY_US))
    frame = rows.collect()
    assert frame.height == 1440
    assert frame["minute"].is_sorted() and set(frame["device_uuid"]) == {"u-fog1"}
