"""Devices under other uuids and names: one that goes on is told of once; two that live side by side are two."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.copper.drift import item_changes
from smelt.copper.renamed_devices import Renaming, in_doubt, renamed_devices
from smelt.terms.tables import DATA_ITEMS

T1 = datetime(2020, 1, 1, tzinfo=UTC)
T2, T3 = T1 + timedelta(days=1), T1 + timedelta(days=2)


def device(
    uuid: str, ids: str = "abcd", since: datetime | None = None, until: datetime | None = None, **more: Any
) -> Any:
    row = dict.fromkeys(DATA_ITEMS.schema.names) | {"agent": "shop", "device_name": "M1", "is_agent": False}
    row |= {"category": "SAMPLE", "type": "LOAD", "representation": "VALUE", "component": "", "device_uuid": uuid}
    return [row | {"id": i, "name": f"n{i}", "valid_from": since, "valid_to": until} | more for i in ids]


def frame(*devices: Any) -> pl.DataFrame:
    rows = [row for of_device in devices for row in of_device]
    return pl.DataFrame(pa.Table.from_pylist(rows, schema=DATA_ITEMS.schema))


def test_one_ended_as_the_other_began() -> None:
    items = frame(device("A", until=T1), device("B", "abcx", since=T1))
    (found,) = renamed_devices(items, {})
    assert found == Renaming("A", "M1", "B", "M1", frozenset("abc"), 4, T1)
    assert (found.before, found.after) == ("uuid A", "uuid B (name M1, 3 of 4 items the same)")
    told = [(c.kind, c.device_uuid, c.item) for c in item_changes(items, [found])]
    assert told == [("vanished", "A", "d"), ("device renamed", "A", "")]


def test_other_ids_and_the_same_places() -> None:
    items = device("B", since=T1)
    renumbered = [row | {"id": f"x{row['id']}"} for row in items]
    (found,) = renamed_devices(frame(device("A", until=T1), renumbered), {})
    assert (found.new, len(found.kept)) == ("B", 4)
    named = [row | {"device_name": "M2"} for row in renumbered]
    assert renamed_devices(frame(device("A", until=T1), named), {}) == []  # another machine of the same make


def test_another_name_and_another_uuid() -> None:
    items = frame(device("A", until=T1), device("B", since=T1, device_name="M2"))
    (found,) = renamed_devices(items, {})
    assert found.after == "uuid B (name M2, was M1, 4 of 4 items the same)"
    other_agent = frame(device("A", until=T1), device("B", since=T1, device_name="M2", agent="hall-2"))
    assert renamed_devices(other_agent, {}) == []


@pytest.mark.parametrize(
    "second",
    [
        device("B", "axyz", since=T1),  # a machine of another make under the same name
        device("B", since=T2),  # a day later
        device("B", since=T1, is_agent=True),
        device("B", "abcdefghijkl", since=T1),  # far more than the first had
    ],
)
def test_another_machine(second: Any) -> None:
    assert renamed_devices(frame(device("A", until=T1), second), {}) == []


def test_models_that_never_ended_leave_it_to_what_was_said() -> None:
    items = frame(device("A"), device("B"), device("C", "klmn", device_name="M3"))
    assert in_doubt(items) == {"A", "B"}
    assert renamed_devices(items, {}) == []
    assert renamed_devices(items, {"A": (T1, T3), "B": (T2, T3)}) == []  # side by side
    (found,) = renamed_devices(items, {"A": (T1, T2), "B": (T3, T3)})
    assert (found.old, found.new, found.at) == ("A", "B", T3)


def test_another_name_under_the_same_uuid() -> None:
    items = frame(device("A", until=T1), device("A", "abc", since=T1, device_name="M2"))
    (found,) = renamed_devices(items, {})
    assert (found.before, found.after) == ("name M1", "name M2 (3 of 4 items the same)")
    told = [(c.kind, c.item) for c in item_changes(items, [found])]
    assert told == [("vanished", "d"), ("device renamed", "")]


def test_each_goes_on_as_one() -> None:
    items = frame(device("A", until=T1), device("B", "abcd", since=T1), device("C", "abc", since=T1))
    assert [(r.old, r.new) for r in renamed_devices(items, {})] == [("A", "B")]
    chain = frame(device("A", until=T1), device("B", since=T1, until=T2), device("C", since=T2))
    assert [(r.old, r.new, r.at) for r in renamed_devices(chain, {})] == [("A", "B", T1), ("B", "C", T2)]


@given(st.lists(st.sampled_from("ABCD"), unique=True), st.integers(0, 3))
def test_devices_that_stay_are_no_others(uuids: list[str], gone: int) -> None:
    rows = [device(u, since=T1, device_name=u, ids="abc", agent=u) for u in uuids[gone:]]
    rows += [device(u, until=T1, device_name=u, ids="abc", agent=u) for u in uuids[:gone]]
    assert renamed_devices(frame(*rows), {}) == []
