"""The quick look at last values finds what the slow one finds among all rows."""

from datetime import timedelta

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from tests.copper.batches import T0, Said, batch_of, everything

from smelt.copper.carry import last_values_of
from smelt.copper.last_values import last_values
from smelt.copper.layout import lay_out
from smelt.copper.period_sums import mark_stretches

CATEGORIES = {"i": "SAMPLE", "j": "EVENT", "c": "CONDITION"}


def a_row(  # noqa: PLR0917
    sequence: int | None, item: str, minutes: int, value: float, code: str | None, level: str | None
) -> Said:
    is_condition = item == "c"
    return Said(
        "a", None if sequence is None else 1, sequence, 0, "m", item, T0 + timedelta(minutes=minutes),
        None if is_condition else value, None, (level or "NORMAL") if is_condition else None,
        code if is_condition else None, category=CATEGORIES[item],
    )  # fmt: skip


rows = st.lists(
    st.builds(
        a_row, st.none() | st.integers(0, 30), st.sampled_from("ijc"), st.integers(0, 180), st.sampled_from([1.0, 2.0]),
        st.sampled_from([None, "A", "B"]), st.sampled_from(["NORMAL", "WARNING", "FAULT", "UNAVAILABLE"]),
    ),
    max_size=30, unique_by=lambda r: (r.sequence, r.data_item, r.event_time, r.value, r.level, r.native_code),
)  # fmt: skip


def quick(said: list[Said]) -> pl.DataFrame:
    batch = batch_of(said)
    layout = lay_out(batch, batch.hashes(), np.arange(len(batch), dtype=np.int32), 1)
    return last_values(batch, layout, mark_stretches(batch, layout))


@given(rows, st.booleans())
def test_they_are_those_of_all_rows(said: list[Said], in_order: bool) -> None:
    if in_order:
        said = sorted(said, key=lambda r: (r.event_time, r.sequence is None, r.sequence))
        said = [r if r.sequence is None else r._replace(sequence=k) for k, r in enumerate(said)]
    else:
        said = [r if r.sequence is None else r._replace(sequence=k) for k, r in enumerate(said)]
    slow = last_values_of(everything(batch_of(said)))
    assert quick(said).equals(slow)


@given(rows, st.booleans())
def test_they_are_so_where_all_rows_are_numbered_and_an_item_changes_its_category(said: list[Said], one: bool) -> None:
    numbered = [
        r._replace(sequence=k, instance_id=1, data_item="i" if one else r.data_item) for k, r in enumerate(said)
    ]
    assert quick(numbered).equals(last_values_of(everything(batch_of(numbered))))


def test_an_implausible_stamp_is_nobodys_last_value() -> None:
    said = [a_row(1, "i", 0, 1.0, None, None), a_row(2, "i", 0, 2.0, None, None)]
    found = quick([said[0], said[1]._replace(event_time=T0.replace(year=1970))])
    assert found["value"].to_list() == [1.0]
    assert quick([]).height == 0
