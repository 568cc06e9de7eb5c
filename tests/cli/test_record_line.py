"""What the live line of a recording says."""

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from smelt.cli.record_line import RecordLine, line, summary, troubles
from smelt.ingest.recorder import Gap
from smelt.ingest.recorder_state import RecorderState, SourceState

MILL = SourceState("mill", "http://mill", 5, 10, 2_000_000, 4_000, lateness_s=0.42)
DRILL = SourceState("drill", "http://drill", error="http://drill: no answer")
STATE = RecorderState("shop", "p", 0, 60_000_000, "raw", 3, 1_500_000, sources=(MILL, DRILL))


def test_the_line() -> None:
    assert line(STATE, 66.7) == "1/2 sources · 10 parts · 4,000 observations (67/s) · late 0.4 s · lost 0 · 3 files"
    full = replace(STATE, spooled_files=2, spooled_bytes=1_500_000, error="landing zone s3://x: away")
    assert line(full, 0).endswith("3 files · spool 1.5 MB")
    silence = replace(MILL, lost=9).with_gap(Gap("lost", 1, None, "nobody listened"))
    assert " · lost 9 + ? · " in line(replace(STATE, sources=(silence, DRILL)), 0)
    assert troubles(full) == ["  landing zone s3://x: away", "  drill: http://drill: no answer"]


def test_many_troubles_are_counted() -> None:
    many = replace(STATE, sources=tuple(replace(DRILL, name=f"d{n}") for n in range(9)))
    assert len(troubles(many)) == 6 and troubles(many)[-1] == "  and 4 more sources"


def test_the_summary_names_what_was_lost() -> None:
    lost = replace(MILL, lost=9).with_gap(Gap("lost", 1, 9, "gap on agent 'mill': 9 observations lost"))
    assert summary(replace(STATE, sources=(lost,))).splitlines() == [
        "1/1 sources · 10 parts · 4,000 observations (67/s) · late 0.4 s · lost 18 · 3 files, 1.5 MB in raw",
        "  gap on agent 'mill': 9 observations lost",
    ]


def test_without_a_terminal_a_line_is_printed_when_something_changed(capsys: pytest.CaptureFixture[str]) -> None:
    with RecordLine(Console(file=StringIO())) as shown:
        for second in range(40):
            shown.show(replace(STATE, written_at_us=60_000_000 + second * 1_000_000))
        shown.show(replace(STATE, written_at_us=100_500_000, error="away"))
    lines = [text for text in capsys.readouterr().err.splitlines() if text.startswith("1/2")]
    assert len(lines) == 3


def test_on_a_terminal_the_line_changes_in_place() -> None:
    screen = StringIO()
    with RecordLine(Console(file=screen, force_terminal=True, width=150)) as shown:
        shown.show(STATE)
        shown.show(replace(STATE, written_at_us=61_000_000, sources=(replace(MILL, observations=4_500), DRILL)))
        shown._live.refresh()  # type: ignore[union-attr]
    assert "4,500 observations (500/s)" in screen.getvalue()
