"""A batch is its rows: nothing of them depends on codes, on tables or on where they stand."""

from datetime import timedelta
from random import Random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.copper.batches import T0, Said, batch_of, everything, line, numbered, said

from smelt.copper.batch import Source, Words, make_batch
from smelt.copper.row_kernels import NONE
from smelt.terms.interval import to_us
from smelt.terms.observation import DECODED_ROWS

texts = st.none() | st.text(max_size=5)
any_row = st.builds(
    Said,
    st.sampled_from(["a", "b"]),
    st.none() | st.integers(0, 3),
    st.none() | st.integers(0, 1 << 62),
    st.integers(0, 3),
    st.text(min_size=1, max_size=3),
    st.text(min_size=1, max_size=3),
    st.none() | st.datetimes(min_value=T0.replace(tzinfo=None), max_value=T0.replace(tzinfo=None, year=2021)).map(
        lambda t: t.replace(tzinfo=T0.tzinfo)
    ),
    st.none() | st.floats(allow_nan=False),
    texts,
    texts,
    texts,
    st.just(T0),
    st.sampled_from(["SAMPLE", "EVENT", "CONDITION"]),
)  # fmt: skip
documents = st.lists(st.lists(any_row, max_size=6).map(lambda rows: [r._replace(agent="a") for r in rows]), max_size=4)


@given(documents)
def test_rows_come_out_as_they_went_in(given_documents: list[list[Said]]) -> None:
    batch = batch_of(*given_documents)
    assert said(everything(batch)) == [row for document in given_documents for row in document]


@given(st.lists(any_row.map(lambda row: row._replace(agent="a")), min_size=1, max_size=20), st.integers(0, 20))
def test_a_table_may_be_a_slice_of_another(rows: list[Said], cut: int) -> None:
    plain = pa.schema([f.with_type(pa.string()) if pa.types.is_dictionary(f.type) else f for f in DECODED_ROWS])
    table = pa.Table.from_pylist([r._asdict() | {"document": 0, "native_units": False} for r in rows], plain)
    whole = table.cast(DECODED_ROWS)
    batch = make_batch([whole.slice(0, cut), whole.slice(cut)], ["a"], np.full(1, to_us(T0)))
    assert said(everything(batch)) == rows


@given(documents, st.randoms(use_true_random=False))
def test_a_rows_hash_is_its_own(given_documents: list[list[Said]], rng: Random) -> None:
    rows = [row for document in given_documents for row in document]
    hashes = batch_of(*given_documents).hashes().tolist()
    shuffled = list(enumerate(rows))
    rng.shuffle(shuffled)
    again = batch_of(*([row] for _, row in shuffled)).hashes().tolist()
    assert again == [hashes[k] for k, _ in shuffled]


@pytest.mark.parametrize(
    ("column", "other"),
    [("value", 1.25), ("value", None), ("text", ""), ("level", "x"), ("native_code", "x"), ("sequence", 8), ("part", 1),
     ("event_time", T0), ("event_time", None), ("data_item", "x"), ("device_uuid", "x")],
)  # fmt: skip
def test_a_row_that_differs_in_one_cell_has_another_hash(column: str, other: object) -> None:
    one = numbered("a", 1, 7)
    first, second = batch_of([one, one._replace(**{column: other})]).hashes()
    assert first != second


def test_hashes_stay_as_they_are_over_versions() -> None:
    """They stand in every lake's ops/tasks: another value would make all of it stale."""
    assert batch_of([line(1, 2.0)]).hashes().tolist() == [11229947728816834932]


def test_texts_are_hashed_by_fnv_1a() -> None:
    """Known answers of the published algorithm."""
    values = pa.array(["", "a", "foobar", "skipped"])
    hashes = Words(batch_of().source, values.slice(0, 3)).hashes()
    assert [hex(h) for h in hashes[:3]] == ["0xcbf29ce484222325", "0xaf63dc4c8601ec8c", "0x85944171f73967e8"]
    assert Words(batch_of().source, values.slice(1, 2)).hashes()[:2].tolist() == hashes[1:3].tolist()


def test_minus_zero_is_zero() -> None:
    plus, minus = batch_of([line(1, 0.0), line(1, -0.0)]).hashes()
    assert plus == minus


def test_sources_are_in_the_order_of_instances_and_lines_come_last() -> None:
    batch = batch_of([numbered("b", 9, 1)], [line(1, 2.0)], [numbered("a", 10, 2), numbered("a", 9, 3)])
    assert batch.sources == (Source("a", 9), Source("b", 9), Source("a", 10), Source("log", None))
    assert batch.source.tolist() == [1, 3, 2, 0]
    assert batch.is_line().tolist() == [False, True, False, False]
    assert batch.sequence.tolist() == [1, NONE, 2, 3]


def test_a_row_groups_dictionary_holds_what_it_needs() -> None:
    batch = batch_of([numbered("a", 1, n)._replace(text=f"t{n}") for n in range(100)])
    text = batch.observations(batch.source[:0] + 0)["text"]
    assert text.num_chunks == 1 and len(text.chunk(0).dictionary) == 0
    two = batch.observations(batch.document[:2] * 0 + 7)["text"].chunk(0)
    assert two.dictionary.to_pylist() == ["t7"] and two.to_pylist() == ["t7", "t7"]


def test_rows_of_many_tables_share_their_codes() -> None:
    batch = batch_of([numbered("a", 1, 1)], [numbered("a", 1, 3)], [numbered("a", 1, 2)])
    assert batch.words["device_uuid"].values.to_pylist() == ["m0", "m1"]
    assert batch.words["device_uuid"].codes.tolist() == [1, 1, 0]
    assert batch.time_us[1] - batch.time_us[0] == timedelta(minutes=14) // timedelta(microseconds=1)
