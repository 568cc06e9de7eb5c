"""run, its dry run and its figures, exclude and compact, as a person calls them."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
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


@pytest.mark.system
def test_ingest_ends_when_its_time_is_over(smelt, plant: Path) -> None:
    land(plant, [(name_of(3), packed(hour_of_work(3), 10_000, START + 4 * HOUR))])
    result = smelt("ingest", "--plant", plant, "--for", "3s")
    assert result.exit_code == 0
    assert f"1 files · {len(hour_of_work(3))} observations" in result.stderr
    assert result.stderr.splitlines()[-1] == "smelt: the time is over; what was read is committed."


def test_ingest_once_ends_when_everything_is_read(said, plant: Path) -> None:
    land(plant, [(name_of(3), packed(hour_of_work(3), 10_000, START + 4 * HOUR))])
    report = said("ingest", "--plant", plant, "--once")
    assert [s["stage"] for s in report["stages"]] == ["ingest"]
    assert report["stages"][0]["rows_written"] == len(hour_of_work(3))


@pytest.mark.system
def test_run_for_a_time_takes_all_stages(smelt, plant: Path) -> None:
    land(plant, [(name_of(3), packed(hour_of_work(3), 10_000, START + 4 * HOUR))])
    result = smelt("run", "--plant", plant, "--for", "5s")
    assert result.exit_code == 0 and "copper → silver" in result.stderr
    assert result.stderr.splitlines()[-1] == "smelt: the time is over; what was read is committed."


def test_retain_deletes_and_says_so(smelt, said, plant: Path) -> None:
    result = smelt("ingest", "--plant", plant, "--once", "--retain", "30d")
    assert "landing       3 old files deleted (" in result.stdout
    assert list((plant / "raw").rglob("*.gz")) == []
    assert said("run", "--plant", plant, "--retain", "30d")["retained"]["files_deleted"] == 0


@pytest.mark.parametrize("option", ["--for", "--retain"])
def test_a_duration_that_is_none_is_said(smelt, plant: Path, option: str) -> None:
    result = smelt("ingest", "--plant", plant, option, "soon")
    assert result.exit_code == 2 and f"smelt: {option} 'soon': expected a number above 0 with a unit" in result.stderr


@pytest.mark.system
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("command", [("ingest",), ("run", "--follow")])
def test_a_signal_finishes_the_batch(plant: Path, number: int, command: tuple[str, ...]) -> None:
    land(plant, [(name_of(3), packed(hour_of_work(3), 10_000, START + 4 * HOUR))])
    words = [sys.executable, "-m", "smelt", *command, "--plant", str(plant)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = [process.stderr.readline()]
        process.send_signal(number)
        out, err = process.communicate()
    assert process.returncode == 0, err
    assert f"observations  {sum(len(hour_of_work(h)) for h in range(4)):,}" in out
    assert err.splitlines()[-1] == (
        f"smelt: {signal.Signals(number).name}: stopped after the batch; what was read is committed."
    )
    assert said[0]
