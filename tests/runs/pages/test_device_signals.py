import polars as pl
import pytest

from smelt.runs.pages.device_signals import overall_shares, signal_columns, signals_of
from smelt.runs.pages.tables import minutes
from smelt.terms.errors import InputError
from smelt.terms.interval import DAY_US, Interval


@pytest.fixture
def rows(page_reader, page_plant, page_lake):
    return minutes(page_reader, page_plant.devices[0], Interval(page_lake.START_US, page_lake.START_US + 3 * DAY_US))


def test_columns_are_the_mappings_in_its_order(rows, page_lake):
    assert signal_columns(rows) == tuple(c.name for c in page_lake.MAPPING.columns)


def test_numbers_become_a_line_and_words_a_strip(rows, page_lake):
    load, execution = signals_of(rows, ["spindle_load", "execution"], {"spindle_load": (1, 2)}, page_lake.MAPPING, 100)
    assert load.band == (1, 2) and load.unit == "PERCENT" and load.strip is None
    assert execution.line is None and {r.value for r in execution.strip.runs} <= {"ACTIVE", "READY", "INTERRUPTED"}


def test_an_unknown_signal_is_refused_with_those_that_exist(rows):
    with pytest.raises(InputError, match="no signal 'lod': the device has spindle_load"):
        signals_of(rows, ["lod"], {}, None, 100)


def test_overall_shares_are_the_alarms_if_there_was_one():
    def told(*pairs):
        return [{"signal": s, "share": v} for s, v in pairs]

    scores = pl.LazyFrame({"severity": [10.0, 80.0], "contributions": [told(("a", 1.0)), told(("b", 0.6), ("a", 0.3))]})
    both = overall_shares(scores)
    assert [s.signal for s in both] == ["b", "a"]
    assert sum(s.share for s in both) == pytest.approx(1)
    assert [s.signal for s in overall_shares(scores.filter(pl.col("severity") < 50))] == ["a"]
    assert overall_shares(scores.limit(0)) == ()
