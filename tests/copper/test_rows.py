"""Runs of sequences join where they touch."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from smelt.copper.rows import Run, merge_runs


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 10)), max_size=12))
def test_merged_runs_cover_the_same_numbers_and_do_not_touch(drawn: list[tuple[int, int]]) -> None:
    merged = merge_runs(Run("a", 1, first, first + more) for first, more in drawn)
    covered = [n for r in merged for n in range(r.first, r.last + 1)]
    assert covered == sorted({n for first, more in drawn for n in range(first, first + more + 1)})
    assert all(b.first > a.last + 1 for a, b in itertools.pairwise(merged))
    assert merge_runs(merged) == merged


def test_merging_keeps_agents_and_instances_apart() -> None:
    apart = [Run("a", 1, 1, 5), Run("a", 2, 6, 9), Run("b", 1, 6, 9)]
    assert merge_runs(reversed(apart)) == apart
