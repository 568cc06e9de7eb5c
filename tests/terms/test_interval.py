"""Intervals are half-open, periods are UTC hours, and instants keep their microseconds."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.terms.interval import (
    DAY_US,
    MINUTE_US,
    PERIOD_US,
    Interval,
    consecutive,
    day_of,
    from_us,
    month_of,
    period_of,
    to_us,
)

instants = st.integers(-60_000_000_000_000_000, 60_000_000_000_000_000)
intervals = st.tuples(st.integers(0, 20), st.integers(1, 5)).map(lambda p: Interval(p[0], p[0] + p[1]))


@given(instants)
def test_instants_come_back_to_the_microsecond(time_us: int) -> None:
    assert to_us(from_us(time_us)) == time_us
    assert from_us(time_us).tzinfo is UTC


def test_another_zone_is_the_same_instant() -> None:
    east = datetime(2020, 1, 1, 2, tzinfo=timezone(timedelta(hours=2)))
    assert to_us(east) == to_us(datetime(2020, 1, 1, tzinfo=UTC))


@given(instants)
def test_a_period_holds_its_instant(time_us: int) -> None:
    assert period_of(time_us) <= time_us < period_of(time_us) + PERIOD_US
    assert day_of(time_us) <= period_of(time_us) < day_of(time_us) + DAY_US
    assert period_of(time_us) % PERIOD_US == day_of(time_us) % DAY_US == 0


@given(intervals, intervals)
def test_overlap_is_a_shared_instant(one: Interval, two: Interval) -> None:
    shared = set(range(one.start_us, one.end_us)) & set(range(two.start_us, two.end_us))
    assert one.overlaps(two) == two.overlaps(one) == bool(shared)


def test_length_in_minutes() -> None:
    assert Interval(0, 90 * MINUTE_US).minutes == 90.0


@pytest.mark.parametrize(("year", "month"), [(1970, 1), (1999, 12), (2020, 2)])
def test_months(year: int, month: int) -> None:
    first = to_us(datetime(year, month, 1, tzinfo=UTC))
    assert month_of(first) == f"{year}-{month:02}"
    assert month_of(first - 1) != month_of(first)


@given(st.sets(st.integers(0, 80), max_size=30))
def test_consecutive_periods_are_joined_within_a_day(hours: set[int]) -> None:
    found = list(consecutive(h * PERIOD_US for h in hours))
    assert sorted(h for i in found for h in range(i.start_us // PERIOD_US, i.end_us // PERIOD_US)) == sorted(hours)
    assert found == sorted(found)
    for interval in found:
        assert day_of(interval.start_us) == day_of(interval.end_us - 1)
        assert interval.end_us // PERIOD_US not in hours or interval.end_us % DAY_US == 0
