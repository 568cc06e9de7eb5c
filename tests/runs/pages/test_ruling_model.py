from datetime import UTC, datetime

import polars as pl

from smelt.runs.pages.ruling_model import keep_ruling, reigns

HOUR = [datetime(2026, 1, 1, h, tzinfo=UTC) for h in range(6)]
MODELS = pl.DataFrame({"model_version": ["old", "new"], "device_uuid": ["d", "d"], "trained_to": [HOUR[0], HOUR[3]]})


def _scores(*pairs):
    return pl.LazyFrame({"model_version": [v for v, _ in pairs], "minute": [HOUR[h] for _, h in pairs]})


def test_a_version_reigns_until_the_next_was_trained():
    assert reigns(MODELS)["until"].to_list() == [HOUR[3], None]


def test_each_minute_belongs_to_the_newest_model_before_it():
    rows = _scores(("old", 1), ("old", 3), ("old", 4), ("new", 3), ("new", 4))
    kept = keep_ruling(rows, "minute", MODELS).collect()
    assert kept.rows() == [("old", HOUR[1]), ("new", HOUR[3]), ("new", HOUR[4])]


def test_a_model_that_has_scored_nothing_does_not_take_over():
    assert keep_ruling(_scores(("old", 1), ("old", 4)), "minute", MODELS).collect().height == 2


def test_rows_of_a_version_that_is_not_recorded_stay():
    assert keep_ruling(_scores(("gone", 1)), "minute", MODELS).collect().height == 1
