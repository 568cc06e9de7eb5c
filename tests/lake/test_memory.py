"""The memory of ingest is a sum: blind to order, batches and the bit that Delta's integers lack."""

from random import Random

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from smelt.lake.memory import MASK, Sum, made_from, sums
from smelt.runs.driver import signed
from smelt.terms.interval import PERIOD_US, from_us

SCHEMA = {
    "stage": pl.String,
    "device_uuid": pl.String,
    "period": pl.Datetime("us", "UTC"),
    "plan": pl.Int64,
    "rows": pl.Int64,
    "fingerprint": pl.Int64,
}
Row = tuple[str, str, int, int, int, int]
a_row = st.tuples(
    st.sampled_from(["ingest", "silver", "gold"]),
    st.sampled_from(["a", "b"]),
    st.integers(0, 2),
    st.integers(1, 4),
    st.integers(0, 9),
    st.integers(0, MASK),
)


def tasks(rows: list[Row]) -> pl.DataFrame:
    stored = [(s, d, from_us(p * PERIOD_US), n, r, signed(f)) for s, d, p, n, r, f in rows]
    return pl.DataFrame(stored, schema=SCHEMA, orient="row")


@given(st.lists(a_row, max_size=20), st.randoms(use_true_random=False))
def test_the_sum_does_not_depend_on_order(rows: list[Row], rng: Random) -> None:
    shuffled = list(rows)
    rng.shuffle(shuffled)
    assert sums(tasks(shuffled)) == sums(tasks(rows))


@given(st.lists(st.integers(0, MASK), min_size=1), st.data())
def test_the_sum_does_not_depend_on_batches(hashes: list[int], data: st.DataObject) -> None:
    batches: dict[int, list[int]] = {}
    for one in hashes:
        batches.setdefault(data.draw(st.integers(1, 3)), []).append(one)
    rows = [("ingest", "a", 0, plan, len(batch), sum(batch) & MASK) for plan, batch in batches.items()]
    assert sums(tasks(rows)) == {("a", 0): Sum(len(hashes), sum(hashes) & MASK)}


@given(st.lists(a_row, max_size=20))
def test_devices_and_periods_are_apart_and_other_stages_add_nothing(rows: list[Row]) -> None:
    expected: dict[tuple[str, int], Sum] = {}
    for stage, device, period, _, count, fingerprint in rows:
        if stage == "ingest":
            old = expected.get((device, period * PERIOD_US), Sum(0, 0))
            added = Sum(old.rows + count, (old.fingerprint + fingerprint) & MASK)
            expected[device, period * PERIOD_US] = added
    assert sums(tasks(rows)) == expected


@given(st.lists(a_row, max_size=20, unique_by=lambda r: r[:4]), st.randoms(use_true_random=False))
def test_of_a_stage_the_latest_plan_counts(rows: list[Row], rng: Random) -> None:
    shuffled = list(rows)
    rng.shuffle(shuffled)
    found = made_from(tasks(shuffled), "silver")
    latest = {
        (d, p * PERIOD_US): Sum(r, signed(f)) for s, d, p, _, r, f in sorted(rows, key=lambda r: r[3]) if s == "silver"
    }
    assert found == latest
