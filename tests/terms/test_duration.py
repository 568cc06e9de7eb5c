"""Durations as people write them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.terms.duration import duration
from smelt.terms.errors import InputError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("500ms", timedelta(milliseconds=500)),
        ("90s", timedelta(seconds=90)),
        ("90", timedelta(seconds=90)),
        ("0.5", timedelta(milliseconds=500)),
        ("20m", timedelta(minutes=20)),
        ("2h", timedelta(hours=2)),
        ("30d", timedelta(days=30)),
        (" 0.5h ", timedelta(minutes=30)),
    ],
)
def test_a_number_with_a_unit(text: str, expected: timedelta) -> None:
    assert duration(text, "--for") == expected


@pytest.mark.parametrize(
    "text",
    ["", "0", "m", "20 m", "5 ms", "0s", "-1h", "1w", "1h30m", "nan s", "1e3s", "999999999999d", "9" * 400 + "s"],
)
def test_anything_else_is_said(text: str) -> None:
    with pytest.raises(InputError, match=r"--for '.*': expected a number above 0 with a unit"):
        duration(text, "--for")


def test_where_a_bare_number_would_be_a_risk_it_needs_a_unit() -> None:
    assert duration("30d", "--retain", needs_unit=True) == timedelta(days=30)
    with pytest.raises(InputError, match=r"--retain '30': expected a number above 0 with a unit, such as"):
        duration("30", "--retain", needs_unit=True)


@given(st.integers(1, 10_000), st.sampled_from([("ms", 0.001), ("s", 1.0), ("", 1.0), ("m", 60.0), ("h", 3600.0)]))
def test_units_are_their_seconds(number: int, unit: tuple[str, float]) -> None:
    assert duration(f"{number}{unit[0]}", "--for").total_seconds() == pytest.approx(number * unit[1])
