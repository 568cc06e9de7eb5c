"""The driver under faults: broken off between any two commits and run again, the tables are those of a calm run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.broken import Broken, broken_after
from tests.plants import (
    HOUR,
    START,
    assert_same_results,
    clock,
    copy_plant,
    hour_of_work,
    hourly,
    land,
    make_plant,
    name_of,
    packed,
    results_of,
    rows_of,
)

from smelt.engines.in_process import InProcess
from smelt.engines.process_pool import ProcessPool
from smelt.lake.location import Location
from smelt.lake.table import LakeTable
from smelt.runs import driver as driver_file
from smelt.runs.driver import Driver, signed
from smelt.runs.plant.config import PlantFolder
from smelt.runs.run import Request, run
from smelt.terms.errors import TransientError
from smelt.terms.plant import Plant, Work
from smelt.terms.tables import QUARANTINE

pytestmark = pytest.mark.system  # whole runs of a plant, again and again

LATE = 11
COMMITS = 25  # of the second run below; test_there_are_so_many_commits counts them


def second_delivery() -> list[tuple[str, bytes]]:
    """A late hour, a new one, and one that is torn."""
    torn = packed(hour_of_work(15), 50_000, START + 16 * HOUR)
    return [
        dict(hourly(14)).popitem(),
        next(item for item in hourly(14) if item[0] == name_of(LATE)),
        (name_of(15), torn[: len(torn) // 2]),
    ]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirteen hours but for one, taken the whole way, with models."""
    root = make_plant(tmp_path_factory.mktemp("plants") / "first", 0)
    land(root, [item for item in hourly(13) if item[0] != name_of(LATE)])
    text = (root / "plant.toml").read_text()
    (root / "plant.toml").write_text(text.replace("[training]", "[training]\ntrain_share = 0.5"))
    run(Request(root, {}), clock)
    assert rows_of(root, "models/versions").height == 2
    return root


@pytest.fixture(scope="module")
def calm(first: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same after an undisturbed second run."""
    root = copy_plant(first, tmp_path_factory.mktemp("plants") / "calm")
    land(root, second_delivery())
    run(Request(root, {}), clock)
    return root


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    """The tables up to gold of fourteen hours taken in one run."""
    root = make_plant(tmp_path_factory.mktemp("plants") / "at_once", 14)
    run(Request(root, {}, parts=("ingest", "stages")), clock)
    return results_of(root)


def test_there_are_so_many_commits(first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = copy_plant(first, tmp_path / "plant")
    land(root, second_delivery())
    with broken_after(monkeypatch, 1_000) as seen:
        run(Request(root, {}), clock)
    assert len(seen) == COMMITS
    assert seen[:8] == [
        "copper/quarantine",
        "copper/documents",
        "copper/files",
        "copper/sequences",
        "copper/last_values",
        "copper/observations",
        "ops/tasks",
        "ops/runs",
    ]
    assert seen.count("ops/runs") == 6 and seen[-1] == "ops/runs"


@pytest.mark.parametrize("commits", [0, 5, 16])
def test_broken_off_and_run_again_equals_never_broken(
    first: Path, calm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, commits: int
) -> None:
    _break_and_compare(first, calm, tmp_path, monkeypatch, commits)


@pytest.mark.slow
@pytest.mark.parametrize("commits", range(COMMITS))
def test_broken_off_anywhere_and_run_again_equals_never_broken(
    first: Path, calm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, commits: int
) -> None:
    _break_and_compare(first, calm, tmp_path, monkeypatch, commits)


def _break_and_compare(first: Path, calm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, commits: int) -> None:
    root = copy_plant(first, tmp_path / "plant")
    land(root, second_delivery())
    with broken_after(monkeypatch, commits), pytest.raises(Broken):
        run(Request(root, {}), clock)
    run(Request(root, {}), clock)
    assert_same_lake(root, calm)


def test_broken_off_after_every_single_commit_equals_never_broken(
    first: Path, calm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = copy_plant(first, tmp_path / "plant")
    land(root, second_delivery())
    for _ in range(COMMITS - 1):
        with broken_after(monkeypatch, 1), pytest.raises(Broken):
            run(Request(root, {}), clock)
    with broken_after(monkeypatch, 1) as seen:
        run(Request(root, {}), clock)
    assert seen == ["ops/runs"]
    assert_same_lake(root, calm)


@pytest.mark.parametrize(("commits", "is_stopped"), [(0, False), (3, True), (5, True)])
def test_a_file_that_goes_while_a_plan_is_broken_off_is_never_lost_unseen(
    first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, commits: int, is_stopped: bool
) -> None:
    root = copy_plant(first, tmp_path / "plant")
    name, body = second_delivery()[0]
    land(root, [(name, body)])
    with broken_after(monkeypatch, commits), pytest.raises(Broken):
        run(Request(root, {}, parts=("ingest",)), clock)
    (root / "raw" / name).rename(tmp_path / "kept")
    if not is_stopped:
        run(Request(root, {}, parts=("ingest",)), clock)
        assert "the file is gone" in rows_of(root, "copper/quarantine").filter(path=name)["reason"][0]
        return
    with pytest.raises(TransientError, match=f"{name} is gone, and plan"):
        run(Request(root, {}, parts=("ingest",)), clock)
    (tmp_path / "kept").rename(root / "raw" / name)
    report = run(Request(root, {}, parts=("ingest",)), clock)
    assert report.stages[0].plans == 1 and rows_of(root, "copper/quarantine").filter(path=name).is_empty()


def assert_same_lake(root: Path, calm: Path) -> None:
    assert_same_results(results_of(root), results_of(calm))
    assert made_from(root) == made_from(calm)
    assert_same_rows(root, calm, "copper/documents", ["plan"])
    assert_same_rows(root, calm, "copper/files", ["batch", "etag"])
    assert_same_rows(root, calm, "copper/sequences", ["batch"])
    assert_same_rows(root, calm, "copper/quarantine", ["batch"])
    assert_same_rows(root, calm, "copper/last_values", ["batch"])


def made_from(root: Path) -> pl.DataFrame:
    """ops/tasks without the numbers of the plans, in order."""
    rows = rows_of(root, "ops/tasks").drop("plan")
    return rows.sort(rows.columns).rows()


def assert_same_rows(left: Path, right: Path, table: str, without: list[str]) -> None:
    a, b = (rows_of(root, table).drop(without) for root in (left, right))
    assert sorted(map(repr, a.rows())) == sorted(map(repr, b.rows())), table


@pytest.mark.parametrize("commits", [3, 15])
def test_new_files_between_the_break_and_the_restart_are_taken_too(
    first: Path, at_once: dict[str, pl.DataFrame], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, commits: int
) -> None:
    """The broken plan is finished as it was planned; what landed since is the next plan's."""
    parts = ("ingest", "stages")
    root = copy_plant(first, tmp_path / "plant")
    land(root, second_delivery()[1:2])
    with broken_after(monkeypatch, commits), pytest.raises(Broken):
        run(Request(root, {}, parts=parts), clock)
    land(root, second_delivery()[:1])
    run(Request(root, {}, parts=parts), clock)
    found = results_of(root)
    assert_same_results({name: found[name] for name in at_once}, at_once)


@pytest.mark.parametrize("commits", [0, 1])
def test_broken_off_in_training_equals_never_broken(
    first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, commits: int
) -> None:
    root = make_plant(tmp_path / "plant", 0, (first / "plant.toml").read_text())
    land(root, [item for item in hourly(13) if item[0] != name_of(LATE)])
    run(Request(root, {}, parts=("ingest", "stages")), clock)
    with broken_after(monkeypatch, commits), pytest.raises(Broken):
        run(Request(root, {}), clock)
    run(Request(root, {}), clock)
    assert_same_results(results_of(root), results_of(first))


def of(root: Path, **work: Any) -> Driver:
    return Driver(PlantFolder(root, Plant(work=Work(**work))), Location.of(root / "lake"), clock)


def test_a_change_without_files_commits_nothing(tmp_path: Path) -> None:
    driver = of(tmp_path)
    assert not driver.commit(driver.small_change(QUARANTINE, []), "ingest", 1)
    assert driver.table(QUARANTINE).version() == -1


def test_a_commit_is_tried_again_after_a_conflict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    driver = of(tmp_path)
    row = {"path": "a", "offset": 0, "length": 1, "reason": "why", "batch": 1}
    real: Callable[..., bool] = LakeTable.commit
    tries: list[int] = []

    def commit(self: LakeTable, *args: Any, **kwargs: Any) -> bool:
        tries.append(1)
        if len(tries) < 3:
            raise TransientError("another writer")
        return real(self, *args, **kwargs)

    monkeypatch.setattr(LakeTable, "commit", commit)
    assert driver.commit(driver.small_change(QUARANTINE, [row]), "ingest", 1)
    assert not driver.commit(driver.small_change(QUARANTINE, [row]), "ingest", 1)
    assert driver.reader.scan(QUARANTINE.name).collect().height == 1


def test_a_commit_that_always_conflicts_ends_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    driver = of(tmp_path)
    tries: list[int] = []

    def commit(self: LakeTable, *args: Any, **kwargs: Any) -> bool:
        tries.append(1)
        raise TransientError("another writer")

    monkeypatch.setattr(LakeTable, "commit", commit)
    row = {"path": "a", "offset": 0, "length": 1, "reason": "why", "batch": 1}
    with pytest.raises(TransientError, match="another writer"):
        driver.commit(driver.small_change(QUARANTINE, [row]), "ingest", 1)
    assert len(tries) == driver_file.COMMIT_ATTEMPTS


@pytest.mark.parametrize(
    ("engine", "tasks", "expected"),
    [
        ("in-process", 100, InProcess),
        ("auto", 1, InProcess),
        ("auto", driver_file.POOL_FROM_TASKS, ProcessPool),
        ("process-pool", 1, ProcessPool),
    ],
)
def test_the_engine_is_the_setting_or_fits_the_work(tmp_path: Path, engine: str, tasks: int, expected: type) -> None:
    driver = of(tmp_path, engine=engine, workers=2)
    assert isinstance(driver._engine("none", tasks), expected)


def test_signed_keeps_the_bits() -> None:
    for number in (0, 1, (1 << 63) - 1, 1 << 63, (1 << 64) - 1):
        assert signed(number) & ((1 << 64) - 1) == number
        assert -(1 << 63) <= signed(number) < 1 << 63


def test_a_run_remembers_each_plan(first: Path) -> None:
    runs = rows_of(first, "ops/runs").sort("stage")
    assert runs["stage"].to_list() == ["coverage", "episodes", "gold", "ingest", "scores", "silver", "train"]
    assert set(runs["plan"]) == {1}
    assert plans_of(first) == {(stage, 1) for stage in runs["stage"]}


def plans_of(root: Path) -> set[tuple[str, int]]:
    return {(p.parent.name, int(p.stem)) for p in (root / "lake/ops/plans").glob("*/*.json")}
