"""A table's files hold every column but the partition's; a column carries its meaning."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from smelt.terms.table_spec import DEVICE_COLUMN, MONTH_COLUMN, TableSpec, column, key_column


@given(st.lists(st.sampled_from("abcdefgh"), unique=True, min_size=1), st.data())
def test_files_hold_what_is_no_partition_in_order(names: list[str], data: st.DataObject) -> None:
    partitions = data.draw(st.lists(st.sampled_from(names), unique=True))
    spec = TableSpec("copper/x", "a row", pa.schema([column(n, pa.int64(), n) for n in names]), tuple(partitions))
    assert spec.file_schema().names == [n for n in names if n not in partitions]
    assert all(spec.file_schema().field(n).equals(spec.schema.field(n), True) for n in spec.file_schema().names)


def test_a_column_says_what_it_means_and_whether_it_may_be_null() -> None:
    assert column("value", pa.float64(), "a number").metadata == {b"comment": b"a number"}
    assert column("value", pa.float64(), "a number").nullable
    assert not key_column("agent", pa.string(), "the agent's name").nullable
    assert not DEVICE_COLUMN.nullable and not MONTH_COLUMN.nullable
