"""The loops over periods against plain Python: where stretches begin, what they add up to, which row came last."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from smelt.copper.period_kernels import add_hashes, find_nearest, find_stretches, mark_last
from smelt.copper.row_kernels import NONE

PERIOD = 10
WORD = (1 << 64) - 1


def int32s(values: list[int]) -> np.ndarray:
    return np.array(values, np.int32)


@given(st.lists(st.tuples(st.integers(-30, 30), st.booleans()), max_size=20), st.integers(0, 3))
def test_a_stretch_begins_with_an_item_and_with_a_period(rows: list[tuple[int, bool]], first: int) -> None:
    first = min(first, len(rows))
    marks = np.array([begins for _, begins in rows], np.uint8)
    starts = np.empty(len(rows) + 1, np.int64)
    time = np.array([t for t, _ in rows], np.int64)
    count = find_stretches(np.arange(len(rows), dtype=np.int32), marks, first, time, PERIOD, starts)
    periods = [t // PERIOD for t, _ in rows]
    begins = [i for i in range(first, len(rows)) if marks[i] or i == first or periods[i] != periods[i - 1]]
    assert starts[:count].tolist() == begins


@given(st.lists(st.tuples(st.integers(0, WORD), st.integers(0, 1)), min_size=1, max_size=12), st.data())
def test_hashes_of_a_stretch_add_up_and_wrap(rows: list[tuple[int, int]], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(rows)))
    by_source = np.array([3, WORD], np.uint64)
    sums = np.empty(2, np.uint64)
    add_hashes(
        np.arange(len(rows), dtype=np.int32), np.array([0, cut, len(rows)]), int32s([s for _, s in rows]), by_source,
        np.array([h for h, _ in rows], np.uint64), sums,
    )  # fmt: skip
    mixed = [((h ^ int(by_source[s])) * 0x9E3779B97F4A7C15) & WORD for h, s in rows]
    told = [m ^ (m >> 32) for m in mixed]
    assert sums.tolist() == [sum(told[:cut]) & WORD, sum(told[cut:]) & WORD]


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(1, 20)), max_size=12),
       st.lists(st.tuples(st.integers(0, 1), st.integers(1, 20)), max_size=5))  # fmt: skip
def test_the_nearest_row_stands_before_a_strange_one_else_behind(
    rows: list[tuple[int, int]], strange: list[tuple[int, int]]
) -> None:
    of_device = [sorted(key for device, key in strange if device == d) for d in range(2)]
    firsts = np.cumsum([0, *map(len, of_device)])
    keys = np.array([key for found in of_device for key in found], np.uint64)
    nearest = np.empty(len(keys), np.int32)
    find_nearest(
        np.arange(len(rows), dtype=np.int32), np.array([key for _, key in rows], np.uint64), np.zeros(1, np.int32),
        np.zeros(len(rows), np.int32), int32s([device for device, _ in rows]), 2, keys, firsts, nearest,
    )  # fmt: skip
    expected = []
    for device, found in enumerate(of_device):
        mine = sorted((key, row) for row, (d, key) in enumerate(rows) if d == device)
        for key in found:
            before = [row for k, row in mine if k < key]
            behind = [row for k, row in mine if k >= key]
            expected.append((before[-1:] or behind[:1] or [-1])[0])
    assert nearest.tolist() == expected


def last_of(sequence: list[int], code: list[int], is_condition: bool, time: list[int]) -> tuple[list[bool], int]:
    count = len(sequence)
    zeros, is_last = np.zeros(count, np.int32), np.zeros(count, np.bool_)
    open_ = mark_last(
        np.arange(count, dtype=np.int32), np.array([0, count]), zeros, zeros, int32s(code), np.array([is_condition]),
        np.zeros(2, np.uint8), np.zeros(1, np.bool_), np.array(time, np.int64), zeros, np.array(sequence, np.int64),
        zeros, np.full(20, -1), is_last,
    )  # fmt: skip
    return is_last.tolist(), open_


@given(st.lists(st.integers(0, 50), min_size=1, max_size=9, unique=True), st.data())
def test_the_highest_number_is_the_last_value_and_of_a_condition_that_of_each_code(
    sequence: list[int], data: st.DataObject
) -> None:
    code = data.draw(st.lists(st.integers(-1, 2), min_size=len(sequence), max_size=len(sequence)))
    time = list(range(len(sequence)))
    assert last_of(sequence, code, False, time) == ([s == max(sequence) for s in sequence], 0)
    highest = {c: max(s for s, k in zip(sequence, code, strict=True) if k == c) for c in code}
    found = [s == highest[c] for s, c in zip(sequence, code, strict=True)]
    assert last_of(sequence, code, True, time) == (found, 0)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=9).map(sorted))
def test_of_rows_that_nobody_numbered_those_of_the_last_instant_are_looked_at_again(time: list[int]) -> None:
    none = [NONE] * len(time)
    assert last_of(none, [-1] * len(time), False, time) == ([t == time[-1] for t in time], 1)
