"""smelt warm: everything compiled is used once, and says how long it took."""

import pytest

from smelt.cli import warm


@pytest.mark.system
def test_every_part_is_used_once(said) -> None:
    rows = said("warm")
    assert [row["part"] for row in rows] == ["JSON scanner", "log scanner", "rows of copper", "random cut forest"]
    assert all(row["seconds"] >= 0 for row in rows)


def test_what_is_ready_is_said_as_it_comes(monkeypatch, smelt) -> None:
    monkeypatch.setattr(warm, "_warm_all", lambda: iter([warm.Warmed("a part", 1.5)]))
    lines = smelt("warm").stdout.splitlines()
    assert lines == ["a part: ready after 1.5 s", "everything is compiled: 1.5 s, and next to nothing from now on"]
