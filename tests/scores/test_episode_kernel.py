"""The compiled fold writes rows of places and counts; what follows from the rules is tested with the fold itself."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from smelt.scores.episode_kernel import SPAN_COLUMNS, fold_minutes
from smelt.terms.interval import MINUTE_US


def folded(values: list[float], window: int = 4, needed: int = 2) -> list[list[int]]:
    severity = np.array(values, np.float32)
    minutes = np.arange(severity.size, dtype=np.int64) * MINUTE_US
    spans = np.full((severity.size // needed + 2, SPAN_COLUMNS), -9, np.int64)
    count = fold_minutes(minutes, severity, 75.0, needed, window, 60.0, 3, 3 * MINUTE_US, spans)
    rows: list[list[int]] = spans[:count].tolist()
    return rows


def test_a_row_is_first_last_scored_alarms_and_open() -> None:
    assert folded([0, 80, 0, 80, 65, 0]) == [[1, 4, 4, 2, 1]]
    assert folded([0, 80, 0, 80, 65, 0, 0, 0]) == [[1, 4, 4, 2, 0]]
    assert folded([80, float("nan"), 80]) == [[0, 2, 2, 2, 1]]


def test_the_ring_forgets_alarms_that_are_older_than_the_window() -> None:
    assert folded([80, 0, 0, 0, 80, 0, 0, 0, 80]) == []
    assert folded([80, 0, 0, 80], window=4) == [[0, 3, 4, 2, 1]]
    assert folded([80, 0, 0, 80], window=3) == []


@given(st.lists(st.sampled_from([0.0, 65.0, 80.0, float("nan")]), max_size=40), st.integers(2, 6))
def test_rows_agree_with_the_minutes_that_they_name(values: list[float], window: int) -> None:
    spans = folded(values, window)
    for place, (first, last, scored, alarms, is_open) in enumerate(spans):
        inside = np.array(values[first : last + 1])
        assert scored == (~np.isnan(inside)).sum() and alarms == (inside >= 75).sum() >= 2
        assert inside[0] >= 75 and inside[-1] >= 60
        assert not is_open or place == len(spans) - 1
        assert place == 0 or spans[place - 1][1] < first
