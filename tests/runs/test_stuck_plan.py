"""Plans that cannot be carried out: each is named, with what to do, and without it the run goes on."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.plants import TWO_CLASSES, assert_same_results, clock, copy_plant, make_plant, results_of

from smelt.lake.location import Location
from smelt.lake.table import LakeTable
from smelt.runs.request import Request
from smelt.runs.run import run
from smelt.runs.stuck_plan import StuckPlanError, naming_plan
from smelt.terms.errors import DataError, TransientError

pytestmark = pytest.mark.system  # makes lakes

PLAN = "lake/ops/plans/silver/1.json"


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two classes with rows in copper."""
    root = make_plant(tmp_path_factory.mktemp("stuck") / "plant", 3, TWO_CLASSES)
    run(Request(root, {}, parts=("ingest",)), clock)
    return root


class Killed(BaseException):
    """Stands for SIGKILL: nothing catches it."""


def kill_at(monkeypatch: pytest.MonkeyPatch, root: Path, table: str) -> None:
    """Break the run off where it would commit to a table."""
    real = LakeTable.commit

    def commit(self: LakeTable, *args: Any) -> bool:
        if self.spec.name == table and args[0] == "silver":
            raise Killed
        return real(self, *args)

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(LakeTable, "commit", commit)
        run(Request(root, {}, parts=("stages",)), clock)


def edit_plan(root: Path, **more: Any) -> None:
    plan = json.loads((root / PLAN).read_text())
    plan["tasks"] = [task | more for task in plan["tasks"]]
    (root / PLAN).write_text(json.dumps(plan))


def test_a_plan_of_two_classes_is_named_and_can_go(
    ingested: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = copy_plant(ingested, tmp_path / "plant")
    kill_at(monkeypatch, root, "silver/machine")
    plan = json.loads((root / PLAN).read_text())
    joined = plan["tasks"][0] | {"units": [unit for task in plan["tasks"] for unit in task["units"]]}
    edited = json.dumps(plan | {"tasks": [joined]})  # as an older smelt wrote it
    (root / PLAN).write_text(edited)
    for _ in range(2):
        with pytest.raises(StuckPlanError) as caught:
            run(Request(root, {}, parts=("stages",)), clock)
        assert str(caught.value).startswith("silver plan 1 cannot be carried out (")
        assert str(caught.value).endswith(
            f"Nothing of it is committed. Delete {root / PLAN} and run again, which plans anew."
        )
        assert (root / PLAN).read_text() == edited
    (root / PLAN).unlink()
    run(Request(root, {}, parts=("stages",)), clock)
    calm = copy_plant(ingested, tmp_path / "calm")
    run(Request(calm, {}, parts=("stages",)), clock)
    assert_same_results(results_of(root), results_of(calm))


def test_a_plan_whose_files_are_gone_and_that_is_half_done(
    ingested: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = copy_plant(ingested, tmp_path / "plant")
    kill_at(monkeypatch, root, "ops/tasks")
    edit_plan(root, observations=["month=2020-01/gone.parquet"])
    with pytest.raises(StuckPlanError) as caught:
        run(Request(root, {}, parts=("stages",)), clock)
    assert "silver/machine, silver/mills has its rows already" in str(caught.value)
    assert "Name another lake" in str(caught.value)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (pl.exceptions.ShapeError("3 columns, not 4"), StuckPlanError),
        (KeyError("part-1.parquet"), StuckPlanError),
        (DataError("no rows"), StuckPlanError),
        (TransientError("a store is away"), TransientError),
        (pl.exceptions.ComputeError("No space left on device (os error 28)"), pl.exceptions.ComputeError),
        (ZeroDivisionError("a bug of ours"), ZeroDivisionError),
    ],
)
def test_only_what_fails_again_is_laid_to_the_plan(tmp_path: Path, error: Exception, expected: type) -> None:
    with pytest.raises(expected) as caught, naming_plan(Location.of(tmp_path), "gold", 7):
        raise error
    assert type(caught.value) is expected
