"""What a decoder hands on: its rows go into copper's tables without another word."""

import pyarrow as pa
import pytest

from smelt.terms.observation import DECODED_DOCUMENTS, DECODED_ROWS, LEVELS, UNAVAILABLE, WORD, DataItem
from smelt.terms.tables import (
    DATA_ITEMS,
    DOCUMENTS,
    OBSERVATIONS,
    TableSpec,
)


@pytest.mark.parametrize(
    ("decoded", "spec", "own"),
    [
        (DECODED_ROWS, OBSERVATIONS, {"document"}),  # an index into the documents, gone once they are joined
        (DECODED_DOCUMENTS, DOCUMENTS, {"sender"}),  # becomes the agent
    ],
)
def test_decoded_columns_are_coppers(decoded: pa.Schema, spec: TableSpec, own: set[str]) -> None:
    for field in decoded:
        if field.name in own:
            assert field.name not in spec.schema.names
            continue
        stored = spec.schema.field(field.name)
        kind = pa.string() if field.type == WORD else field.type
        assert (stored.type, stored.nullable) == (kind, field.nullable), field.name


def test_unavailable_is_a_level() -> None:
    assert UNAVAILABLE in LEVELS and len(set(LEVELS)) == 4


def test_a_data_item_has_a_column_for_each_of_its_fields() -> None:
    assert set(DataItem.__dataclass_fields__) <= set(DATA_ITEMS.schema.names)


def test_a_data_item_is_a_value_by_default() -> None:
    item = DataItem("m", "x", None, "SAMPLE", "LOAD")
    assert (item.representation, item.units, item.component) == ("VALUE", None, "")
