"""A plant's classes: each device by its own mapping, and fingerprints that change with what made them."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from tests.plants import DEVICES, START, TWO_CLASSES, clock, edit_mapping, probe_xml

from smelt.lake.reader import LakeReader
from smelt.runs.plant.begin import begin
from smelt.runs.plant.classes import Classes, classes_of_plan, read_classes
from smelt.runs.plant.config import PlantFolder, read_plant
from smelt.runs.plant.mapping_files import propose_missing
from smelt.runs.probe import current_items
from smelt.terms.errors import InputError

MILL, DRILL = "mill-uuid", "drill-uuid"


@pytest.fixture
def folder(tmp_path: Path) -> PlantFolder:
    """A plant of two classes that has a probe and mappings, and no observations."""
    (tmp_path / "probe.xml").write_text(probe_xml())
    root = tmp_path / "plant"
    begin(root, str(tmp_path / "probe.xml"), clock)
    (root / "plant.toml").write_text(TWO_CLASSES)
    found = read_plant(root, {}, {})
    list(propose_missing(found, None))
    return found


def items(folder: PlantFolder) -> pl.DataFrame:
    return current_items(LakeReader(folder.lake_uri))


def read(folder: PlantFolder) -> Classes:
    return read_classes(folder.root, folder.plant, items(folder))


def test_each_device_has_the_mapping_of_its_class(folder: PlantFolder) -> None:
    classes = read(folder)
    assert sorted(classes.mappings) == ["machine", "mills"]
    assert classes.of(MILL) is classes.mappings["mills"]
    assert classes.of(DRILL).class_name == "machine"
    assert classes.resolved(MILL).mapping == classes.of(MILL)
    assert classes.mapped == {
        (uuid, f"{name.lower()}_{item}")
        for uuid, name in DEVICES.items()
        for item in ("load", "speed", "mode", "system")
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('column = "load"', 'column = "spindle_load"'),
        ('unit = "PERCENT"', 'unit = "PERCENT", range = [0, 100]'),
        ("[SAMPLE]", "running = \"mode = 'AUTOMATIC'\"\n[SAMPLE]"),
    ],
)
def test_a_changed_mapping_changes_the_fingerprints_of_its_class_only(folder: PlantFolder, old: str, new: str) -> None:
    before = read(folder).fingerprints
    assert before == read(folder).fingerprints
    edit_mapping(folder.root, "mills", old, new)
    after = read(folder).fingerprints
    assert after[MILL] != before[MILL]
    assert after[DRILL] == before[DRILL]


def test_a_comment_changes_no_fingerprint(folder: PlantFolder) -> None:
    before = read(folder).fingerprints
    edit_mapping(folder.root, "mills", "[SAMPLE]", "# mine\n[SAMPLE]")
    assert read(folder).fingerprints == before


def test_other_units_of_an_item_change_its_devices_fingerprint(folder: PlantFolder) -> None:
    classes = read(folder)
    is_speed = pl.col("id") == "mill_speed"
    units = pl.when(is_speed).then(pl.lit("REVOLUTION/SECOND")).otherwise("units").alias("units")
    other = replace(classes, data_items=classes.data_items.with_columns(units)).fingerprints
    assert other[MILL] != classes.fingerprints[MILL]
    assert other[DRILL] == classes.fingerprints[DRILL]


def test_a_plan_keeps_the_mapping_that_it_recorded(folder: PlantFolder) -> None:
    then = read(folder)
    texts = then.texts()
    edit_mapping(folder.root, "mills", 'column = "load"', 'column = "spindle_load"')
    now = read(folder)
    found = classes_of_plan(texts, now, now.data_items, now.ended)
    assert now.of(MILL) != then.of(MILL)
    assert found.mappings == then.mappings
    assert found.fingerprints == then.fingerprints


def test_a_class_without_a_file_is_refused_or_left_out(folder: PlantFolder) -> None:
    (folder.root / "mappings/mills.toml").unlink()
    with pytest.raises(InputError, match=r"class 'mills' has no mapping: .*'smelt mapping propose --class mills'"):
        read(folder)
    found = read_classes(folder.root, folder.plant, items(folder), must_exist=False)
    assert list(found.mappings) == ["machine"]


def test_a_unit_that_fits_a_device_of_the_class_is_no_mistake_one_that_fits_none_is(folder: PlantFolder) -> None:
    (folder.root / "plant.toml").write_text(TWO_CLASSES.replace('"mills"', '"machine"'))
    shared = replace(folder, plant=read_plant(folder.root, {}, {}).plant)
    wrong = pl.when(pl.col("device_uuid") == MILL, pl.col("name") == "load").then(pl.lit("CELSIUS"))
    odd = items(folder).with_columns(units=wrong.otherwise("units"))
    feeds = read_classes(folder.root, shared.plant, odd).resolved(MILL).feeds
    assert [feed.column.item for feed in feeds if feed.declared is None] == ["load"]
    with pytest.raises(InputError, match="CELSIUS on MILL, and PERCENT cannot be made of it"):
        read_classes(folder.root, shared.plant, odd.filter(device_uuid=MILL))


def test_an_item_that_no_device_of_the_class_has_is_refused(folder: PlantFolder) -> None:
    edit_mapping(folder.root, "mills", '"load"  =', '"lode"  =')
    with pytest.raises(InputError, match=r"mills.toml.*'lode'.*did you mean 'load'"):
        read(folder)
    # what a probe declared once, and in units that were to be made, is no mistake of the mapping's
    once = items(folder).filter(name="load").with_columns(name=pl.lit("lode"), id=pl.lit("old"))
    now = items(folder).with_columns(units=pl.when(pl.col("name") == "speed").then(pl.lit("VOLT")).otherwise("units"))
    with pytest.raises(InputError, match=r"'speed' is in VOLT"):
        read_classes(folder.root, folder.plant, now, once)
    ended = pl.lit(START).cast(once.schema["valid_to"])
    both = pl.concat([once, items(folder).filter(name="speed").with_columns(valid_to=ended)])
    classes = read_classes(folder.root, folder.plant, now, both)
    assert classes.resolved(MILL).unconverted == ("mill_speed", "mill_speed")  # what logs said before, too
    # without data items there is nothing to check against
    assert read_classes(folder.root, folder.plant, items(folder).clear()).mappings
