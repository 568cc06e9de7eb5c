"""Durations as people write them."""

from datetime import timedelta

import pytest

from smelt.terms.duration import duration
from smelt.terms.errors import InputError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", timedelta(seconds=90)),
        ("20m", timedelta(minutes=20)),
        ("2h", timedelta(hours=2)),
        ("30d", timedelta(days=30)),
        (" 0.5h ", timedelta(minutes=30)),
    ],
)
def test_a_number_with_a_unit(text: str, expected: timedelta) -> None:
    assert duration(text, "--for") == expected


@pytest.mark.parametrize(
    "text", ["", "20", "m", "0s", "-1h", "1w", "1h30m", "nan s", "1e3s", "999999999999d", "9" * 400 + "s"]
)
def test_anything_else_is_said(text: str) -> None:
    with pytest.raises(InputError, match=r"--for '.*': expected a number above 0 with a unit"):
        duration(text, "--for")
