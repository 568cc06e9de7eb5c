"""A new plant: devices and mappings proposed, files of people left alone."""

from pathlib import Path

import pytest
from tests.plants import clock, hourly, land, probe_xml, results_of

from smelt.runs.plant.begin import begin
from smelt.runs.plant.config import read_plant
from smelt.runs.plant.mapping_files import propose_missing, show
from smelt.runs.run import Request, run
from smelt.terms.errors import InputError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "probe.xml").write_text(probe_xml())
    return tmp_path / "new"


def test_init_proposes_devices_and_a_mapping(root: Path) -> None:
    proposed = begin(root, str(root.parent / "probe.xml"), clock)
    assert [d.name for d in proposed.devices] == ["DRILL", "MILL"]
    assert proposed.mappings == {"machine": 4}
    plant = read_plant(root, {}, {}).plant
    assert plant.devices == proposed.devices
    assert plant.source.probe == str(root.parent / "probe.xml")
    with pytest.raises(InputError, match="is a plant already"):
        begin(root, str(root.parent / "probe.xml"), clock)


def test_a_run_on_an_empty_folder_begins_the_plant(root: Path) -> None:
    root.mkdir()
    land(root.parent, hourly(1))
    flags = {"source.landing": str(root.parent / "raw"), "source.probe": str(root.parent / "probe.xml")}
    report = run(Request(root, flags), clock)
    assert report.proposed.mappings == {"machine": 4}
    assert len(report.proposed.devices) == 2
    assert results_of(root)["gold/machine_minutes"].height == 120


def test_classes_come_from_static_data(root: Path) -> None:
    root.mkdir()
    head = "device_uuid,name,class_name,manufacturer,model,commissioned,site,criticality"
    (root / "static.csv").write_text(f"{head}\nmill-uuid,MILL,mills,,,,,\n")
    proposed = begin(root, str(root.parent / "probe.xml"), clock)
    assert {d.name: d.class_name for d in proposed.devices} == {"MILL": "mills", "DRILL": "machine"}
    assert sorted(proposed.mappings) == ["machine", "mills"]


def test_only_missing_mappings_are_written(root: Path) -> None:
    begin(root, str(root.parent / "probe.xml"), clock)
    path = root / "mappings/machine.toml"
    path.write_text(path.read_text() + "# mine\n")
    (said,) = propose_missing(read_plant(root, {}, {}), None)
    assert "is there; move it away" in said
    assert path.read_text().endswith("# mine\n")
    path.unlink()
    assert list(propose_missing(read_plant(root, {}, {}), "machine")) == ["mappings/machine.toml: 4 columns proposed"]
    (text,) = show(read_plant(root, {}, {}), None)
    assert text.startswith("# machine\n") and '"load"' in text


def test_init_without_a_probe_writes_nothing(root: Path) -> None:
    for probe in (None, str(root / "no.xml")):
        with pytest.raises(InputError):
            begin(root, probe, clock)
    assert not root.exists()
