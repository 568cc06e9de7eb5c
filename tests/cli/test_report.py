"""The report of a run: text for people, one line of JSON, and a dry run's counts."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.plants import START

from smelt.cli.report import show_report
from smelt.lake.reader import LakeReader
from smelt.runs import summary
from smelt.runs.plant.config import read_plant
from smelt.runs.plant.init import Proposed
from smelt.runs.run import Report
from smelt.terms.work import Finished

Printed = pytest.CaptureFixture[str]
STAGES = (Finished("ingest", 1, 3, 732, 1, 9_000, 0, 0.5), Finished("silver", 1, 2, 366, 2, 8_000, 0, 0.25))


@pytest.fixture
def report(done: Path) -> Report:
    folder = read_plant(done, {}, {})
    return Report(folder, Proposed((), {"machine": 4}), STAGES, LakeReader(folder.lake_uri))


def test_json_has_stages_what_was_proposed_and_a_summary(report: Report, capsys: Printed) -> None:
    show_report(report, as_json=True)
    text = capsys.readouterr().out
    assert text.count("\n") == 1
    found = json.loads(text)
    assert [s["stage"] for s in found["stages"]] == ["ingest", "silver"]
    assert found["stages"][0] == {
        "stage": "ingest", "plans": 1, "tasks": 3, "rows_written": 732, "files_written": 1,
        "bytes_written": 9_000, "rejects": 0, "seconds": 0.5,
    }  # fmt: skip
    assert found["proposed"] == {"devices": [], "mappings": {"machine": 4}}
    assert (found["summary"]["devices"], found["summary"]["models"]) == (2, 0)


def test_text_says_what_was_proposed_and_found(report: Report, capsys: Printed) -> None:
    show_report(report, as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"proposed {report.folder.root}/mappings/machine.toml: 4 columns; " + (
        "read it through, it decides what silver holds"
    )
    words = {line.split()[0]: line.split(maxsplit=1)[1] for line in lines[1:] if line.strip()}
    assert words["devices"] == "2 in 1 classes (machine)"
    assert words["observations"].replace(",", "").isdigit()
    assert words["models"] == "0"
    assert words["scored"] == "0 minutes, 0 episodes"
    assert words["lake"].startswith(str(report.folder.root / "lake"))
    assert "top signals" not in "".join(lines)


def test_a_new_folder_has_no_classes_to_name(report: Report, capsys: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = replace(summary.summarize(report.folder, report.reader), devices=0, classes=())
    monkeypatch.setattr("smelt.cli.report.summarize", lambda *_: empty)
    show_report(report, as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert "devices       0" in lines and "classes" not in "".join(lines)


def test_text_lists_episodes_and_what_needs_a_look(
    report: Report, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = summary.EpisodeLine("MILL", START, START + timedelta(hours=1), 91.3, ("load", "speed"))
    found = summary.summarize(report.folder, report.reader)
    found = replace(found, episodes=1, top_episodes=(line,), quarantined=2, models=3, provisional_models=1)
    monkeypatch.setattr("smelt.cli.report.summarize", lambda *_: found)
    show_report(report, as_json=False)
    text = capsys.readouterr().out
    assert ", 2 quarantined" in text and "3, 1 of them provisional" in text
    row = next(part for part in text.splitlines() if "MILL" in part)
    assert row.split("  ") and [c.strip() for c in row.split("  ") if c.strip()] == [
        "MILL", "2020-01-01 00:00", "2020-01-01 01:00", "91.3", "load, speed",
    ]  # fmt: skip


def test_a_dry_run_says_what_would_run_and_nothing_else(report: Report, capsys: Printed) -> None:
    show_report(replace(report, is_dry=True), as_json=False)
    assert capsys.readouterr().out == (
        "ingest: 3 tasks would run\nsilver: 2 tasks would run\nWhat these change, later stages would redo as well.\n"
    )
