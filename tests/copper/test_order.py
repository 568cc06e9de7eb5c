"""Stamps that the sequence disproves: the longest run that agrees is believed, the rest moves beside it."""

from itertools import combinations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.copper.order import settle_order
from smelt.terms.interval import MINUTE_US, PERIOD_US

SCHEMA = {"device_uuid": pl.String, "data_item": pl.String, "instance_id": pl.Int64, "sequence": pl.Int64}
Row = tuple[str, str, int | None, int | None, int | None]


def frame(rows: list[Row]) -> pl.DataFrame:
    """Rows of (device, item, instance, sequence, minute)."""
    told = pl.DataFrame(rows, schema={**SCHEMA, "minute": pl.Int64}, orient="row")
    stamp = (pl.col("minute") * MINUTE_US).cast(pl.Datetime("us", "UTC"))
    return told.select(*SCHEMA, event_time=stamp, part=pl.lit(0, pl.Int32))


def minutes(*stamps: int) -> list[int]:
    """Settle the stamps of one item that are numbered in this order; return its minutes in that order."""
    settled = settle_order(frame([("d", "x", 1, n, minute) for n, minute in enumerate(stamps)])).sort("sequence")
    found = [t // MINUTE_US for t in settled["event_time"].dt.epoch("us")]
    assert settled["is_repaired"].to_list() == [a != b for a, b in zip(found, stamps, strict=True)]
    return found


@pytest.mark.parametrize(
    ("stamped", "settled"),
    [
        ((1, 2, 3), [1, 2, 3]),
        ((1, 2, 30, 3, 4), [1, 2, 2, 3, 4]),  # one stamp ahead of everything behind it
        ((10, 11, 12, 2, 13), [10, 11, 12, 12, 13]),  # one sent again with its old stamp
        ((10, 20, 30, 12, 22), [10, 20, 30, 30, 30]),  # a clock set back: what follows cannot be before
        ((30, 5), [30, 30]),  # both may be wrong: nothing is stamped before it is
        ((50, 1, 2, 3), [1, 1, 2, 3]),  # nothing believed before it: the one behind it
    ],
)
def test_the_longest_run_is_believed(stamped: tuple[int, ...], settled: list[int]) -> None:
    assert minutes(*stamped) == settled


def test_only_one_item_of_one_period_and_instance_order_are_asked() -> None:
    rows: list[Row] = [
        ("d", "x", 1, 1, 9), ("d", "y", 1, 2, 3), ("e", "x", 1, 3, 1),  # others say nothing about x of d
        ("d", "x", 1, 4, 70), ("d", "x", 2, 1, 65),  # a later instance is later: 65 is disproved by 70
    ]  # fmt: skip
    settled = settle_order(frame(rows))
    assert settled.filter("is_repaired").select("instance_id", "sequence").rows() == [(2, 1)]
    assert settled.filter("is_repaired")["event_time"].dt.epoch("us").to_list() == [70 * MINUTE_US]


def test_logs_and_missing_stamps_stay_as_they_are() -> None:
    rows: list[Row] = [("d", "x", None, None, 9), ("d", "x", None, None, 3), ("d", "x", 1, 5, None)]
    settled = settle_order(frame(rows))
    assert not settled["is_repaired"].any()
    assert settled.drop("is_repaired").equals(frame(rows))


@given(st.lists(st.integers(0, 59), max_size=9))
def test_as_few_as_possible_are_moved_and_none_leaves_its_period(stamps: list[int]) -> None:
    found = minutes(*stamps)
    assert found == sorted(found)
    assert all(0 <= minute * MINUTE_US < PERIOD_US for minute in found)
    longest = max(n for n in range(len(stamps) + 1) for c in combinations(stamps, n) if list(c) == sorted(c))
    assert sum(a != b for a, b in zip(found, stamps, strict=True)) <= len(stamps) - longest


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 120)), max_size=12), st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(told: list[tuple[int, int]], random: object) -> None:
    rows: list[Row] = [("d", "xy"[i % 2], i, n, minute) for n, (i, minute) in enumerate(told)]
    again = rows + rows[::2]
    random.shuffle(again)  # type: ignore[attr-defined]
    by = ["data_item", "instance_id", "sequence"]
    assert settle_order(frame(again)).unique().sort(by).equals(settle_order(frame(rows)).sort(by))


@given(st.lists(st.integers(0, 120), max_size=12))
def test_what_is_settled_stays(stamps: list[int]) -> None:
    once = settle_order(frame([("d", "x", 1, n, minute) for n, minute in enumerate(stamps)]))
    assert settle_order(once).equals(once)
