"""What data items meant over time: every moment of an id has one definition, and a name one bearer at a time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from smelt.copper.undeclared import UNDECLARED
from smelt.silver.definitions import ALWAYS, Definition, bearers, definitions
from smelt.terms.interval import Interval, to_us

Items = Callable[..., pl.DataFrame]
T1, T2, T3 = (datetime(2026, 3, day, tzinfo=UTC) for day in (1, 2, 3))


def spans(found: list[Definition]) -> list[tuple[str, int, int]]:
    return [(d.row["id"], d.explains.start_us, d.explains.end_us) for d in found]


def test_an_only_definition_explains_all_time(items: Items) -> None:
    (first, second) = definitions(items({"id": "a"}, {"id": "b", "valid_from": T1}), items().clear())
    assert first.explains == second.explains == ALWAYS


def test_a_definition_holds_until_the_next(items: Items) -> None:
    ended = items({"id": "a", "valid_to": T1}, {"id": "a", "valid_from": T1, "valid_to": T2})
    found = definitions(items({"id": "a", "valid_from": T3, "units": "BAR"}), ended)
    assert spans(found) == [
        ("a", to_us(T3), ALWAYS.end_us), ("a", ALWAYS.start_us, to_us(T1)), ("a", to_us(T1), to_us(T3))
    ]  # fmt: skip
    assert {d.newest["units"] for d in found} == {"BAR"}


def test_an_item_that_is_said_after_it_vanished_is_undeclared_since(items: Items) -> None:
    found = definitions(items({"id": "a", "type": UNDECLARED}), items({"id": "a", "valid_to": T1, "units": "BAR"}))
    assert spans(found) == [("a", to_us(T1), ALWAYS.end_us), ("a", ALWAYS.start_us, to_us(T1))]
    assert found[0].newest["units"] == "BAR"


def test_a_name_has_one_bearer_at_a_time(items: Items) -> None:
    now = items({"id": "z", "name": "load", "valid_from": T2}, {"id": "y", "name": "other", "valid_from": T2})
    ended = items(
        {"id": "a", "name": "load", "valid_to": T2},
        {"id": "b", "name": "load", "valid_to": T2},
        {"id": "y", "name": "load", "valid_from": T1, "valid_to": T2},
    )
    found = definitions(now, ended)
    assert [d.row["id"] for d in bearers(found, "SAMPLE", "load")] == ["z", "a"]
    assert [d.row["id"] for d in bearers(found, "SAMPLE", "y")] == ["y", "y"]
    assert bearers(found, "EVENT", "load") == []


@given(st.lists(st.integers(0, 50), max_size=6, unique=True), st.booleans())
def test_the_definitions_of_an_id_share_all_time(cuts: list[int], vanished: bool) -> None:
    times = [None, *(T1 + timedelta(hours=c) for c in sorted(cuts)), None]
    plain = {"id": "a", "name": "n", "category": "SAMPLE", "type": "LOAD"}
    rows = [plain | {"valid_from": s, "valid_to": e} for s, e in pairwise(times)]
    schema = {
        **dict.fromkeys(plain, pl.String),
        "valid_from": pl.Datetime("us", "UTC"),
        "valid_to": pl.Datetime("us", "UTC"),
    }
    ended, current = pl.DataFrame(rows[:-1], schema=schema), pl.DataFrame(rows[-1:], schema=schema)
    if vanished and len(rows) > 1:
        current = current.with_columns(type=pl.lit(UNDECLARED), valid_from=None).cast(schema)  # type: ignore[arg-type]
    found = sorted((d.explains for d in definitions(current, ended)), key=lambda span: span.start_us)
    assert found[0].start_us == ALWAYS.start_us and found[-1].end_us == ALWAYS.end_us
    assert all(a.end_us == b.start_us for a, b in pairwise(found))
    assert Interval(found[0].start_us, found[-1].end_us) == ALWAYS
