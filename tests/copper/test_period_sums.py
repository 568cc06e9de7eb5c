"""What rows add to a period adds up, over any batches in any order."""

from datetime import UTC, datetime, timedelta
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.copper.batches import T0, Said, batch_of, line, numbered

from smelt.copper.duplicates import new_numbered
from smelt.copper.layout import lay_out
from smelt.copper.period_sums import add_up, mark_stretches, period_sums
from smelt.copper.rows import PeriodSum
from smelt.terms.interval import PERIOD_US, to_us

numbers = st.sets(st.tuples(st.sampled_from("ab"), st.integers(1, 2), st.integers(1, 30)), max_size=30)
MASK = (1 << 64) - 1


def sums_of(*documents: list[Said]) -> list[PeriodSum]:
    batch = batch_of(*documents)
    hashes = batch.hashes()
    layout = lay_out(batch, hashes, np.arange(len(batch), dtype=np.int32), 1)
    return period_sums(batch, hashes, new_numbered(batch, []).place, layout, mark_stretches(batch, layout))


def by_agent(rows: list[Said]) -> list[list[Said]]:
    return [[r for r in rows if r.agent == agent] for agent in "ab"]


@given(numbers, st.randoms(use_true_random=False), st.integers(1, 4))
def test_sums_add_up_over_any_batches_in_any_order(found: set[tuple[str, int, int]], rng: Random, batches: int) -> None:
    rows = [numbered(*n) for n in sorted(found)] + [line(n[2], 1.0) for n in found if n[2] % 7 == 0][:1]
    whole = sums_of(*by_agent(rows))
    rng.shuffle(rows)
    assert add_up(s for k in range(batches) for s in sums_of(*by_agent(rows[k::batches]))) == whole


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
