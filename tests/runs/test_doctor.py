"""The doctor's checks: what is well, what is not and how to mend it."""

import socket
from pathlib import Path

import pytest
from tests.plants import make_plant, snapshot

from smelt.runs.doctor import Check, examine
from smelt.runs.plant.config import read_plant


@pytest.fixture
def port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def checks(root: Path | None, port: int) -> dict[str, Check]:
    return {c.name: c for c in examine(read_plant(root, {}, {}) if root else None, port)}


def test_a_new_plant(tmp_path: Path, port: int) -> None:
    root = make_plant(tmp_path / "plant", 1)
    before = snapshot(root)
    found = checks(root, port)
    assert list(found)[:3] == ["python", "disk", "port"]
    assert found["python"].is_well and found["port"].is_well and found["plant"].is_well
    assert found["plant"].seen == f"2 devices in {root}"
    assert "not begun yet" in found["lake"].seen
    assert snapshot(root) == before


def test_no_plant_is_said(port: int) -> None:
    found = checks(None, port)
    assert not found["plant"].is_well and "smelt init" in found["plant"].mend
    assert "lake" not in found


def test_a_port_that_is_taken(port: int) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        assert not checks(None, port)["port"].is_well


def test_a_newer_lake_is_not_well(tmp_path: Path, port: int) -> None:
    root = make_plant(tmp_path / "plant", 0)
    (root / "lake").mkdir()
    (root / "lake/lake.json").write_text('{"format": 99}')
    found = checks(root, port)
    assert not found["lake"].is_well and "format 99" in found["lake"].seen
