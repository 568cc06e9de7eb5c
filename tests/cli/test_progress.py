"""Progress: without a terminal one line for each stage that ended, and bars on one."""

import io
import sys

import pytest

from smelt.cli.progress import WORDS, Bars, DayBar
from smelt.runs.coverage import Coverage
from smelt.runs.episodes import Episodes
from smelt.runs.gold import Gold
from smelt.runs.ingest.stage import Ingest
from smelt.runs.score import Scores
from smelt.runs.silver import Silver
from smelt.runs.train import Train
from smelt.terms.work import Finished

DONE = Finished("silver", 1, 4, 12_345, 2, 8_000, 0, 1.25)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_every_stage_has_words() -> None:
    assert set(WORDS) == {s.name for s in (Ingest, Coverage, Silver, Gold, Train, Scores, Episodes)}


def test_without_a_terminal_a_line_for_each_stage(capsys: pytest.CaptureFixture[str]) -> None:
    with Bars() as bars:
        for stage in ("ingest", "silver"):
            bars.begin(stage, 4)
            for _ in range(4):
                bars.advance(stage, 1, 100)
        bars.end(DONE)
        bars.end(Finished("unheard", 0, 0, 0, 0, 0, 0, 0.0))
    printed = capsys.readouterr()
    assert printed.out == ""
    lines = [line for line in printed.err.splitlines() if line.strip()]
    assert [line.split() for line in lines] == [
        ["copper", "→", "silver", "4", "tasks", "12,345", "rows", "1.2", "s"],
        ["unheard", "0", "tasks", "0", "rows", "0.0", "s"],
    ]


def test_on_a_terminal_a_bar_that_ends_full(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with Bars() as bars:
        bars.begin("silver", 9)  # more than there are in the end: units that share a file are one task
        bars.advance("silver", 1, 345)
        bars.end(DONE)
    text = terminal.getvalue()
    assert "copper → silver" in text and "4/4" in text and "12,345 rows" in text
    assert " tasks " not in text


def test_in_a_run_that_goes_on_stages_without_work_leave_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    with Bars(is_following=True) as bars:
        for done in (Finished("ingest", 0, 0, 0, 0, 0, 0, 0.1), DONE, Finished("gold", 0, 0, 0, 0, 0, 0, 0.1)):
            bars.begin(done.stage, done.tasks)
            bars.end(done)
    lines = [line for line in capsys.readouterr().err.splitlines() if line.strip()]
    assert len(lines) == 1 and "copper → silver" in lines[0]


def test_in_a_run_that_goes_on_trouble_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    with Bars(is_following=True) as bars:
        bars.trouble("[b]the store is away.")
        bars.trouble("[b]the store is away.")
        bars.begin("ingest", 0)
        bars.trouble("[b]the store is away.")
    assert [x for x in capsys.readouterr().err.splitlines() if x.strip()] == ["smelt: [b]the store is away."] * 2


def test_on_a_terminal_lines_stand_above_the_bars(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with Bars(is_following=True) as bars:
        bars.begin("silver", 4)
        bars.end(DONE)
        bars.trouble("[b]the store is away.")
    assert " tasks " in terminal.getvalue() and "[b]the store is away." in terminal.getvalue()


def test_the_days_of_a_simulation(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with DayBar(3) as bar:
        bar.at(1, 3)
    assert capsys.readouterr().err.strip() == ""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with DayBar(3) as bar:
        bar.at(3, 3)
    assert "simulate" in terminal.getvalue() and "3/3" in terminal.getvalue()
