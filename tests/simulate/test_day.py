import numpy as np
import pytest

from smelt.simulate.day import Day, Stop, ambient_c

START_MS = 1_788_220_800_000


def make(*stops: Stop) -> Day:
    return Day(0, START_MS, np.random.default_rng(1), np.random.default_rng(2), (), (), stops)


@pytest.mark.parametrize("period_s", [8, 10, 30])
def test_ticks_are_in_order_near_their_period_and_within_the_day(period_s):
    at_ms = make().ticks(period_s)
    assert at_ms.size == 86_400 // period_s
    assert at_ms[0] >= START_MS and at_ms[-1] < START_MS + 86_400_000
    assert (np.diff(at_ms) > 600 * period_s).all() and (np.diff(at_ms) < 1_400 * period_s).all()


def test_stops_are_half_open_and_found_in_order():
    day = make(Stop(START_MS + 50_000, START_MS + 60_000), Stop(START_MS + 10_000, START_MS + 20_000))
    assert day.stopped(START_MS + np.array([9_999, 10_000, 19_999, 20_000])).tolist() == [False, True, True, False]
    assert day.next_stop(0.0) == (10.0, 20.0)
    assert day.next_stop(20.0) == (50.0, 60.0)
    assert day.next_stop(60.0) == (np.inf, np.inf)


def test_hall_is_warm_in_the_afternoon_and_never_extreme():
    air = ambient_c(START_MS + np.arange(0, 30 * 86_400_000, 3_600_000))
    assert 17 < air.min() < 19.5 and 22.5 < air.max() < 25
    assert 12 <= int(np.argmax(ambient_c(START_MS + np.arange(24) * 3_600_000))) <= 18
