"""The line of an ingest that goes on: counts, rate and lateness; what is in the way once each time."""

import io

import pytest
from rich.console import Console

from smelt.cli.ingest_line import IngestLine
from smelt.runs.stage import Outcome
from smelt.terms.work import Finished


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


def batch(rows: int, rejects: int = 0, files: int = 2, late: float | None = None) -> Outcome:
    return Outcome((), (), rows, rejects, files, late)


def plain(time: Time) -> IngestLine:
    return IngestLine(Console(file=io.StringIO()), time)


def test_a_line_for_each_batch_where_there_is_no_terminal(time: Time, capsys: pytest.CaptureFixture[str]) -> None:
    with plain(time) as line:
        line.begin("ingest", 1)
        time.now = 2.0
        line.committed("ingest", batch(1_000_000, 3, late=4.25))
        line.end(Finished("ingest", 1, 1, 1_000_000, 1, 1, 3, 2.0))
        time.now = 6.0
        line.committed("ingest", batch(200))
    assert capsys.readouterr().err.splitlines() == [
        "2 files · 1,000,000 observations (500,000/s) · late 4.2 s · rejects 3",
        "4 files · 1,000,200 observations (166,700/s) · late 4.2 s · rejects 3",
    ]


def test_the_rate_is_of_the_work_of_a_pass(time: Time) -> None:
    line = plain(time)
    line.begin("ingest", 1)
    time.now = 1.0
    line.committed("ingest", batch(5_000))
    assert "(5,000/s)" in line.text()
    time.now = 1_000.0
    line.begin("ingest", 2)
    time.now = 1_002.0
    line.committed("ingest", batch(10))
    time.now = 1_005.0
    line.committed("ingest", batch(90))
    assert "(20/s)" in line.text()


def test_other_stages_are_not_counted(time: Time, capsys: pytest.CaptureFixture[str]) -> None:
    plain(time).committed("silver", batch(7, files=0))
    assert capsys.readouterr().err == ""


def test_trouble_is_said_once_until_it_is_over(time: Time, capsys: pytest.CaptureFixture[str]) -> None:
    line = plain(time)
    for _ in range(3):
        line.trouble("the store is away.")
    line.trouble("the lease is held.")
    line.begin("ingest", 0)
    line.trouble("the lease is held.")
    assert capsys.readouterr().err.splitlines() == [
        "smelt: the store is away.", "smelt: the lease is held.", "smelt: the lease is held."
    ]  # fmt: skip


def test_on_a_terminal_one_line_that_changes(time: Time) -> None:
    said = io.StringIO()
    console = Console(file=said, force_terminal=True, width=100)
    with IngestLine(console, time) as line:
        time.now = 1.0
        line.committed("ingest", batch(5))
        line.committed("ingest", batch(6))
        line.trouble("[red]the store is away.")
    assert "4 files · 11 observations (11/s) · rejects 0" in said.getvalue()
    assert "  [red]the store is away." in said.getvalue()
