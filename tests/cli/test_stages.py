"""run, its dry run and its figures, exclude and compact, as a person calls them."""

from pathlib import Path

from tests.plants import HOUR, START, hour_of_work, land, name_of, packed, snapshot


def test_run_says_each_stages_figures(said, plant: Path) -> None:
    land(plant, [(name_of(3), packed(hour_of_work(3), 10_000, START + 4 * HOUR))])
    report = said("run", "--plant", plant)
    stages = {s["stage"]: s["rows_written"] for s in report["stages"]}
    assert list(stages) == ["ingest", "coverage", "silver", "gold", "train", "scores", "episodes"]
    assert stages["ingest"] == len(hour_of_work(3))
    assert report["summary"]["devices"] == 2
    again = said("run", "--plant", plant)
    assert {s["rows_written"] for s in again["stages"]} == {0}


def test_dry_run_writes_nothing(smelt, plant: Path) -> None:
    land(plant, [(name_of(3), packed(hour_of_work(3), 10_000, START + 4 * HOUR))])
    before = snapshot(plant)
    result = smelt("run", "--plant", plant, "--dry-run")
    assert result.exit_code == 0 and "ingest: 1 tasks would run" in result.stdout
    assert snapshot(plant) == before


def test_exclude_and_run(smelt, said, plant: Path) -> None:
    args = ("exclude", "mill", "2020-01-01T01:10", "2020-01-01T01:40", "--why", "probe fell off", "--plant", plant)
    assert "'smelt run' recomputes" in smelt(*args).stdout
    assert "was excluded already" in smelt(*args).stdout
    stages = {s["stage"]: s["rows_written"] for s in said("run", "--plant", plant)["stages"]}
    assert stages["silver"] > 0 and stages["ingest"] == 0


def test_compact_says_files_before_and_after(said, plant: Path) -> None:
    found = {t["table"]: t for t in said("compact", "--plant", plant)}
    assert found["silver/machine"]["files_after"] <= found["silver/machine"]["files_before"]


def test_garbage_behind_a_file_ends_nothing(said, plant: Path) -> None:
    body = packed(hour_of_work(3), 10_000, START + 4 * HOUR)
    land(plant, [(name_of(3), body + b"\x00garbage")])
    report = said("run", "--plant", plant)
    assert report["stages"][0]["rejects"] == 1 and report["summary"]["quarantined"] == 1
    (row,) = said("sql", "--plant", plant, 'select path, "offset" from copper.quarantine')
    assert row == {"path": name_of(3), "offset": len(body)}


def test_train_says_why_there_is_no_new_model(smelt, plant: Path) -> None:
    result = smelt("train", "--plant", plant, "--device", "MILL")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].startswith("no new model: ")
