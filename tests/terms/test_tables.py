"""The table schemas: one meaning each, partitions and order that exist, and the classes' tables from a mapping."""

import pyarrow as pa
import pytest

from smelt.terms.class_tables import (
    features_table,
    minutes_table,
    silver_table,
)
from smelt.terms.plant import ClassMapping, Column
from smelt.terms.tables import FIXED_TABLES, TableSpec

MAPPING = ClassMapping(
    "mills",
    (
        Column("load", "x_load", "SAMPLE", "float64", "PERCENT"),
        Column("mode", "mode", "EVENT", "string"),
        Column("count", "parts", "EVENT", "float64", "COUNT"),
        Column("system", "system", "CONDITION", "string"),
    ),
)
ALL = (*FIXED_TABLES, silver_table(MAPPING), minutes_table(MAPPING), features_table(MAPPING, 15))
SAYS_ITSELF = {"manufacturer", "model", "site"}


@pytest.mark.parametrize("spec", ALL, ids=lambda spec: spec.name)
def test_a_table_says_what_it_holds(spec: TableSpec) -> None:
    schema, name = spec.name.split("/")
    assert schema and name and spec.row
    assert len(set(spec.schema.names)) == len(spec.schema.names)
    for field in spec.schema:
        assert field.metadata is not None and b"comment" in field.metadata, field.name
        assert field.metadata[b"comment"] or field.name in SAYS_ITSELF, field.name
    assert set(spec.partition_by) <= set(spec.schema.names)
    assert set(spec.sort_by) <= set(spec.file_schema().names)


@pytest.mark.parametrize("spec", ALL, ids=lambda spec: spec.name)
def test_files_lack_the_partition_and_nothing_else(spec: TableSpec) -> None:
    assert [f.name for f in spec.file_schema()] == [n for n in spec.schema.names if n not in spec.partition_by]


@pytest.mark.parametrize("spec", ALL, ids=lambda spec: spec.name)
def test_instants_are_utc_microseconds(spec: TableSpec) -> None:
    for field in spec.schema:
        if pa.types.is_timestamp(field.type):
            assert field.type == pa.timestamp("us", tz="UTC"), field.name


def test_names_are_given_once() -> None:
    assert len({spec.name for spec in ALL}) == len(ALL)
