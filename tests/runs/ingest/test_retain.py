"""What --retain deletes: old files that are in copper to the end; nothing that is in dispute, and nothing twice."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from tests.plants import (
    HOUR,
    NOW,
    START,
    assert_same_results,
    clock,
    document,
    hour_of_work,
    hourly,
    land,
    make_plant,
    name_of,
    packed,
    results_of,
)

from smelt.ingest.landing import Landing
from smelt.lake.location import Location
from smelt.lake.table import LakeTable
from smelt.runs.driver import Driver
from smelt.runs.ingest.retain import Retained, add, retain
from smelt.runs.plant.config import read_plant
from smelt.runs.run import Report, Request, run
from smelt.terms.tables import RUNS

PARTS = ("ingest",)


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    return make_plant(tmp_path / "plant", 6)


def left(root: Path) -> list[str]:
    return [f.path for f in Landing.at(str(root / "raw")).files()]


def younger_than(hour: int) -> timedelta:
    """The age at which files of the hours before go."""
    return NOW - (START + hour * HOUR)


def ingest(root: Path, retained: timedelta | None = None) -> Report:
    return run(Request(root, {}, parts=PARTS, retain=retained), clock)


def test_old_files_go_once_they_are_read(plant: Path) -> None:
    before = sum(p.stat().st_size for p in (plant / "raw").rglob("*.gz"))
    report = ingest(plant, younger_than(4))
    assert left(plant) == [name_of(4), name_of(5)]
    assert report.retained is not None and report.retained.files_deleted == 4
    after = sum(p.stat().st_size for p in (plant / "raw").rglob("*.gz"))
    assert report.retained.bytes_deleted == before - after
    assert not (plant / "raw" / name_of(0)).parent.exists()


def test_without_it_nothing_goes(plant: Path) -> None:
    assert ingest(plant).retained is None
    assert len(left(plant)) == 6


def test_what_went_is_in_copper_and_is_not_read_again(plant: Path, tmp_path: Path) -> None:
    ingest(plant, younger_than(6))
    assert left(plant) == []
    assert ingest(plant, younger_than(6)).stages[0].plans == 0
    expected = make_plant(tmp_path / "kept", 6)
    ingest(expected)
    assert_same_results(results_of(plant), results_of(expected))
    land(plant, hourly(2))  # delivered once more: other files to a folder, known observations
    assert ingest(plant, younger_than(6)).stages[0].rows_written == 0
    assert left(plant) == []


def test_what_has_not_been_read_stays(plant: Path) -> None:
    ingest(plant)
    land(plant, [(name_of(0, "late"), packed(hour_of_work(0), 9_000, START + HOUR))])
    driver, landing = opened(plant)
    assert retain(driver, landing, younger_than(6)).files_deleted == 6
    assert left(plant) == [name_of(0, "late")]


def test_what_was_delivered_again_with_other_content_stays(plant: Path) -> None:
    ingest(plant)
    land(plant, [(name_of(0), packed(hour_of_work(0), 9_000, START + HOUR))])
    driver, landing = opened(plant)
    assert retain(driver, landing, younger_than(6)).files_deleted == 5
    assert left(plant) == [name_of(0)]


def test_files_of_a_plan_that_is_not_done_stay(plant: Path) -> None:
    ingest(plant)
    land(plant, [(name_of(1, "late"), packed(hour_of_work(1), 9_000, START + HOUR))])

    real = LakeTable.commit
    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):

        def commit(self: LakeTable, app: str, number: int, *args: object) -> bool:
            if self.spec is RUNS:
                raise KeyboardInterrupt
            return real(self, app, number, *args)  # type: ignore[arg-type]

        patch.setattr(LakeTable, "commit", commit)
        ingest(plant)
    driver, landing = opened(plant)
    assert retain(driver, landing, younger_than(6)).files_deleted == 6
    assert left(plant) == [name_of(1, "late")]
    ingest(plant, younger_than(6))
    assert left(plant) == []


def test_files_with_rejects_stay(plant: Path) -> None:
    torn = packed(hour_of_work(0), 9_000, START + HOUR)
    land(plant, [(name_of(0, "torn"), torn[: len(torn) // 2])])
    report = ingest(plant, younger_than(6))
    assert report.retained == Retained(6, report.retained.bytes_deleted if report.retained else 0, 1)
    assert left(plant) == [name_of(0, "torn")]


def test_without_a_time_in_its_key_a_file_is_as_old_as_its_documents(tmp_path: Path) -> None:
    root = make_plant(tmp_path / "plant", 0)
    for hour in (0, 9):
        (root / "raw").mkdir(exist_ok=True)
        body = document(hour_of_work(hour), 1 + 500 * hour, START + hour * HOUR)
        (root / "raw" / f"{hour}.json").write_bytes(body)
    os.utime(root / "raw" / "9.json", (0, 0))
    ingest(root, younger_than(5))
    assert left(root) == ["9.json"]


def test_archives_of_logs_are_never_deleted(plant: Path) -> None:
    (plant / "logs").mkdir()
    (plant / "logs" / "MILL-2010-01-01-00-00-00.txt").write_text("2010-01-01T00:00:00Z|load|7\n")
    run(Request(plant, {"source.shdr": "logs/*"}, parts=PARTS, retain=younger_than(6)), clock)
    assert left(plant) == []
    assert len(list((plant / "logs").iterdir())) == 1


def test_passes_add_up() -> None:
    assert add(None, None) is None
    assert add(Retained(1, 10, 3), None) == add(None, Retained(1, 10, 3)) == Retained(1, 10, 3)
    assert add(Retained(1, 10, 3), Retained(2, 5, 1)) == Retained(3, 15, 1)


def opened(root: Path) -> tuple[Driver, Landing]:
    folder = read_plant(root, {}, {})
    return Driver(folder, Location.of(folder.lake_uri), clock), Landing.at(str(root / "raw"))
