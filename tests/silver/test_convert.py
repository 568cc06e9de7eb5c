"""Observations to cells: units, numbers written as text, levels, and what must stay null."""

import polars as pl
import pytest

from smelt.silver.convert import convert
from smelt.silver.resolve import Feed
from smelt.silver.units import Conversion
from smelt.terms.plant import Column, Dtype

SCHEMA = {
    "order": pl.UInt32, "data_item": pl.String, "category": pl.String, "value": pl.Float64, "text": pl.String,
    "level": pl.String, "native_units": pl.Boolean, "event_time": pl.Int64, "kind": pl.String,
    "is_repaired": pl.Boolean,
}  # fmt: skip


def rows(*said: dict[str, object]) -> pl.DataFrame:
    plain = {
        "data_item": "i",
        "category": "SAMPLE",
        "native_units": False,
        "event_time": 0,
        "kind": "row",
        "is_repaired": False,
    }
    return pl.DataFrame([plain | row | {"order": i} for i, row in enumerate(said)], SCHEMA)


def feed(category: str = "SAMPLE", dtype: Dtype = "float64", **conversions: Conversion | None) -> Feed:
    return Feed(3, Column("i", "c", category, dtype), "i", **conversions)  # type: ignore[arg-type]


def test_native_and_declared_values_convert_each_their_own_way() -> None:
    found = convert(rows({"value": 2.0}, {"value": 2.0, "native_units": True}), [feed(native=Conversion(5.0, 1.0))])
    assert found["number"].to_list() == [2.0, 11.0]
    assert found["column"].to_list() == [3, 3]


def test_a_native_value_that_cannot_be_converted_is_null() -> None:
    found = convert(rows({"value": 2.0, "native_units": True}, {"value": 2.0}), [feed(native=None)])
    assert found["number"].to_list() == [None, 2.0]


def test_an_event_as_a_number_reads_its_text() -> None:
    said = rows(*({"category": "EVENT", "text": text} for text in ("120", "1e2", "full", None)))
    assert convert(said, [feed("EVENT")])["number"].to_list() == [120.0, 100.0, None, None]


def test_a_state_is_its_text_else_its_value() -> None:
    said = rows({"category": "EVENT", "text": "ACTIVE", "value": 1.0}, {"category": "EVENT", "value": 1.5})
    assert convert(said, [feed("EVENT", "string")])["string"].to_list() == ["ACTIVE", "1.5"]


def test_a_condition_is_its_level_not_its_message() -> None:
    said = rows({"category": "CONDITION", "text": "too hot", "level": "FAULT"}, {"category": "CONDITION", "text": "x"})
    assert convert(said, [feed("CONDITION", "string")])["string"].to_list() == ["FAULT", None]


def test_one_item_may_feed_two_columns_and_others_feed_none() -> None:
    other = Feed(0, Column("i", "inches", "SAMPLE", "float64"), "i", declared=Conversion(1 / 25.4))
    found = convert(rows({"value": 25.4}, {"value": 1.0, "data_item": "j"}), [feed(), other])
    assert found["column"].to_list() == [0, 3]
    assert found["number"].to_list() == pytest.approx([1.0, 25.4])


def test_an_item_of_another_category_does_not_feed() -> None:
    assert convert(rows({"category": "EVENT", "text": "3"}), [feed()]).height == 0
