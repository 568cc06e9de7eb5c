"""The default feature view."""

from smelt.gold.feature_view import default_features
from smelt.terms.class_tables import features_table, signal_of
from smelt.terms.plant import ClassMapping, Column

MAPPING = ClassMapping(
    "mills",
    (
        Column("Xload", "load", "SAMPLE", "float64"),
        Column("note", "note", "SAMPLE", "string"),
        Column("Fovr", "fovr", "EVENT", "float64"),
        Column("servo", "servo", "CONDITION", "string"),
    ),
)


def test_it_reads_level_and_variation_of_samples_alone() -> None:
    found = default_features(MAPPING, 15)
    assert {signal_of(name) for name in found} == {"load"}
    assert found == ("load__rolling_avg_15m", "load__rolling_std_15m")


def test_its_columns_are_in_the_table() -> None:
    assert set(default_features(MAPPING, 15)) <= set(features_table(MAPPING, 15).schema.names)
