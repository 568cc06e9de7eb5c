"""The table schemas: one meaning each, partitions and order that exist, and the classes' tables from a mapping."""

import pyarrow as pa
import pytest

from smelt.terms.plant import ClassMapping, Column
from smelt.terms.tables import (
    FEATURES,
    FIXED_TABLES,
    TableSpec,
    feature_name,
    features_table,
    minutes_table,
    signal_of,
    silver_table,
)

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


def test_silver_has_the_columns_of_the_mapping_in_order() -> None:
    spec = silver_table(MAPPING)
    assert spec.name == "silver/mills"
    assert spec.schema.names == ["month", "device_uuid", "time", "x_load", "mode", "parts", "system", "measured"]
    kinds = [spec.schema.field(c.name).type for c in MAPPING.columns]
    assert kinds == [pa.float64(), pa.string(), pa.float64(), pa.string()]
    assert spec.schema.field("x_load").metadata[b"comment"] == b"SAMPLE load, PERCENT"


def test_features_are_of_numbers_only() -> None:
    spec = features_table(MAPPING, 15)
    names = [n for n in spec.schema.names if "__" in n]
    assert names == [feature_name(c, f, 15) for c in ("x_load", "parts") for f in FEATURES]
    assert {signal_of(n) for n in names} == {"x_load", "parts"}


def test_a_signal_with_underscores_is_found_again() -> None:
    assert signal_of(feature_name("a__b", "rolling_avg", 5)) == "a__b"
