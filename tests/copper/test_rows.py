"""Each observation once, whatever is delivered again and in whatever order; sums that add up."""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from zlib import crc32

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.copper.rows import (
    PeriodSum,
    Run,
    drop_duplicates,
    drop_known_lines,
    in_order,
    is_plausible,
    merge_runs,
    period_sums,
    runs_of,
    with_month_and_bucket,
)
from smelt.terms.interval import PERIOD_US, to_us

T0 = datetime(2020, 1, 1, tzinfo=UTC)
MASK = (1 << 64) - 1
TIME = pl.Datetime("us", "UTC")
SCHEMA = {
    "agent": pl.String,
    "instance_id": pl.Int64,
    "sequence": pl.Int64,
    "part": pl.Int32,
    "device_uuid": pl.String,
    "data_item": pl.String,
    "event_time": TIME,
    "value": pl.Float64,
    "text": pl.String,
    "level": pl.String,
    "native_code": pl.String,
    "received_at": TIME,
}
Row = tuple[object, ...]


def frame(rows: Sequence[Row]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def numbered(agent: str, instance: int, sequence: int, part: int = 0) -> Row:
    """The observation that this agent numbered so: what it says follows from its number."""
    device, item = f"m{sequence % 2}", f"i{sequence % 3}"
    time = T0 + timedelta(minutes=7 * sequence, seconds=part)
    value = float(hash((instance, sequence, part)) % 100)
    return (agent, instance, sequence, part, device, item, time, value, None, None, None, T0 + timedelta(days=1))


def line(minute: int, value: float, ordinal: int = 0) -> Row:
    """A log's line: no sequence, an ordinal among identical lines."""
    return ("log", None, None, ordinal, "m0", "i0", T0 + timedelta(minutes=minute), value, None, None, None, None)


a_number = st.tuples(st.sampled_from("ab"), st.integers(1, 2), st.integers(1, 30))
numbers = st.sets(a_number, max_size=30)


def rows_of(found: set[tuple[str, int, int]]) -> list[Row]:
    """Two parts of a number that ends in 5: a time series."""
    return [numbered(*n, part) for n in sorted(found) for part in range(2 if n[2] % 5 == 0 else 1)]


@given(numbers, st.lists(st.tuples(numbers, st.randoms(use_true_random=False)), max_size=5))
def test_any_deliveries_in_any_order_give_each_observation_once(
    everything: set[tuple[str, int, int]], deliveries: list[tuple[set[tuple[str, int, int]], Random]]
) -> None:
    known: list[Run] = []
    stored: list[Row] = []
    for subset, rng in [*deliveries, (everything, Random(0))]:
        delivered = rows_of(subset) * 2
        rng.shuffle(delivered)
        fresh = drop_duplicates(frame(delivered), known)
        stored += fresh.rows()
        known = merge_runs([*known, *runs_of(fresh)])
    whole = everything.union(*(subset for subset, _ in deliveries))
    assert sorted(stored) == sorted(rows_of(whole))
    assert {(r.agent, r.instance_id, n) for r in known for n in range(r.first, r.last + 1)} == whole


def test_of_two_rows_of_one_number_the_first_stays() -> None:
    first, second = numbered("a", 1, 7), (*numbered("a", 1, 7)[:7], 999.0, None, None, None, None)
    assert drop_duplicates(frame([first, second]), []).rows() == [first]


def test_parts_of_a_time_series_come_and_go_together() -> None:
    series = [numbered("a", 1, 5, part) for part in range(4)]
    assert drop_duplicates(frame(series), []).height == 4
    assert drop_duplicates(frame(series), [Run("a", 1, 5, 5)]).height == 0


def test_another_instance_or_agent_is_another_row() -> None:
    rows = frame([numbered("a", 1, 3), numbered("a", 2, 3), numbered("b", 1, 3)])
    assert drop_duplicates(rows, [Run("a", 1, 1, 9)]).select("agent", "instance_id").rows() == [("a", 2), ("b", 1)]


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


@given(numbers)
def test_runs_hold_the_numbers_of_the_rows(found: set[tuple[str, int, int]]) -> None:
    runs = runs_of(frame(rows_of(found)))
    assert runs == merge_runs(Run(a, i, n, n) for a, i, n in found)
    assert {(r.agent, r.instance_id, n) for r in runs for n in range(r.first, r.last + 1)} == found


def test_lines_have_no_runs() -> None:
    assert runs_of(frame([line(1, 2.0)])) == []
    assert runs_of(frame([])) == []


lines = st.lists(st.tuples(st.integers(0, 3), st.sampled_from([1.0, 2.0])), max_size=8)


def as_file(said: list[tuple[int, float]]) -> list[Row]:
    """Number identical lines of one file, as the decoder does."""
    return [line(minute, value, said[:k].count((minute, value))) for k, (minute, value) in enumerate(said)]


@given(st.lists(lines, max_size=5))
def test_of_identical_lines_the_larger_count_of_a_file_wins(files: list[list[tuple[int, float]]]) -> None:
    stored = frame([])
    for said in files:
        fresh = drop_known_lines(drop_duplicates(frame(as_file(said)), []), stored)
        stored = pl.concat([stored, fresh])
    most = {one: max(said.count(one) for said in files) for said in files for one in said}
    found = stored.group_by("event_time", "value").len().rows()
    assert {(int((t - T0).total_seconds()) // 60, v): n for t, v, n in found} == most


@given(st.lists(lines, min_size=2, max_size=4))
def test_files_read_together_equal_files_read_apart(files: list[list[tuple[int, float]]]) -> None:
    together = drop_duplicates(frame([row for said in files for row in as_file(said)]), [])
    apart = frame([])
    for said in files:
        apart = pl.concat([apart, drop_known_lines(frame(as_file(said)), apart)])
    assert sorted(together.rows(), key=repr) == sorted(apart.rows(), key=repr)


def test_lines_of_no_value_are_compared_too() -> None:
    unavailable = ("log", None, None, 0, "m0", "i0", T0, None, None, "UNAVAILABLE", None, None)
    stored = frame([unavailable])
    assert drop_known_lines(stored, stored).height == 0
    assert drop_duplicates(frame([unavailable, unavailable]), []).height == 1


@given(numbers, st.randoms(use_true_random=False), st.integers(1, 4))
def test_sums_add_up_over_any_batches_in_any_order(found: set[tuple[str, int, int]], rng: Random, batches: int) -> None:
    rows = rows_of(found)
    whole = {(s.device_uuid, s.period_us): (s.rows, s.fingerprint) for s in period_sums(frame(rows))}
    rng.shuffle(rows)
    added: dict[tuple[str, int], tuple[int, int]] = {}
    for k in range(batches):
        for s in period_sums(frame(rows[k::batches])):
            count, total = added.get((s.device_uuid, s.period_us), (0, 0))
            added[s.device_uuid, s.period_us] = (count + s.rows, (total + s.fingerprint) & MASK)
    assert added == whole
    assert sum(count for count, _ in whole.values()) == len(rows)


@given(numbers)
def test_each_period_counts_its_rows(found: set[tuple[str, int, int]]) -> None:
    expected: dict[tuple[str, int], int] = {}
    for row in rows_of(found):
        key = (str(row[4]), to_us(row[6]) // PERIOD_US * PERIOD_US)  # type: ignore[arg-type]
        expected[key] = expected.get(key, 0) + 1
    assert {(s.device_uuid, s.period_us): s.rows for s in period_sums(frame(rows_of(found)))} == expected


@pytest.mark.parametrize("column", ["value", "text", "level", "native_code", "sequence", "event_time", "data_item"])
def test_a_row_that_differs_in_one_cell_has_another_fingerprint(column: str) -> None:
    rows = frame([numbered("a", 1, 7)])
    other = {"value": 1.25, "event_time": T0 + timedelta(minutes=50), "sequence": 8}.get(column, "other")
    changed = rows.with_columns(pl.lit(other).cast(SCHEMA[column]).alias(column))
    (one,), (two,) = period_sums(rows), period_sums(changed)
    assert (one.device_uuid, one.period_us, one.rows) == (two.device_uuid, two.period_us, two.rows)
    assert one.fingerprint != two.fingerprint


def test_when_it_arrived_is_not_in_the_fingerprint() -> None:
    rows = frame([numbered("a", 1, 7)])
    later = rows.with_columns(received_at=pl.lit(T0 + timedelta(days=2)).cast(TIME))
    assert period_sums(rows) == period_sums(later)


def test_an_implausible_stamp_counts_beside_its_neighbour() -> None:
    odd = list(numbered("a", 1, 9))
    odd[4], odd[6] = "m1", datetime(1761, 1, 1, tzinfo=UTC)
    before, after = numbered("a", 1, 1), numbered("a", 1, 31)
    sums = period_sums(frame([after, tuple(odd), before]))
    assert [(s.device_uuid, s.period_us, s.rows) for s in sums] == [
        ("m1", to_us(T0), 2),
        ("m1", to_us(T0 + timedelta(hours=3)), 1),
    ]
    assert [s.rows for s in period_sums(frame([after, tuple(odd)]))] == [2]
    assert period_sums(frame([tuple(odd)])) == []
    assert period_sums(frame([])) == []


def test_sums_are_of_unsigned_numbers() -> None:
    sums = period_sums(frame([numbered("a", 1, n) for n in range(1, 40)]))
    assert all(0 <= s.fingerprint <= MASK for s in sums)
    assert sums[0] == PeriodSum("m0", to_us(T0), sums[0].rows, sums[0].fingerprint)


@pytest.mark.parametrize(
    ("stamp", "arrival", "expected"),
    [
        (datetime(1761, 8, 1, tzinfo=UTC), T0, False),
        (datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC), T0, False),
        (datetime(2000, 1, 1, tzinfo=UTC), T0, True),
        (T0 - timedelta(days=4000), T0, True),
        (T0 + timedelta(hours=23), T0, True),
        (T0 + timedelta(days=1), T0, False),
        (T0 + timedelta(days=900), T0, False),
        (T0 + timedelta(days=900), None, True),
    ],
)
def test_a_stamp_is_plausible_after_1999_and_a_day_ahead_at_most(
    stamp: datetime, arrival: datetime | None, expected: bool
) -> None:
    rows = frame([("a", 1, 1, 0, "m", "i", stamp, 1.0, None, None, None, arrival)])
    assert rows.select(is_plausible()).to_series().to_list() == [expected]
    month = with_month_and_bucket(rows, 1)["month"].to_list()
    assert month == ([f"{stamp:%Y-%m}"] if expected else ["0000-00"])


def test_no_stamp_goes_to_the_month_of_none() -> None:
    rows = frame([("a", 1, 1, 0, "m", "i", None, 1.0, None, None, None, T0)])
    assert with_month_and_bucket(rows, 1)["month"].to_list() == ["0000-00"]


@given(st.lists(st.text(min_size=1), min_size=1, max_size=5), st.integers(1, 16))
def test_a_bucket_depends_on_the_device_alone(devices: list[str], buckets: int) -> None:
    rows = frame([("a", 1, 1, 0, d, "i", T0, 1.0, None, None, None, T0) for d in devices])
    found = with_month_and_bucket(rows, buckets)["bucket"].to_list()
    assert found == [crc32(d.encode()) % buckets for d in devices]


@given(numbers, st.randoms(use_true_random=False))
def test_order_is_device_item_time_sequence_whatever_came_first(found: set[tuple[str, int, int]], rng: Random) -> None:
    rows = [row for row in rows_of(found) if row[0] == "a"]
    shuffled = list(rows)
    rng.shuffle(shuffled)
    ordered = in_order(frame(shuffled)).rows()
    assert ordered == sorted(rows, key=lambda r: (r[4], r[5], r[6], r[1], r[2], r[3]))
