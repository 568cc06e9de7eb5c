"""What rows add to a period adds up, over any batches in any order."""

from datetime import UTC, datetime, timedelta
from random import Random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.copper.batches import T0, Said, batch_of, line, numbered

from smelt.copper.batch import Batch, Words
from smelt.copper.duplicates import new_numbered
from smelt.copper.layout import lay_out
from smelt.copper.period_sums import add_up, mark_stretches, period_sums
from smelt.copper.row_kernels import NONE
from smelt.copper.rows import PeriodSum
from smelt.terms.interval import PERIOD_US, to_us

numbers = st.sets(st.tuples(st.sampled_from("ab"), st.integers(1, 2), st.integers(1, 30)), max_size=30)
MASK = (1 << 64) - 1


def sums_of(*documents: list[Said]) -> list[PeriodSum]:
    batch = batch_of(*documents)
    hashes = batch.hashes()
    layout = lay_out(batch, hashes, np.arange(len(batch), dtype=np.int32), 1)
    return period_sums(batch, hashes, new_numbered(batch, []).place, layout, mark_stretches(batch, layout))


def slow_sums(*documents: list[Said]) -> list[PeriodSum]:
    """Look for each row's period one by one."""
    batch = batch_of(*documents)
    place = new_numbered(batch, []).place.tolist()
    layout = lay_out(batch, batch.hashes(), np.arange(len(batch), dtype=np.int32), 1)
    order, plausible = layout.order.tolist(), layout.plausible.start
    rank = {row: (place[row] < 0, place[row], k) for k, row in enumerate(order)}
    devices = batch.words["device_uuid"]
    speaker = [(batch.sources[s].agent, d) for s, d in zip(batch.source, devices.codes, strict=True)]
    found, mixed = [], with_source(batch).tolist()
    for k, row in enumerate(order):
        own = sorted((r for r in order[plausible:] if speaker[r] == speaker[row]), key=rank.__getitem__)
        before = [r for r in own if rank[r] < rank[row]]
        beside = row if k >= plausible else next(iter([*before[-1:], *own]), None)
        if beside is not None:
            period = int(batch.time_us[beside]) // PERIOD_US * PERIOD_US
            found.append(PeriodSum(devices.values[devices.codes[row]].as_py(), period, 1, mixed[row]))
    return add_up(found)


def with_source(batch: Batch) -> np.ndarray:
    names = pa.array([s.agent for s in batch.sources], pa.string())
    agents = Words(np.zeros(0, np.int32), names).hashes()[:-1]
    instances = np.array([NONE if s.instance_id is None else s.instance_id for s in batch.sources], np.uint64)
    by = np.uint64(0x9E3779B97F4A7C15)
    mixed = (batch.hashes() ^ ((agents ^ instances * by) * by)[batch.source]) * by
    return mixed ^ (mixed >> np.uint64(32))


def by_agent(rows: list[Said]) -> list[list[Said]]:
    return [[r for r in rows if r.agent == agent] for agent in "ab"]


@given(numbers, st.randoms(use_true_random=False), st.integers(1, 4))
def test_sums_add_up_over_any_batches_in_any_order(found: set[tuple[str, int, int]], rng: Random, batches: int) -> None:
    rows = [numbered(*n) for n in sorted(found)] + [line(n[2], 1.0) for n in found if n[2] % 7 == 0][:1]
    whole = sums_of(*by_agent(rows))
    rng.shuffle(rows)
    assert add_up(s for k in range(batches) for s in sums_of(*by_agent(rows[k::batches]))) == whole


odd_rows = st.builds(
    lambda agent, instance, sequence, part, device, item, hours, is_odd: Said(
        agent, instance, sequence, part, device, item,
        datetime(1761, 1, 1, tzinfo=UTC) if is_odd else T0 + timedelta(hours=hours), 1.0,
    ),
    st.sampled_from("ab"), st.sampled_from([1, 1, 2, None]), st.integers(0, 9) | st.none(), st.integers(0, 2),
    st.sampled_from("mn"), st.sampled_from("ij"), st.integers(0, 9), st.booleans(),
)  # fmt: skip


@given(st.lists(odd_rows, max_size=30))
def test_implausible_stamps_count_where_a_slow_look_finds_their_neighbours(rows: list[Said]) -> None:
    assert sums_of(*by_agent(rows)) == slow_sums(*by_agent(rows))


@given(numbers)
def test_each_period_counts_its_rows(found: set[tuple[str, int, int]]) -> None:
    expected: dict[tuple[str, int], int] = {}
    for row in (numbered(*n) for n in found):
        assert row.event_time
        key = (row.device_uuid, to_us(row.event_time) // PERIOD_US * PERIOD_US)
        expected[key] = expected.get(key, 0) + 1
    sums = sums_of(*by_agent([numbered(*n) for n in sorted(found)]))
    assert {(s.device_uuid, s.period_us): s.rows for s in sums} == expected
    assert all(0 <= s.fingerprint <= MASK for s in sums)


@pytest.mark.parametrize(
    "column", ["value", "text", "level", "native_code", "sequence", "agent", "instance_id", "part"]
)
def test_a_row_that_differs_in_one_cell_has_another_fingerprint(column: str) -> None:
    row = numbered("a", 1, 7)
    other = {"value": 1.25, "sequence": 8, "instance_id": 2, "part": 3}.get(column, "other")
    (one,), (two,) = sums_of([row]), sums_of([row._replace(**{column: other})])
    assert (one.device_uuid, one.period_us, one.rows) == (two.device_uuid, two.period_us, two.rows)
    assert one.fingerprint != two.fingerprint


def test_when_it_arrived_is_not_in_the_fingerprint() -> None:
    row = numbered("a", 1, 7)
    assert sums_of([row]) == sums_of([row._replace(received_at=T0 + timedelta(days=2))])


def test_an_implausible_stamp_counts_beside_its_neighbour() -> None:
    odd = numbered("a", 1, 9)._replace(device_uuid="m1", event_time=datetime(1761, 1, 1, tzinfo=UTC))
    before, after = numbered("a", 1, 1), numbered("a", 1, 31)
    assert [(s.device_uuid, s.period_us, s.rows) for s in sums_of([after, odd, before])] == [
        ("m1", to_us(T0), 2),
        ("m1", to_us(T0 + timedelta(hours=3)), 1),
    ]
    assert [s.rows for s in sums_of([after, odd])] == [2]
    assert [s.rows for s in sums_of([after, numbered("a", 1, 8), odd._replace(sequence=1, instance_id=2)])] == [1, 2]
    assert sums_of([odd]) == []
    assert sums_of([odd], [numbered("b", 1, 7)]) == sums_of([numbered("b", 1, 7)])  # another agent's says nothing
    assert sums_of([]) == []
