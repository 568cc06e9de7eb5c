"""Copper's tables: what identifies an observation, and how its rows follow one another."""

from smelt.terms.copper_tables import ASSETS, COVERAGE, DATA_ITEMS, FILES, LAST_VALUES, OBSERVATIONS, SEQUENCES
from smelt.terms.table_spec import TableSpec


def never_null(spec: TableSpec) -> set[str]:
    return {f.name for f in spec.schema if not f.nullable}


def test_an_observation_without_number_stamp_or_value_can_be_stored() -> None:
    always = {"month", "bucket", "agent", "part", "device_uuid", "data_item", "category", "native_units"}
    assert never_null(OBSERVATIONS) == always


def test_observations_are_pruned_by_month_and_device_and_ordered_by_time_within_an_item() -> None:
    assert OBSERVATIONS.partition_by == ("month", "bucket")
    assert OBSERVATIONS.sort_by == ("device_uuid", "data_item", "event_time", "sequence", "part")


def test_what_is_seen_twice_is_told_by_columns_that_are_never_null() -> None:
    assert {"path", "size", "etag"} <= never_null(FILES)
    assert {"agent", "instance_id", "first", "last"} <= never_null(SEQUENCES)
    assert {"agent", "asset_id", "removed", "content"} <= never_null(ASSETS)


def test_an_interval_has_both_ends_and_a_validity_may_be_open() -> None:
    assert {"start", "end"} <= never_null(COVERAGE)
    assert not {"valid_from", "valid_to"} & never_null(DATA_ITEMS)


def test_a_last_value_is_an_observation_cut_short() -> None:
    for name in ("value", "text", "level", "native_code", "event_time", "sequence", "instance_id", "native_units"):
        assert LAST_VALUES.schema.field(name).type == OBSERVATIONS.schema.field(name).type, name
