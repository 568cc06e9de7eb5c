"""The tables that a mapping decides."""

import pyarrow as pa

from smelt.terms.class_tables import FEATURES, feature_name, features_table, signal_of, silver_table
from smelt.terms.plant import ClassMapping, Column

MAPPING = ClassMapping(
    "mills",
    (
        Column("load", "x_load", "SAMPLE", "float64", "PERCENT"),
        Column("mode", "mode", "EVENT", "string"),
        Column("count", "parts", "EVENT", "float64", "COUNT"),
        Column("system", "system", "CONDITION", "string"),
    ),
)


def test_silver_has_the_columns_of_the_mapping_in_order() -> None:
    spec = silver_table(MAPPING)
    assert spec.name == "silver/mills"
    assert spec.schema.names == [
        "month",
        "device_uuid",
        "time",
        "x_load",
        "mode",
        "parts",
        "system",
        "measured",
        "repaired",
    ]
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
