"""Who gets a model and when: enough minutes first, half as many again later, and one name for the same inputs."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.plants import (
    HOUR,
    START,
    Said,
    bound,
    clock,
    copy_plant,
    edit_mapping,
    hour_of_work,
    hourly,
    land,
    make_plant,
    name_of,
    packed,
    rows_of,
)

from smelt.runs.run import Request, run
from smelt.runs.train import GROWTH, Train, _is_due
from smelt.terms.errors import InputError

pytestmark = pytest.mark.system  # whole runs of a plant, again and again

MILL, DRILL = "mill-uuid", "drill-uuid"
HOURS = 14
TABLES = ("ingest", "stages")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fourteen hours of two machines with a model each; tests that write copy it."""
    root = make_plant(tmp_path_factory.mktemp("plants") / "done", HOURS)
    run(Request(root, {}, parts=(*TABLES, "train")), clock)
    return root


@pytest.fixture
def plant(done: Path, tmp_path: Path) -> Path:
    return copy_plant(done, tmp_path / "plant")


def set_training(root: Path, line: str) -> None:
    path = root / "plant.toml"
    path.write_text(path.read_text().replace("[training]", f"[training]\n{line}"))


def grow(root: Path, first: int, hours: int) -> None:
    land(root, list(hourly(hours))[first:])
    run(Request(root, {}, parts=TABLES), clock)


def test_a_version_says_what_it_was_made_from(done: Path) -> None:
    rows = rows_of(done, "models/versions")
    assert rows["device_uuid"].to_list() == [DRILL, MILL]
    assert [v.split("-")[0] for v in rows["model_version"]] == ["DRILL", "MILL"]
    assert rows.select(
        "running_minutes", "training_minutes", "calibration_minutes", "is_provisional"
    ).unique().rows() == [(HOURS * 60, 336, 168, True)]
    for path in rows["path"]:
        assert (done / "lake" / path).is_file()


def test_too_few_minutes_are_no_model(tmp_path: Path) -> None:
    root = make_plant(tmp_path / "plant", 2)
    report = run(Request(root, {}, parts=(*TABLES, "train")), clock)
    assert [(s.stage, s.plans) for s in report.stages if s.stage == "train"] == [("train", 0)]
    assert rows_of(root, "models/versions").height == 0
    # nor if a person asks for one
    assert Train(*bound(root), {MILL}).left() == 0


def test_a_provisional_model_is_replaced_when_there_is_half_as_much_again(plant: Path) -> None:
    assert GROWTH == 1.5
    assert Train(*bound(plant), None).plan(2) is None
    grow(plant, HOURS, 21)
    report = run(Request(plant, {}, parts=("train",)), clock)
    assert report.stages[0].rows_written == 2
    rows = rows_of(plant, "models/versions")
    assert sorted(rows["running_minutes"]) == [HOURS * 60, HOURS * 60, 21 * 60, 21 * 60]
    assert rows["model_version"].n_unique() == 4
    assert Train(*bound(plant), None).left() == 0


def test_a_changed_unit_is_another_model(plant: Path) -> None:
    """The old model knows revolutions a minute; it must not go on scoring degrees a second."""
    edit_mapping(plant, "machine", "REVOLUTION/MINUTE", "DEGREE/SECOND")
    report = run(Request(plant, {}), clock)
    assert {s.stage: s.rows_written for s in report.stages}["train"] == 2
    newest = set(rows_of(plant, "models/versions").sort("model_version").tail(4)["model_version"])
    assert len(newest) == 4
    assert [s.rows_written for s in run(Request(plant, {}), clock).stages] == [0] * len(report.stages)


@pytest.mark.parametrize(
    ("running", "model", "expected"),
    [
        (1, None, True),
        (150, {"is_provisional": True, "running_minutes": 100}, True),
        (149, {"is_provisional": True, "running_minutes": 100}, False),
        (10_000, {"is_provisional": False, "running_minutes": 100}, False),
    ],
)
def test_when_a_model_is_due(running: int, model: dict[str, Any] | None, expected: bool) -> None:
    assert _is_due(running, model) is expected


def test_the_same_inputs_have_the_same_version(done: Path) -> None:
    """Everyone is asked for, and everyone has the model that would be made."""
    assert Train(*bound(done), set()).left() == 0


@pytest.mark.parametrize("line", ["window_minutes = 10", "calibration_share = 0.3", "seed = 1"])
def test_another_setting_is_another_version(plant: Path, line: str) -> None:
    before = set(rows_of(plant, "models/versions")["model_version"])
    set_training(plant, line)
    assert Train(*bound(plant), None).left() == 0  # not by itself
    plan = Train(*bound(plant), set()).plan(2)
    assert plan is not None
    assert {t["device"] for t in plan["tasks"]} == {MILL, DRILL}
    assert not before & {t["version"] for t in plan["tasks"]}


def test_only_the_named_are_trained(plant: Path) -> None:
    set_training(plant, "seed = 1")
    stage = Train(*bound(plant), {MILL})
    plan = stage.plan(2)
    assert plan is not None
    (task,) = stage.tasks(plan, 2)
    assert (task.device_uuid, task.training.seed) == (MILL, 1)
    set_training(plant, "window_minutes = 5")
    (same,) = Train(*bound(plant), {MILL}).tasks(plan, 2)
    assert same == task  # a redo takes the settings of the plan


def test_an_outcome_leaves_nothing_to_train(plant: Path) -> None:
    set_training(plant, "seed = 1")
    stage = Train(*bound(plant), set())
    plan = stage.plan(2)
    assert plan is not None
    outcome = stage.outcome(plan, 2, [None for _ in plan["tasks"]])
    assert (outcome.changes, outcome.rows_written) == ((), 0)
    assert {p.device_uuid for p in outcome.periods} == {MILL, DRILL}
    assert (stage.left(), stage.plan(3)) == (0, None)


def test_a_device_of_which_nothing_varies_holds_up_no_other(tmp_path: Path) -> None:
    """It is tried once for what there is, and again when there is more."""
    root = make_plant(tmp_path / "plant", 0)

    def take(hours: range) -> dict[str, int]:
        for hour in hours:
            said = [replace(s, value=1.0) if is_dull(s) else s for s in hour_of_work(hour)]
            land(root, [(name_of(hour), packed(said, 1 + 10_000 * hour, START + (hour + 1) * HOUR))])
        report = run(Request(root, {}, parts=(*TABLES, "train")), clock)
        return {s.stage: s.tasks for s in report.stages}

    assert take(range(HOURS))["train"] == 2
    assert rows_of(root, "models/versions")["device_uuid"].to_list() == [MILL]
    assert Train(*bound(root), None).left() == Train(*bound(root), set()).left() == 0
    assert take(range(HOURS, HOURS + 1))["train"] == 1


def is_dull(said: Said) -> bool:
    return said.device == DRILL and said.item in ("load", "speed")


def test_training_without_a_lake_is_an_input_error(tmp_path: Path) -> None:
    root = make_plant(tmp_path / "plant", 0)
    with pytest.raises(InputError, match="no lake at"):
        run(Request(root, {}, parts=("train",)), clock)
