"""Changes between probes: what vanished, is new, or means something else; the same probe twice changes nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.copper.drift import Change, item_changes
from smelt.terms.tables import DATA_ITEMS

T1 = datetime(2020, 1, 1, tzinfo=UTC)
T2 = T1 + timedelta(days=1)
LOAD = {"id": "x1", "name": "Xload", "category": "SAMPLE", "type": "LOAD", "units": "PERCENT"}


def item(since: datetime | None, until: datetime | None, **more: Any) -> dict[str, Any]:
    row = dict.fromkeys(DATA_ITEMS.schema.names) | {"agent": "a", "device_uuid": "u", "device_name": "M1"}
    row |= {"representation": "VALUE", "component": "Axes/Linear[X]", "is_agent": False}
    return row | {"valid_from": since, "valid_to": until} | LOAD | more


def told(*rows: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    import pyarrow as pa

    frame = pl.DataFrame(pa.Table.from_pylist(list(rows), schema=DATA_ITEMS.schema))
    return [(c.kind, c.item, c.before, c.after) for c in item_changes(frame)]


@pytest.mark.parametrize(
    ("more", "change"),
    [
        ({"units": "NEWTON"}, ("units", "x1", "PERCENT", "NEWTON")),
        ({"native_units": "KILO"}, ("units", "x1", "PERCENT", "PERCENT (native KILO)")),
        ({"native_scale": 10.0}, ("units", "x1", "PERCENT", "PERCENT, scale 10")),
        ({"units": None}, ("units", "x1", "PERCENT", "no units")),
        ({"name": "Sload"}, ("renamed", "x1", "Xload", "Sload")),
        ({"category": "EVENT"}, ("category", "x1", "SAMPLE", "EVENT")),
        ({"component": "Axes/Rotary[C]"}, ("moved", "x1", "Axes/Linear[X]", "Axes/Rotary[C]")),
        ({"type": "TORQUE"}, ("meaning", "x1", "LOAD", "TORQUE")),
        ({"representation": "TIME_SERIES"}, ("meaning", "x1", "LOAD", "LOAD TIME_SERIES")),
    ],
)
def test_an_item_that_means_something_else(more: dict[str, Any], change: tuple[str, ...]) -> None:
    assert told(item(None, T1), item(T1, None, **more)) == [change]


def test_an_item_that_vanished_and_one_that_is_new() -> None:
    rows = (item(None, T1), item(None, None, id="y", name="Yload"), item(T1, None, id="z", name="Zload"))
    assert told(*rows) == [("vanished", "x1", "SAMPLE LOAD in PERCENT", ""), ("new", "z", "", "SAMPLE LOAD in PERCENT")]


def test_an_item_that_came_back() -> None:
    assert told(item(None, T1), item(T2, None)) == [("new", "x1", "", "SAMPLE LOAD in PERCENT, after it had vanished")]


def test_another_id_for_the_same_is_renamed() -> None:
    assert told(item(None, T1), item(T1, None, id="x9")) == [("renamed", "x9", "id x1", "id x9")]


def test_a_component_that_was_renamed_changes_nothing_of_the_item() -> None:
    assert told(item(None, T1), item(T1, None, component="Axes/Linear[X1]")) == []


@given(st.lists(st.sampled_from("abcdef"), unique=True), st.booleans())
def test_the_first_probe_changes_nothing(ids: list[str], is_dated: bool) -> None:
    assert told(*(item(T1 if is_dated else None, None, id=i, name=i) for i in ids)) == []


@given(st.sets(st.sampled_from("abcdef")), st.sets(st.sampled_from("abcdef"), min_size=1))
def test_what_two_probes_have_in_common_did_not_change(before: set[str], after: set[str]) -> None:
    rows = [item(None, None if i in after else T1, id=i, name=i) for i in before]
    rows += [item(T1, None, id=i, name=i) for i in after - before]
    kinds = {(kind, i) for kind, i, *_ in told(*rows)} if before else set()
    wanted = {("vanished", i) for i in before - after} | {("new", i) for i in after - before}
    assert kinds == (wanted if before else set())


def test_a_change_says_when() -> None:
    import pyarrow as pa

    rows = pa.Table.from_pylist([item(None, T1)], schema=DATA_ITEMS.schema)
    other = pa.Table.from_pylist([item(None, None, id="y", name="y")], schema=DATA_ITEMS.schema)
    (change,) = item_changes(pl.DataFrame(pa.concat_tables([rows, other])))
    assert change == Change("u", "M1", "x1", "Xload", "vanished", "SAMPLE LOAD in PERCENT", "", T1)
