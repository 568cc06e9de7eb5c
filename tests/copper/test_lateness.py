"""Lateness by hour: every row counted once, quantiles within a step of the true ones."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.copper.lateness import AHEAD, hourly_quality, lateness_quantile

T0 = datetime(2020, 1, 1, tzinfo=UTC)
TIME = pl.Datetime("us", "UTC")
SCHEMA = {"device_uuid": pl.String, "event_time": TIME, "received_at": TIME, "level": pl.String}


def rows(*told: tuple[str, float, float | None, str | None]) -> pl.DataFrame:
    """Device, minutes after T0, seconds late, level."""
    made = [
        (d, T0 + timedelta(minutes=m), None if s is None else T0 + timedelta(minutes=m, seconds=s), level)
        for d, m, s, level in told
    ]
    return pl.DataFrame(made, schema=SCHEMA, orient="row")


def test_an_hour_is_a_row_of_each_device() -> None:
    found = hourly_quality(
        rows(
            ("a", 0, 1.0, None),
            ("a", 59, 1.1, "UNAVAILABLE"),
            ("a", 59, 100.0, "FAULT"),
            ("a", 60, -5.0, None),
            ("b", 1, None, None),
        )
    )
    told = found.select("device_uuid", "period", "observations", "unavailable").rows()
    assert told == [("a", T0, 3, 1), ("a", T0 + timedelta(hours=1), 1, 0), ("b", T0, 1, 0)]
    assert found["lateness_steps"].to_list() == [[0, 26], [AHEAD], []]
    assert found["lateness_rows"].to_list() == [[2, 1], [1], []]


@given(st.lists(st.floats(0.002, 1e7), min_size=1, max_size=50), st.sampled_from([0.5, 0.95, 1.0]))
def test_a_quantile_is_within_half_a_step(late: list[float], share: float) -> None:
    (row,) = hourly_quality(rows(*(("a", 1, round(s, 6), None) for s in late))).to_dicts()
    found = lateness_quantile(row["lateness_steps"], row["lateness_rows"], share)
    true = np.quantile(np.round(late, 6), share, method="inverted_cdf")
    assert found == pytest.approx(true, rel=0.1)


def test_nothing_is_no_lateness_and_ahead_is_none_at_all() -> None:
    assert lateness_quantile([], [], 0.5) is None
    assert lateness_quantile([AHEAD, 4], [3, 1], 0.5) == 0.0
    assert hourly_quality(rows()).height == 0
