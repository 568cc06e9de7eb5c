"""The newest hour folders are found in few calls, whatever the layout and however many years lie there."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import obstore
import pytest
from hypothesis import given
from hypothesis import strategies as st
from obstore.store import MemoryStore

from smelt.ingest.newest import NEWEST, newest_objects

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
HOURS = 2 * 365 * 24


class Counting:
    """A store that counts the calls that list."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.store = MemoryStore()
        self.calls = 0
        for path in paths:
            obstore.put(self.store, path, b"x")

    def list_with_delimiter(self, prefix: str | None = None) -> Any:
        self.calls += 1
        return self.store.list_with_delimiter(prefix)

    def list(self, prefix: str | None = None) -> Iterator[Any]:
        for page in self.store.list(prefix, chunk_size=1000):
            self.calls += 1
            yield page


def found(paths: Iterable[str], now: datetime = NOW) -> list[str]:
    objects = [o["path"] for o in newest_objects(Counting(paths), now)]
    assert len(objects) == len(set(objects))
    return sorted(objects)


def hours(count: int, prefix: str = "", until: datetime = NOW) -> list[str]:
    return [f"{prefix}{until - timedelta(hours=h):%Y/%m/%d/%H}/a.gz" for h in range(count)]


def test_two_years_of_hours_take_seven_calls() -> None:
    store = Counting(hours(HOURS))
    assert len(newest_objects(store, NOW)) == NEWEST
    assert store.calls == 4 + NEWEST  # root, year, month, day; then a page of each hour
    few = Counting(hours(3))
    newest_objects(few, NOW)
    assert few.calls == store.calls


def test_two_days_take_a_call_an_hour_and_six_more() -> None:
    store = Counting(hours(HOURS))
    assert len(newest_objects(store, NOW, count=48)) == 48
    assert store.calls == 48 + 6  # root, year, month, three days


def test_at_the_turn_of_the_year_three_more() -> None:
    turn = datetime(2026, 1, 1, 0, 30, tzinfo=UTC)
    store = Counting(hours(HOURS, until=turn))
    assert len(newest_objects(store, turn)) == NEWEST
    assert store.calls == 4 + NEWEST + 3


def test_each_tree_has_its_own_newest() -> None:
    old = NOW - timedelta(days=300)
    paths = [*hours(50, "raw/"), *hours(50, "shdr/M1/"), *hours(50, "shdr/M2/", old)]
    assert found(paths) == sorted([*hours(3, "raw/"), *hours(3, "shdr/M1/"), *hours(3, "shdr/M2/", old)])


@pytest.mark.parametrize(
    "layout",
    [
        "%Y/%m/%d/%H", "raw/%Y/%m/%d/%H", "dt=%Y-%m-%d-%H", "year=%Y/month=%m/day=%d/hour=%H", "dt=%Y-%m-%d/hour=%H",
        "device=12/year=%Y/month=%m/day=%d/hour=%H", "%Y-%m-%d/%H", "a/b/c/%Y%m%d%H", "%Y/%Y-%m/%Y-%m-%d/%H",
    ],
)  # fmt: skip
def test_layouts(layout: str) -> None:
    paths = [f"{NOW - timedelta(hours=h):{layout}}/deeper/a.gz" for h in range(40)]
    assert found(paths) == sorted(paths[:NEWEST])


@pytest.mark.parametrize("layout", ["dt=%Y-%m-%d", "%Y/%m/%d", "ds=%Y%m%d", "%Y-%m"])
def test_where_days_are_the_folders_the_newest_days(layout: str) -> None:
    paths = [f"{NOW - timedelta(days=40 * d):{layout}}/a.gz" for d in range(9)]
    assert found(paths) == sorted(paths[:NEWEST])


def test_what_lies_in_no_dated_folder_is_always_listed() -> None:
    flat = ["a.gz", "raw/b.gz", "M1/logs/old/older/still/c.txt", "device=2024/d.gz", "1234/e.gz"]
    assert found([*flat, *hours(9)]) == sorted([*flat, *hours(3)])


def test_files_beside_hour_folders_are_listed() -> None:
    assert found([*hours(9), "2026/11/24/x.gz", "2026/y.gz"]) == sorted([*hours(3), "2026/11/24/x.gz", "2026/y.gz"])


def test_folders_of_an_absurd_clock_push_nothing_aside() -> None:
    wrong = [f"2099/01/01/{h:02}/a.gz" for h in range(9)]
    assert found([*hours(9), *wrong]) == sorted([*hours(3), *wrong[-3:]])


def test_hours_of_an_eastern_zone_are_not_ahead() -> None:
    east = NOW + timedelta(hours=14)
    assert found(hours(9, until=east)) == sorted(hours(3, until=east))


def test_unwanted_folders_are_not_looked_into() -> None:
    store = Counting([*hours(5), *hours(9, "backup/")])
    objects = newest_objects(store, NOW, lambda folder: folder != "backup")
    assert sorted(o["path"] for o in objects) == sorted(hours(3))
    assert store.calls == 4 + NEWEST


def test_a_hundred_devices_take_calls_for_each() -> None:
    store = Counting(p for d in range(100) for p in hours(30, f"shdr/M{d}/"))
    assert len(newest_objects(store, NOW)) == 100 * NEWEST
    assert store.calls <= 100 * (5 + NEWEST) + 2


@given(st.lists(st.datetimes(NOW.replace(year=2000, tzinfo=None), NOW.replace(tzinfo=None)), max_size=30, unique=True))
def test_as_if_everything_had_been_listed(times: list[datetime]) -> None:
    paths = sorted({f"{t:%Y/%m/%d/%H}/a.gz" for t in times})
    assert found(paths) == paths[-NEWEST:]


def test_an_empty_zone() -> None:
    assert found([]) == []
