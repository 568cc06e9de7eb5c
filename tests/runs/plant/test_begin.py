"""Beginning a plant: from a probe, once; or simulated, with everything that a run wants."""

from pathlib import Path

import pytest
from tests.plants import clock, probe_xml, snapshot

from smelt.lake.reader import LakeReader
from smelt.runs.plant.begin import begin, simulate_plant
from smelt.runs.plant.config import read_plant
from smelt.runs.probe import current_items
from smelt.runs.run import Request, check
from smelt.terms.errors import InputError


@pytest.fixture
def probe(tmp_path: Path) -> str:
    (tmp_path / "probe.xml").write_text(probe_xml())
    return str(tmp_path / "probe.xml")


def test_a_probe_makes_a_plant_with_its_data_items(tmp_path: Path, probe: str) -> None:
    root = tmp_path / "new"
    proposed = begin(root, probe, clock)
    assert {d.name: d.uuid for d in proposed.devices} == {"DRILL": "drill-uuid", "MILL": "mill-uuid"}
    assert proposed.mappings == {"machine": 4}
    assert (root / "mappings/machine.toml").is_file()
    assert current_items(LakeReader(str(root / "lake"))).height == 10
    folder = read_plant(root, {}, {})
    assert folder.plant.source.probe == probe and folder.plant.source.landing is None


def test_a_relative_probe_is_remembered_by_its_absolute_path(
    tmp_path: Path, probe: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    begin(tmp_path / "new", "probe.xml", clock)
    assert read_plant(tmp_path / "new", {}, {}).plant.source.probe == probe


def test_a_plant_is_not_begun_twice(tmp_path: Path, probe: str) -> None:
    begin(tmp_path / "new", probe, clock)
    before = snapshot(tmp_path)
    with pytest.raises(InputError, match=r"is a plant already .*nothing was written"):
        begin(tmp_path / "new", probe, clock)
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize(
    ("given", "text"), [(None, "expected --agent URL, or --probe FILE"), ("no.xml", "is not there")]
)
def test_without_a_probe_nothing_is_written(tmp_path: Path, given: str | None, text: str) -> None:
    with pytest.raises(InputError, match=text):
        begin(tmp_path / "new", given, clock)
    assert snapshot(tmp_path) == {}


@pytest.mark.system
def test_a_simulated_plant_can_be_run(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    made = simulate_plant(tmp_path / "plant", 1, 1, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (1, 1)
    assert made.observations > 0 and (made.end - made.start).days == 1
    landed = [p for p in (tmp_path / "plant/landing").rglob("*") if p.is_file()]
    assert made.size_bytes == sum(p.stat().st_size for p in landed)
    checked = check(Request(tmp_path / "plant", {}))
    assert checked.documents is not None and len(checked.documents.files()) > 0
    assert checked.probe is not None
    assert {d.uuid for d in checked.folder.plant.devices} <= {d.uuid for d in checked.probe.devices}
    assert len(checked.folder.plant.devices) == made.devices
    with pytest.raises(InputError):
        simulate_plant(tmp_path / "plant", 1, 1, lambda done, total: None)
