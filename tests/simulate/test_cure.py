from itertools import pairwise

import numpy as np

from smelt.simulate.cure import RECIPES, Cures
from smelt.simulate.day import Day, Stop
from smelt.simulate.faults import DAY_MS, HOUR_MS

TUESDAY_MS = 1_788_220_800_000


def days(cures: Cures, count: int, stops: tuple[Stop, ...] = ()) -> list[tuple[int, int]]:
    seen = {}
    for index in range(count):
        start_ms = TUESDAY_MS + index * DAY_MS
        today = tuple(s for s in stops if s.end_ms > start_ms and s.start_ms < start_ms + DAY_MS)
        rng = np.random.default_rng([1, index])
        cures.plan(Day(index, start_ms, rng, rng, (), (), today))
        seen |= {c.start_ms: c.end_ms for c in cures.cures}
    return sorted(seen.items())


def test_recipes_ramp_soak_and_cool():
    for recipe in RECIPES:
        assert list(recipe.time_s) == sorted(recipe.time_s)
        assert recipe.set_c[0] < recipe.set_c[1] < recipe.set_c[3] == recipe.set_c[4] > recipe.set_c[-1]
        assert recipe.set_pa[0] == recipe.set_pa[-1] == 0


def test_cures_never_overlap_and_rest_on_sunday():
    found = days(Cures(2.0), 14)
    assert len(found) > 20
    assert all(first[1] < second[0] for first, second in pairwise(found))
    sundays = [TUESDAY_MS + (5 + 7 * week) * DAY_MS for week in range(2)]
    assert not any(sunday <= start < sunday + DAY_MS for start, _ in found for sunday in sundays)


def test_a_stop_ends_the_cure_it_meets():
    third = days(Cures(2.0), 4)[3][0]
    stop = Stop(third + HOUR_MS, third + 11 * HOUR_MS)
    found = days(Cures(2.0), 4, (stop,))
    assert not any(start < stop.end_ms and end > stop.start_ms for start, end in found)
    assert any(end == stop.start_ms for _, end in found)
    assert any(start >= stop.end_ms for start, _ in found)
