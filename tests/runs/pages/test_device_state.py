import polars as pl

from smelt.runs.pages.device_state import execution_column, last_scores, last_states
from smelt.terms.interval import DAY_US, MINUTE_US, Interval


def test_a_state_begins_after_the_last_other_one(page_reader, page_plant, page_lake):
    whole = Interval(page_lake.START_US, page_lake.START_US + 3 * DAY_US)
    states = last_states(page_reader, page_plant.devices, whole)
    rows = page_reader.scan("gold/mills_minutes").filter(pl.col("device_uuid") == "u-fog1").sort("minute").collect()
    assert states["u-fog1"].value == rows["execution"][-1]
    other = rows.filter(pl.col("execution") != states["u-fog1"].value)["minute"].max()
    assert states["u-fog1"].since_us == int(other.timestamp() * 1e6) + MINUTE_US
    assert not states["u-fog1"].is_older


def test_a_silent_device_has_no_data(page_reader, page_plant, page_lake):
    end = page_lake.START_US + 3 * DAY_US
    state = last_states(page_reader, page_plant.devices, Interval(page_lake.START_US, end))["u-fad2"]
    assert state.value == "no data" and state.since_us == end - 400 * MINUTE_US


def test_a_state_that_fills_the_interval_is_older(page_reader, page_plant, page_lake):
    end = page_lake.START_US + 3 * DAY_US
    state = last_states(page_reader, page_plant.devices, Interval(end - 10 * MINUTE_US, end))["u-fad2"]
    assert state.is_older and state.since_us == end - 10 * MINUTE_US


def test_the_last_score_is_the_newest_minutes(page_reader):
    last = last_scores(page_reader.scan("results/scores"))["u-fog1"]
    rows = page_reader.scan("results/scores").filter(pl.col("device_uuid") == "u-fog1").sort("minute").collect()
    assert (last.score, last.severity) == (rows["score"][-1], rows["severity"][-1])


def test_no_execution_column():
    assert execution_column(["load", "mode"]) is None
