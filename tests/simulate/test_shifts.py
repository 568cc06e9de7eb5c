from datetime import UTC, datetime

import numpy as np

from smelt.simulate.shifts import HOUR, staffed, weekday

MONDAY_MS = int(datetime(2026, 9, 7, tzinfo=UTC).timestamp() * 1000)
DAY_MS = 86_400_000


def hours(day: int, seed: int) -> float:
    return sum(b - a for a, b in staffed(MONDAY_MS + day * DAY_MS, np.random.default_rng(seed))) / HOUR


def test_two_shifts_on_weekdays_less_on_saturday_none_on_sunday():
    assert [weekday(MONDAY_MS + d * DAY_MS) for d in range(7)] == list(range(7))
    for day in range(5):
        assert 12.5 < hours(day, day) < 15.5
    saturdays = [hours(5, seed) for seed in range(40)]
    assert min(saturdays) == 0 and 4 < max(saturdays) < 7
    assert all(hours(6, seed) == 0 for seed in range(10))


def test_blocks_are_apart_and_within_the_day():
    for seed in range(30):
        edges = [edge for block in staffed(MONDAY_MS, np.random.default_rng(seed)) for edge in block]
        assert edges == sorted(edges) and edges[0] > 5 * HOUR and edges[-1] < 23 * HOUR
