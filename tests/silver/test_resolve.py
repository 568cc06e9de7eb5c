"""A mapping on a device: by id before name, within a category, with each item's own units."""

from collections.abc import Callable
from datetime import UTC, datetime

import polars as pl
import pytest

from smelt.silver.definitions import ALWAYS
from smelt.silver.resolve import check_items, resolve
from smelt.silver.units import Conversion
from smelt.terms.errors import InputError
from smelt.terms.interval import to_us
from smelt.terms.plant import ClassMapping, Column

Items = Callable[..., pl.DataFrame]
CHANGE = datetime(2026, 3, 2, 9, tzinfo=UTC)
FEED = Column("Fact", "fact", "SAMPLE", "float64", "MILLIMETER/SECOND")


def mapping(*columns: Column) -> ClassMapping:
    return ClassMapping("mills", columns)


def test_an_id_is_matched_before_a_name(items: Items) -> None:
    rows = items({"id": "p7", "name": "Fact"}, {"id": "Fact", "name": "other"})
    assert [f.item_id for f in resolve(mapping(FEED), rows).feeds] == ["Fact"]


def test_a_name_is_matched_within_the_category(items: Items) -> None:
    rows = items({"id": "c1", "name": "Fact", "category": "CONDITION"}, {"id": "p7", "name": "Fact"})
    assert resolve(mapping(FEED), rows).item_ids == {"p7"}


def test_of_two_items_of_one_name_the_first_id_feeds(items: Items) -> None:
    rows = items({"id": "p9", "name": "Fact"}, {"id": "p7", "name": "Fact"})
    assert resolve(mapping(FEED), rows).item_ids == {"p7"}


def test_a_device_without_the_item_has_no_feed(items: Items) -> None:
    assert resolve(mapping(FEED), items({"id": "p7", "name": "Xload"})).feeds == ()


def test_native_and_declared_units_convert_to_the_columns_unit(items: Items) -> None:
    rows = items({"id": "p7", "name": "Fact", "units": "MILLIMETER/SECOND", "native_units": "FOOT/MINUTE"})
    (feed,) = resolve(mapping(FEED), rows).feeds
    assert feed.declared == Conversion()
    assert feed.native is not None
    assert feed.native.factor == pytest.approx(5.08)


def test_a_mapping_may_ask_for_another_unit(items: Items) -> None:
    rows = items({"id": "p7", "name": "Fact", "units": "MILLIMETER/SECOND"})
    (feed,) = resolve(mapping(Column("Fact", "fact", "SAMPLE", "float64", "INCH/SECOND")), rows).feeds
    assert feed.declared is not None
    assert feed.declared.factor == pytest.approx(1 / 25.4)


def test_an_item_whose_units_do_not_meet_is_reported(items: Items) -> None:
    rows = items({"id": "p7", "name": "Fact", "units": "MILLIMETER/SECOND", "native_units": "x:KNOT"})
    resolved = resolve(mapping(FEED), rows)
    assert resolved.unconverted == ("p7",)
    assert resolved.feeds[0].native is None
    assert resolved.feeds[0].declared == Conversion()


def test_native_scale_divides(items: Items) -> None:
    rows = items({"id": "p7", "name": "Fact", "units": "MILLIMETER/SECOND", "native_scale": 10.0})
    assert resolve(mapping(FEED), rows).feeds[0].native == Conversion(0.1, 0.0)


def test_a_native_scale_that_is_none_leaves_what_logs_say_unconverted(items: Items) -> None:
    rows = items({"id": "p7", "name": "Fact", "units": "MILLIMETER/SECOND", "native_scale": 0.0})
    resolved = resolve(mapping(FEED), rows)
    assert (resolved.feeds[0].native, resolved.feeds[0].declared) == (None, Conversion())
    assert resolved.unlogged == ("p7",)


def test_an_item_that_no_device_has_is_refused_with_the_nearest_name(items: Items) -> None:
    rows = items({"id": "p7", "name": "Fact"}, {"id": "x3", "name": "Xload"})
    with pytest.raises(InputError) as caught:
        check_items(mapping(Column("Xlaod", "load", "SAMPLE", "float64")), rows, "mappings/mills.toml")
    assert str(caught.value) == (
        "mapping 'mappings/mills.toml': item 'Xlaod' (SAMPLE) is on no device of its class; the probe has 4 names and "
        "ids of that category; did you mean 'Xload'? Correct the item, or delete the line."
    )


def test_an_item_in_the_wrong_section_is_told_its_category(items: Items) -> None:
    rows = items({"id": "c1", "name": "servo", "category": "CONDITION"}, {"id": "x3", "name": "Xload"})
    with pytest.raises(InputError, match="It is one of category CONDITION: move the line to that section"):
        check_items(mapping(Column("servo", "servo", "EVENT", "string")), rows, "m.toml")


def test_an_item_that_one_device_of_the_class_has_is_accepted(items: Items) -> None:
    rows = items({"id": "p7", "name": "Fact", "device_uuid": "other"}, {"id": "x3", "name": "Xload"})
    check_items(mapping(FEED), rows, "m.toml")


def test_values_keep_the_units_of_their_time(items: Items) -> None:
    then, now = {"units": "METER/SECOND", "valid_to": CHANGE}, {"units": "INCH/SECOND", "valid_from": CHANGE}
    resolved = resolve(
        mapping(FEED), items({"id": "p7", "name": "Fact"} | now), items({"id": "p7", "name": "Fact"} | then)
    )
    assert [
        (f.declared and round(f.declared.factor, 6), f.valid.start_us == to_us(CHANGE)) for f in resolved.feeds
    ] == [
        (25.4, True),
        (1000.0, False),
    ]
    assert resolved.ends == ()  # it goes on in other units
    assert {start for _, start, _ in resolved.limits} == {ALWAYS.start_us, to_us(CHANGE)}


def test_an_item_under_another_id_goes_on_in_its_column(items: Items) -> None:
    now = items({"id": "a1", "name": "Fact", "valid_from": CHANGE})
    resolved = resolve(mapping(FEED), now, items({"id": "p7", "name": "Fact", "valid_to": CHANGE}))
    assert [(f.item_id, f.valid.end_us == to_us(CHANGE)) for f in resolved.feeds] == [("a1", False), ("p7", True)]
    assert resolved.ends == (("p7", "SAMPLE", to_us(CHANGE)),)


def test_logs_are_read_with_the_newest_native_units(items: Items) -> None:
    then, now = {"valid_to": CHANGE}, {"native_units": "FOOT/MINUTE", "valid_from": CHANGE}
    plain = {"id": "p7", "name": "Fact", "units": "MILLIMETER/SECOND"}
    feeds = resolve(mapping(FEED), items(plain | now), items(plain | then)).feeds
    assert [f.native and round(f.native.factor, 6) for f in feeds] == [5.08, 5.08]
