"""Mapping files on request: only what is missing is written, only what is there is shown."""

from pathlib import Path

import pytest
from tests.plants import TWO_CLASSES, clock, make_plant, probe_xml, snapshot

from smelt.runs.plant.begin import begin
from smelt.runs.plant.config import PlantFolder, read_plant
from smelt.runs.plant.mapping_files import propose_missing, show
from smelt.silver.mapping import load_mapping
from smelt.terms.errors import InputError


@pytest.fixture
def folder(tmp_path: Path) -> PlantFolder:
    """A plant of two classes of which one has a mapping."""
    (tmp_path / "probe.xml").write_text(probe_xml())
    begin(tmp_path / "plant", str(tmp_path / "probe.xml"), clock)
    (tmp_path / "plant/plant.toml").write_text(TWO_CLASSES)
    return read_plant(tmp_path / "plant", {}, {})


def test_what_is_missing_is_proposed_and_the_rest_is_left_alone(folder: PlantFolder) -> None:
    mine = folder.root / "mappings/machine.toml"
    mine.write_text(mine.read_text() + "# mine\n")
    assert list(propose_missing(folder, None)) == [
        "mappings/mills.toml: 4 columns proposed",
        "mappings/machine.toml is there; move it away to have it proposed anew",
    ]
    assert mine.read_text().endswith("# mine\n")
    assert (folder.root / "mappings/mills.toml").is_file()


def test_one_class_alone(folder: PlantFolder) -> None:
    (folder.root / "mappings/machine.toml").unlink()
    assert list(propose_missing(folder, "mills")) == ["mappings/mills.toml: 4 columns proposed"]
    assert not (folder.root / "mappings/machine.toml").exists()


def test_what_is_shown_reads_back_the_same(folder: PlantFolder) -> None:
    (text,) = show(folder, "machine")
    head, _, body = text.partition("\n")
    file = folder.root / "mappings/machine.toml"
    assert head == "# machine"
    assert load_mapping(body, "machine", "shown") == load_mapping(file.read_text(), "machine", str(file))


def test_a_class_without_a_file_cannot_be_shown(folder: PlantFolder) -> None:
    with pytest.raises(InputError, match="class 'mills' has no mapping"):
        list(show(folder, "mills"))


@pytest.mark.parametrize("action", [propose_missing, show])
def test_an_unknown_class_is_refused(folder: PlantFolder, action) -> None:
    before = snapshot(folder.root)
    with pytest.raises(InputError, match="no class 'lathes'; the plant has machine, mills"):
        list(action(folder, "lathes"))
    assert snapshot(folder.root) == before


def test_without_data_items_there_is_nothing_to_propose(tmp_path: Path) -> None:
    root = make_plant(tmp_path / "plant", 0)
    with pytest.raises(InputError, match="no data items; run 'smelt init"):
        list(propose_missing(read_plant(root, {}, {}), None))
    assert not (root / "mappings").exists()
