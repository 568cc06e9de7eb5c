"""Items that no probe declares."""

import polars as pl
import pytest

from smelt.copper.undeclared import UNDECLARED, with_undeclared
from smelt.terms.tables import DATA_ITEMS


@pytest.fixture
def declared() -> pl.DataFrame:
    row = dict.fromkeys(DATA_ITEMS.schema.names) | {
        "agent": "a", "device_uuid": "m1", "device_name": "MILL", "id": "x", "name": "Xload", "category": "SAMPLE",
        "type": "LOAD", "units": "PERCENT", "representation": "VALUE", "component": "Axes", "is_agent": False,
    }  # fmt: skip
    return pl.DataFrame([row], schema=pl.DataFrame(DATA_ITEMS.schema.empty_table()).schema)


def seen(*rows: tuple[str, str, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["device_uuid", "data_item", "category"], orient="row")


def test_declared_items_stay_as_they_are(declared: pl.DataFrame) -> None:
    assert with_undeclared(declared, seen(("m1", "x", "SAMPLE"), ("m1", "x", "SAMPLE"))).equals(declared)


def test_a_seen_item_comes_without_units_under_its_devices_name(declared: pl.DataFrame) -> None:
    rows = with_undeclared(declared, seen(("m1", "y", "EVENT"), ("m2", "x", "SAMPLE"))).filter(
        pl.col("type") == UNDECLARED
    )
    assert rows.select("device_uuid", "device_name", "id", "category", "units", "is_agent").rows() == [
        ("m1", "MILL", "y", "EVENT", None, False),
        ("m2", "m2", "x", "SAMPLE", None, False),
    ]


def test_without_a_probe_everything_is_undeclared(declared: pl.DataFrame) -> None:
    rows = with_undeclared(declared.clear(), seen(("m1", "x", "SAMPLE")))
    assert rows["type"].to_list() == [UNDECLARED]
    assert rows.columns == DATA_ITEMS.schema.names
