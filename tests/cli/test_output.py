"""What is printed: one line of JSON that every reader takes, and tables in which no cell is cut or rendered."""

import json
import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from smelt.cli.output import in_bytes, iso, plain, say, say_json, table

NOON = datetime(2020, 1, 1, 12, 0, 0, 500, tzinfo=UTC)


@dataclass(frozen=True)
class Point:
    x: float
    at: datetime


Printed = pytest.CaptureFixture[str]


def test_json_is_one_line(capsys: Printed) -> None:
    say_json([{"p": Point(1.5, NOON)}, "a\nb", None])
    text = capsys.readouterr().out
    assert text.count("\n") == 1 and text.endswith("\n")
    assert json.loads(text) == [{"p": {"x": 1.5, "at": "2020-01-01T12:00:00.000500Z"}}, "a\nb", None]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_null(capsys: Printed, value: float) -> None:
    say_json({"x": value, "p": Point(value, NOON)})
    assert json.loads(capsys.readouterr().out) == {"x": None, "p": {"x": None, "at": "2020-01-01T12:00:00.000500Z"}}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (date(2020, 1, 2), "2020-01-02"),
        (NOON.replace(microsecond=0), "2020-01-01T12:00:00Z"),
        (b"\x00\xff", "00ff"),
        (Decimal(12), 12),
        (Decimal("1.25"), 1.25),
        (Decimal(1 << 70), float(1 << 70)),
        (timedelta(hours=1), "1:00:00"),
    ],
)
def test_other_kinds_become_text_or_numbers(capsys: Printed, value: object, expected: object) -> None:
    assert plain(value) == expected
    say_json(value)
    assert json.loads(capsys.readouterr().out) == expected


def test_iso_keeps_other_offsets() -> None:
    assert iso(NOON.astimezone(timezone(timedelta(hours=2)))) == "2020-01-01T14:00:00.000500+02:00"


def test_a_table_is_aligned_and_whole(capsys: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    wide = "x" * 300
    table(("name", "value"), [("[red]a[/red]", 1.25), (wide, None), (":smile:", NOON)])
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert lines[0].split() == ["name", "value"]
    column = lines[0].index("value")
    assert [line[column:] for line in lines[2:]] == ["1.25", "–", "2020-01-01T12:00:00.000500Z"]
    assert [line[:column].strip() for line in lines[2:]] == ["[red]a[/red]", wide, ":smile:"]


def test_a_table_without_rows_has_its_header(capsys: Printed) -> None:
    table(("a", "b"), [])
    assert capsys.readouterr().out.split()[:2] == ["a", "b"]


def test_say_is_a_line(capsys: Printed) -> None:
    say("[bold]as it is[/bold]")
    assert capsys.readouterr().out == "[bold]as it is[/bold]\n"


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (1.5e9, "1.5 GB"), (5e15, "5e+03 TB")],
)
def test_sizes(size: float, text: str) -> None:
    assert in_bytes(size) == text
