"""Plans: put if absent, and the same again on a redo."""

from pathlib import Path
from typing import Any

import pytest
from obstore.exceptions import AlreadyExistsError

from smelt.lake import plan as plan_file
from smelt.lake.location import Location
from smelt.lake.plan import open_plans, plan_to_do


def test_a_plan_is_made_once_and_read_ever_after(location: Location) -> None:
    made: list[int] = []

    def make() -> dict[str, Any]:
        made.append(1)
        return {"tasks": [[1, "a", None]], "made": len(made)}

    first = plan_to_do(location, "silver", 1, make)
    again = plan_to_do(Location.of(location.uri), "silver", 1, make)
    assert first == again == {"tasks": [[1, "a", None]], "made": 1}
    assert len(made) == 1


def test_what_is_returned_is_what_was_written(location: Location) -> None:
    """Tuples become lists at once, so that a first go sees the same plan as a redo."""
    assert plan_to_do(location, "silver", 1, lambda: {"units": (("m1", 0),)}) == {"units": [["m1", 0]]}


def test_nothing_to_do_is_not_written(location: Location) -> None:
    assert plan_to_do(location, "silver", 1, lambda: None) is None
    assert not (Path(location.uri) / "ops" / "plans").exists()
    assert plan_to_do(location, "silver", 1, lambda: {"a": 1}) == {"a": 1}


def test_stages_and_numbers_are_apart(location: Location) -> None:
    for stage, number in (("silver", 1), ("silver", 2), ("silver", 10), ("gold", 3)):
        plan_to_do(location, stage, number, lambda s=stage, n=number: {"is": f"{s} {n}"})  # type: ignore[misc]
    assert plan_to_do(location, "silver", 2, lambda: None) == {"is": "silver 2"}
    assert open_plans(location) == {"silver": 10, "gold": 3}


def test_there_are_no_plans_in_a_new_lake(location: Location) -> None:
    assert open_plans(location) == {}


def test_of_two_that_put_at_once_the_first_wins(location: Location) -> None:
    def make() -> dict[str, Any]:
        plan_to_do(location, "silver", 1, lambda: {"by": "the other"})  # comes in between look and put
        return {"by": "me"}

    assert plan_to_do(location, "silver", 1, make) == {"by": "the other"}


def test_the_put_is_conditional(location: Location, monkeypatch: pytest.MonkeyPatch) -> None:
    plan_to_do(location, "silver", 1, lambda: {"a": 1})
    with pytest.raises(AlreadyExistsError):
        plan_file.obstore.put(location.store, "ops/plans/silver/1.json", b"{}", mode="create")
