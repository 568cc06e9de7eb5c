"""Rows lie where copper keeps them, in one order, whatever came first."""

from datetime import UTC, datetime, timedelta
from random import Random
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.copper.batches import T0, Said, batch_of, everything, line, numbered, said

from smelt.copper.layout import Layout, lay_out
from smelt.copper.row_kernels import GROUP

LAST = datetime(9999, 1, 1, tzinfo=UTC)
a_row = st.builds(
    lambda sequence, part, device, item, minutes, value: Said(
        "a", 1, sequence, part, device, item, T0 + timedelta(minutes=minutes), value
    ),
    st.integers(0, 50), st.integers(0, 2), st.sampled_from("mn"), st.sampled_from("ijk"),
    st.integers(-100_000, 1_000), st.sampled_from([1.0, 2.0]),
)  # fmt: skip


def laid_out(rows: list[Said], buckets: int = 1) -> tuple[Layout, list[Said]]:
    batch = batch_of(rows)
    layout = lay_out(batch, batch.hashes(), np.arange(len(batch), dtype=np.int32), buckets)
    return layout, said(everything(batch, layout.order.tolist()))


def key_of(row: Said) -> tuple[object, ...]:
    is_late = row.event_time is None or row.event_time < datetime(2000, 1, 1, tzinfo=UTC)
    is_early = row.event_time is not None and row.received_at is not None and (
        row.event_time >= row.received_at + timedelta(days=1)
    )  # fmt: skip
    month = "0000-00" if is_late or is_early else f"{row.event_time:%Y-%m}"
    instance, sequence = (1 << 63 if n is None else n for n in (row.instance_id, row.sequence))
    return (month, row.device_uuid, row.data_item, row.event_time or LAST, instance, sequence, row.part)


@given(st.lists(a_row, max_size=40), st.randoms(use_true_random=False))
def test_order_is_month_device_item_time_sequence_whatever_came_first(rows: list[Said], rng: Random) -> None:
    ordered = laid_out(rows)[1]
    assert [key_of(r) for r in ordered] == sorted(map(key_of, rows))
    assert sorted(ordered, key=repr) == sorted(rows, key=repr)
    shuffled = list(rows)
    rng.shuffle(shuffled)
    assert laid_out(shuffled)[1] == ordered


@given(st.lists(a_row, max_size=40))
def test_marks_say_where_a_data_items_rows_begin(rows: list[Said]) -> None:
    layout, ordered = laid_out(rows)
    keys = [key_of(r)[:3] for r in ordered]
    begins = [k for k in range(len(keys)) if not k or keys[k] != keys[k - 1]]
    assert np.flatnonzero(layout.marks & GROUP).tolist() == begins


@given(st.lists(a_row, max_size=40), st.integers(1, 3))
def test_partitions_are_months_and_buckets_in_order(rows: list[Said], buckets: int) -> None:
    layout, ordered = laid_out(rows, buckets)
    places = [p for part in layout.partitions for p in range(part.start, part.end)]
    assert places == list(range(len(rows)))
    for part in layout.partitions:
        for row in ordered[part.start : part.end]:
            assert (part.month, part.bucket) == (key_of(row)[0], crc32(row.device_uuid.encode()) % buckets)
    assert len({(p.month, p.bucket) for p in layout.partitions}) == len(layout.partitions)
    months = [p.month for p in layout.partitions]
    assert layout.plausible.start == sum(p.end - p.start for p in layout.partitions if p.month == "0000-00")
    assert months == sorted(months)


def test_a_clock_that_was_set_back_costs_its_own_item_alone() -> None:
    rows = [numbered("a", 1, n) for n in range(40)]
    back = rows[10]._replace(event_time=T0 - timedelta(minutes=1))
    ordered = laid_out([*rows[:10], back, *rows[11:]])[1]
    assert ordered[[r.sequence for r in ordered].index(10) - 1].data_item != back.data_item or ordered[0] == back


def test_lines_that_differ_in_value_alone_lie_in_one_order() -> None:
    one, two, other = line(1, 2.0), line(1, 3.0), line(1, 4.0)
    assert laid_out([one, two, other])[1] == laid_out([other, two, one])[1] == laid_out([two, other, one])[1]


@pytest.mark.parametrize(
    ("stamp", "arrival", "is_plausible"),
    [
        (datetime(1761, 8, 1, tzinfo=UTC), T0, False),
        (datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC), T0, False),
        (datetime(2000, 1, 1, tzinfo=UTC), T0, True),
        (datetime(2000, 2, 29, 23, 59, 59, 999_999, tzinfo=UTC), T0, True),
        (T0 - timedelta(days=4000), T0, True),
        (T0 + timedelta(hours=23), T0, True),
        (T0 + timedelta(days=1), T0, False),
        (T0 + timedelta(days=900), T0, False),
        (T0 + timedelta(days=900), None, True),
        (None, T0, False),
    ],
)
def test_a_stamp_is_plausible_after_1999_and_a_day_ahead_at_most(
    stamp: datetime | None, arrival: datetime | None, is_plausible: bool
) -> None:
    row = numbered("a", 1, 1)._replace(event_time=stamp, received_at=arrival)
    (part,) = laid_out([row])[0].partitions
    assert part.month == (f"{stamp:%Y-%m}" if is_plausible else "0000-00")
