from datetime import UTC, datetime, timedelta

import polars as pl

from smelt.runs.pages.device_strips import (
    activity_strip,
    condition_columns,
    condition_strip,
    coverage_strip,
    state_strips,
)
from smelt.terms.interval import DAY_US, MINUTE_US, Interval, to_us

START = datetime(2026, 1, 1, tzinfo=UTC)
FRAME = pl.DataFrame(
    {
        "minute": pl.Series([START + timedelta(minutes=i) for i in range(6)]).cast(pl.Datetime("us", "UTC")),
        "is_live": [True, True, True, False, True, True],
        "is_running": [True, True, False, False, False, True],
        "execution": ["ACTIVE", "ACTIVE", "READY", None, "READY", "ACTIVE"],
        "servo": ["NORMAL", "WARNING", "FAULT", None, "NORMAL", "NORMAL"],
        "coolant": ["NORMAL", "WARNING", "WARNING", None, None, "NORMAL"],
    }
)
WHOLE = Interval(to_us(START), to_us(START) + 6 * MINUTE_US)


def test_condition_columns_hold_nothing_but_levels(page_lake):
    assert condition_columns(FRAME, None) == ("servo", "coolant")
    assert condition_columns(FRAME, page_lake.MAPPING) == ("servo",)


def test_the_worst_level_speaks_with_the_names_that_have_it():
    found = condition_strip(FRAME, ("servo", "coolant"), 100)
    assert [r.value for r in found.strip.runs] == ["NORMAL", "WARNING: servo, coolant", "FAULT: servo", "NORMAL"]
    assert condition_strip(FRAME, (), 100) is None


def test_minutes_without_data_are_gaps_in_a_state():
    (found,) = state_strips(FRAME, ["execution"], 100)
    assert [(r.value, (r.end_us - r.start_us) // MINUTE_US) for r in found.strip.runs] == [
        ("ACTIVE", 2),
        ("READY", 1),
        ("READY", 1),
        ("ACTIVE", 1),
    ]


def test_activity_covers_the_whole_interval():
    wide = Interval(WHOLE.start_us, WHOLE.end_us + DAY_US)
    runs = activity_strip(FRAME, wide, 100).strip.runs
    assert [r.value for r in runs] == ["running", "off", "none", "off", "running", "none"]
    assert runs[-1].end_us == wide.end_us


def test_coverage_joins_what_periods_cut(page_reader, page_plant, page_lake):
    whole = Interval(page_lake.START_US, page_lake.START_US + 3 * DAY_US)
    runs = coverage_strip(page_reader, page_plant.devices[0], whole).strip.runs
    assert [r.value for r in runs] == ["live", "restarted", "live", "lost", "live", "silent", "live"]
    assert [(r.end_us - r.start_us) // MINUTE_US for r in runs[1::2]] == [3, 30, 150]
