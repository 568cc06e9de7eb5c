"""smelt warm: everything compiled is used once, and says how long it took."""

import re

import pytest

from smelt.cli import warm
from smelt.runs.warm import PARTS


@pytest.mark.system
def test_every_part_is_used_once(said) -> None:
    rows = said("warm")
    assert {row["part"] for row in rows} == set(PARTS)
    assert all(row["seconds"] >= 0 for row in rows)


def test_what_is_ready_is_said_as_it_comes(monkeypatch, smelt) -> None:
    monkeypatch.setattr(warm, "_warm_all", lambda: iter([warm.Warmed("a part", 1.5)]))
    lines = smelt("warm").stdout.splitlines()
    assert lines[0] == "a part: ready after 1.5 s"
    assert re.fullmatch(r"everything is compiled after \d+\.\d s, and loaded in a moment from now on", lines[1])
