"""Each observation once, whatever is delivered again and in whatever order."""

from random import Random

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from tests.copper.batches import T0, Document, Said, batch_of, everything, line, numbered, said

from smelt.copper.duplicates import LINE_KEY, new_lines, new_numbered
from smelt.copper.rows import Run, merge_runs

FAR = 1 << 50  # a number so far from the others that they are counted, not spread
a_number = st.tuples(st.sampled_from("ab"), st.integers(1, 2), st.integers(1, 30) | st.integers(FAR, FAR + 3))
numbers = st.sets(a_number, max_size=30)


def rows_of(found: set[tuple[str, int, int]]) -> list[Said]:
    """Two parts of a number that ends in 5: a time series."""
    return [numbered(*n, part) for n in sorted(found) for part in range(2 if n[2] % 5 == 0 else 1)]


def documents_of(rows: list[Said], rng: Random) -> list[Document]:
    """Each agent's rows in some documents; a series stands in one of them, its parts in order."""
    documents: dict[tuple[str, int], list[Said]] = {}
    place = {r[:3]: rng.randrange(3) for r in rows}
    for row in rows:
        documents.setdefault((row.agent, place[row[:3]]), []).append(row)
    shuffled = list(documents.values())
    rng.shuffle(shuffled)
    return shuffled


def new_of(known: list[Run], *documents: Document) -> tuple[list[Said], list[Run]]:
    batch = batch_of(*documents)
    new = new_numbered(batch, known)
    return said(everything(batch, np.flatnonzero(new.is_new).tolist())), list(new.runs)


@given(numbers, st.lists(st.tuples(numbers, st.randoms(use_true_random=False)), max_size=5))
def test_any_deliveries_in_any_order_give_each_observation_once(
    everything_there_is: set[tuple[str, int, int]], deliveries: list[tuple[set[tuple[str, int, int]], Random]]
) -> None:
    known: list[Run] = []
    stored: list[Said] = []
    for subset, rng in [*deliveries, (everything_there_is, Random(0))]:
        twice = documents_of(rows_of(subset), rng) + documents_of(rows_of(subset), rng)
        fresh, runs = new_of(known, *twice)
        stored += fresh
        assert {(r.agent, r.instance_id, n) for r in runs for n in range(r.first, r.last + 1)} == {r[:3] for r in fresh}
        known = merge_runs([*known, *runs])
    whole = everything_there_is.union(*(subset for subset, _ in deliveries))
    assert sorted(stored) == sorted(rows_of(whole))
    assert {(r.agent, r.instance_id, n) for r in known for n in range(r.first, r.last + 1)} == whole


def test_of_two_rows_of_one_number_the_first_stays() -> None:
    first, second = numbered("a", 1, 7), numbered("a", 1, 7)._replace(value=999.0)
    assert new_of([], [first], [second])[0] == [first]
    assert new_of([], [first, second])[0] == [first]


def test_parts_of_a_time_series_come_and_go_together() -> None:
    series = [numbered("a", 1, 5, part) for part in range(4)]
    assert new_of([], series, series)[0] == series
    assert new_of([Run("a", 1, 5, 5)], series)[0] == []


def test_another_instance_or_agent_is_another_row() -> None:
    documents = [numbered("a", 1, 3)], [numbered("a", 2, 3)], [numbered("b", 1, 3)]
    fresh, runs = new_of([Run("a", 1, 1, 9)], *documents)
    assert [r[:2] for r in fresh] == [("a", 2), ("b", 1)]
    assert runs == [Run("a", 2, 3, 3), Run("b", 1, 3, 3)]


@given(st.integers(0, 40), st.integers(0, 10), st.booleans())
def test_known_runs_reach_in_from_outside(first: int, more: int, is_far: bool) -> None:
    document = [numbered("a", 1, n) for n in range(10, 30)] + ([numbered("a", 1, FAR)] if is_far else [])
    fresh, _ = new_of([Run("a", 1, first, first + more), Run("z", 1, 0, FAR)], document)
    assert [r.sequence for r in fresh] == [
        r.sequence for r in document if not first <= (r.sequence or 0) <= first + more
    ]


def test_a_row_without_an_instance_has_no_number_among_others() -> None:
    record = numbered("a", 1, 7)._replace(instance_id=None)
    batch = batch_of([record], [numbered("a", 1, 7)])
    new = new_numbered(batch, [])
    assert new.is_new.all() and new.runs == (Run("a", 1, 7, 7),)
    assert new.place.tolist() == [-1, 0]


lines = st.lists(st.tuples(st.integers(0, 3), st.sampled_from([1.0, 2.0])), max_size=8)


def as_file(told: list[tuple[int, float]]) -> list[Said]:
    """Number identical lines of one file, as the decoder does."""
    return [line(minute, value, told[:k].count((minute, value))) for k, (minute, value) in enumerate(told)]


def new_lines_of(stored: pl.DataFrame, *files: list[Said]) -> pl.DataFrame:
    batch = batch_of(*files)
    rows = np.arange(len(batch), dtype=np.int32)
    is_new = new_lines(batch, batch.hashes(), rows, stored)
    return everything(batch, rows[is_new].tolist())


@given(st.lists(lines, max_size=5))
def test_of_identical_lines_the_larger_count_of_a_file_wins(files: list[list[tuple[int, float]]]) -> None:
    stored = everything(batch_of())
    for told in files:
        stored = pl.concat([stored, new_lines_of(stored, as_file(told))])
    most = {one: max(told.count(one) for told in files) for told in files for one in told}
    found = stored.group_by("event_time", "value").len().rows()
    assert {(int((t - T0).total_seconds()) // 60, v): n for t, v, n in found} == most


@given(st.lists(lines, min_size=2, max_size=4))
def test_files_read_together_equal_files_read_apart(files: list[list[tuple[int, float]]]) -> None:
    together = new_lines_of(everything(batch_of()), *(as_file(told) for told in files))
    apart = everything(batch_of())
    for told in files:
        apart = pl.concat([apart, new_lines_of(apart, as_file(told))])
    assert sorted(together.rows(), key=repr) == sorted(apart.rows(), key=repr)


def test_lines_of_no_value_or_no_stamp_are_compared_too() -> None:
    silent = line(0, 0.0)._replace(value=None, level="UNAVAILABLE")
    unstamped = line(0, 1.0)._replace(event_time=None)
    stored = everything(batch_of([silent, unstamped])).select(LINE_KEY)
    assert new_lines_of(stored, [silent, unstamped]).height == 0
    assert new_lines_of(stored.clear(), [silent, silent, unstamped]).height == 2


def test_records_of_one_instant_differ_by_their_sequence() -> None:
    record = line(1, 2.0)._replace(sequence=4)
    assert new_lines_of(everything(batch_of()), [record, record, record._replace(sequence=5)])[
        "sequence"
    ].to_list() == [4, 5]
