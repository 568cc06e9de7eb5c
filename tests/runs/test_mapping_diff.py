"""Drift between probes, data and mapping files: what needs a hand, and what the files already follow."""

import gzip
from datetime import timedelta
from pathlib import Path

import pytest
from tests.plants import NOW, START, TWO_CLASSES, clock, edit_mapping, land, make_plant, name_of, packed, probe_xml
from tests.plants import Said as S

from smelt.lake.reader import LakeReader
from smelt.runs.doctor import examine
from smelt.runs.mapping_diff import Drift, mapping_drift, needing_work
from smelt.runs.plant.begin import begin
from smelt.runs.plant.config import read_plant
from smelt.runs.plant.mapping_files import propose_missing
from smelt.runs.run import Request, run
from smelt.terms.errors import InputError

pytestmark = pytest.mark.system  # makes a lake


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two classes with proposed mappings; nothing landed yet."""
    (tmp_path / "plant/raw").mkdir(parents=True)
    (tmp_path / "plant/probe.xml").write_text(probe_xml())
    begin(tmp_path / "plant", str(tmp_path / "plant/probe.xml"), clock)
    (tmp_path / "plant/plant.toml").write_text(TWO_CLASSES)
    list(propose_missing(read_plant(tmp_path / "plant", {}, {}), None))
    return tmp_path / "plant"


def drift(root: Path, probe: str | None = None, class_name: str | None = None) -> tuple[Drift, ...]:
    if probe is not None:
        (root / "newer.xml").write_text(probe)
    newer = str(root / "newer.xml") if probe is not None else None
    return mapping_drift(read_plant(root, {}, {}), LakeReader(str(root / "lake")), class_name, newer, NOW)


def told(found: tuple[Drift, ...]) -> list[tuple[str, str, str]]:
    return [(d.device, d.item, d.kind) for d in found]


def test_a_plant_as_proposed_has_no_drift(root: Path) -> None:
    assert drift(root) == drift(root, probe_xml()) == ()


def test_an_item_that_vanished_is_still_mapped(root: Path) -> None:
    item = '<DataItem id="mill_load" name="load" category="SAMPLE" type="LOAD" units="PERCENT"/>'
    assert item in probe_xml()
    (found,) = drift(root, probe_xml().replace(item, ""))
    assert (found.device, found.item, found.kind, found.at) == ("MILL", "mill_load", "vanished", NOW)
    assert "mappings/mills.toml maps 'load'" in found.todo


def test_other_units(root: Path) -> None:
    newer = probe_xml().replace('units="REVOLUTION/MINUTE"', 'units="DEGREE/SECOND"')
    found = drift(root, newer, "mills")
    assert told(found) == [("MILL", "mill_speed", "units")]
    assert (found[0].before, found[0].after) == ("REVOLUTION/MINUTE", "DEGREE/SECOND")
    assert "values are converted" in found[0].todo
    edit_mapping(root, "mills", "REVOLUTION/MINUTE", "DEGREE/SECOND")
    assert needing_work(drift(root, newer, "mills")) == ()
    impossible = drift(root, probe_xml().replace('units="REVOLUTION/MINUTE"', 'units="CELSIUS"'), "mills")
    assert "cannot be made of CELSIUS" in impossible[0].todo


def test_units_of_one_device_that_do_not_become_the_columns(root: Path) -> None:
    (root / "plant.toml").write_text(TWO_CLASSES.replace('"mills"', '"machine"'))
    edit_mapping(root, "machine", 'unit = "PERCENT"', 'unit = "NEWTON"')
    found = [d for d in needing_work(drift(root)) if d.kind == "unconverted"]
    assert {(d.device, d.item, d.after) for d in found} == {
        ("MILL", "mill_load", "PERCENT"), ("DRILL", "drill_load", "PERCENT")
    }  # fmt: skip
    assert "PERCENT cannot be made NEWTON: its values are null" in found[0].todo


def test_native_units_are_told_of_and_need_nothing(root: Path) -> None:
    (first, _) = drift(root, probe_xml().replace('units="PERCENT"', 'units="PERCENT" nativeUnits="KILO"'))
    assert (first.kind, first.todo) == ("units", "")


def test_a_new_item_and_one_under_another_name(root: Path) -> None:
    torque = '<DataItem id="mill_torque" name="torque" category="SAMPLE" type="TORQUE" units="NEWTON_METER"/>'
    newer = probe_xml().replace(
        '<DataItem id="mill_load" name="load"', f'{torque}<DataItem id="mill_load" name="force"'
    )
    found = [d for d in drift(root, newer) if d.device == "MILL"]
    assert sorted(told(tuple(found))) == [("MILL", "mill_load", "renamed"), ("MILL", "mill_torque", "new")]
    by_kind = {d.kind: d.todo for d in found}
    assert "names the old one: write 'force'" in by_kind["renamed"] and "has no line" in by_kind["new"]


def test_another_category(root: Path) -> None:
    newer = probe_xml().replace('name="mode" category="EVENT"', 'name="mode" category="SAMPLE"')
    kinds = {d.kind: d.todo for d in drift(root, newer, "mills")}
    assert "under EVENT: move the line to SAMPLE" in kinds["category"]


def test_what_is_said_without_a_probe_and_what_is_mapped_nowhere(root: Path) -> None:
    edit_mapping(root, "mills", '"mode" = {column = "mode", dtype = "string", fill = "hold"}', "")
    said = [S("mill-uuid", "load", START, 1.0), S("mill-uuid", "mode", START + timedelta(seconds=1), "AUTOMATIC")]
    document = packed(said, 1, START + timedelta(minutes=1))
    body = gzip.decompress(document).replace(b'"mill_load"', b'"mill_extra"')
    land(root, [(name_of(0), gzip.compress(body))])
    run(Request(root, {}, parts=("ingest",)), clock)
    found = drift(root, class_name="mills")
    assert told(found) == [("MILL", "mill_extra", "undeclared"), ("MILL", "mill_mode", "unmapped")]
    assert all(d.todo for d in found)


def test_a_machine_that_changes_its_model_stops_nothing(root: Path) -> None:
    said = [S("mill-uuid", "load", START, 1.0), S("mill-uuid", "mode", START + timedelta(seconds=1), "AUTOMATIC")]
    land(root, [(name_of(0), packed(said, 1, START + timedelta(minutes=1)))])
    run(Request(root, {}, parts=("ingest", "stages")), clock)
    newer = probe_xml().replace('id="mill_load" name="load"', 'id="mill_l" name="lode"')
    (root / "probe.xml").write_text(newer.replace('id="mill_mode" name="mode"', 'id="mill_m" name="mode"'))
    run(Request(root, {"source.probe": str(root / "probe.xml")}, parts=("ingest", "stages")), clock)
    found = drift(root, class_name="mills")
    assert {(d.item, d.kind) for d in needing_work(found)} == {("mill_load", "vanished"), ("mill_l", "new")}
    assert ("MILL", "mill_m", "renamed") in told(found)


def test_a_device_under_another_uuid_is_told_of_once(root: Path) -> None:
    newer = probe_xml().replace("mill-uuid", "mill-2")
    (found,) = drift(root, newer)
    assert (found.class_name, found.device, found.item, found.kind) == ("mills", "MILL", "", "device renamed")
    assert (found.before, found.at) == ("uuid mill-uuid", NOW)
    assert found.after == "uuid mill-2 (name MILL, 5 of 5 items the same)"
    assert "write uuid = 'mill-2'" in found.todo and "a model of its own" in found.todo
    assert needing_work(drift(root, newer, "machine")) == ()


def test_a_device_that_was_renamed_in_a_stored_probe(root: Path) -> None:
    (root / "probe.xml").write_text(probe_xml().replace("mill-uuid", "mill-2").replace('id="mill_load"', 'id="l2"'))
    run(Request(root, {"source.probe": str(root / "probe.xml")}, parts=("ingest",)), clock)
    (found,) = needing_work(drift(root))
    assert (found.kind, found.after) == ("device renamed", "uuid mill-2 (name MILL, 5 of 5 items the same)")
    (root / "plant.toml").write_text(TWO_CLASSES.replace("mill-uuid", "mill-2"))
    assert needing_work(drift(root)) == ()


def test_another_name_of_a_device_needs_nothing(root: Path) -> None:
    (found,) = drift(root, probe_xml().replace('name="MILL"', 'name="FOG1"'))
    assert (found.kind, found.item, found.todo) == ("device renamed", "", "")
    assert (found.before, found.after) == ("name MILL", "name FOG1 (5 of 5 items the same)")


def test_what_logs_say_in_units_that_nobody_can_convert(root: Path) -> None:
    (root / "probe.xml").write_text(probe_xml().replace('units="PERCENT"', 'units="PERCENT" nativeUnits="x:KILO"'))
    run(Request(root, {"source.probe": str(root / "probe.xml")}, parts=("ingest",)), clock)
    assert needing_work(drift(root, class_name="mills")) == ()  # an agent speaks in declared units
    (root / "logs/MILL").mkdir(parents=True)
    (root / "logs/MILL/MILL-2020.txt").write_text("2020-01-01T08:00:00Z|load|12|speed|900\n")
    run(Request(root, {"source.shdr": str(root / "logs/*/*")}, parts=("ingest",)), clock)
    (found,) = needing_work(drift(root, class_name="mills"))
    assert (found.device, found.item, found.kind, found.after) == ("MILL", "mill_load", "unconverted", "x:KILO")
    assert "x:KILO cannot be made PERCENT" in found.todo


@pytest.mark.parametrize("scale", ["0", "ten"])
def test_what_logs_say_with_a_native_scale_that_is_none(root: Path, scale: str) -> None:
    (root / "probe.xml").write_text(probe_xml().replace('units="PERCENT"', f'units="PERCENT" nativeScale="{scale}"'))
    (root / "logs/MILL").mkdir(parents=True)
    (root / "logs/MILL/MILL-2020.txt").write_text("2020-01-01T08:00:00Z|load|12|speed|900\n")
    settings = {"source.shdr": str(root / "logs/*/*"), "source.probe": str(root / "probe.xml")}
    run(Request(root, settings, parts=("ingest", "stages")), clock)
    found = {(d.item, d.kind, d.after): d.todo for d in drift(root, class_name="mills")}
    assert ("mill_load", "units", "PERCENT, nativeScale is no divisor") in found
    assert "what logs say of it is null" in found["mill_load", "unconverted", "nativeScale is no divisor"]
    folder = read_plant(root, {}, {})
    silver = LakeReader(str(root / "lake")).scan("silver/mills").collect()
    assert silver["load"].null_count() == silver.height and silver["speed"].drop_nulls().to_list() == [900.0]
    (units,) = [check for check in examine(folder, 0) if check.name == "units"]
    assert not units.is_well and units.seen.endswith("MILL mill_load")


def test_a_line_for_nothing_at_all(root: Path) -> None:
    edit_mapping(root, "mills", '"mode"', '"mod3"')
    found = drift(root, class_name="mills")
    assert ("every device", "mod3", "vanished") in told(found)


def test_what_cannot_be_compared(root: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no class 'lathes'; the plant has machine, mills"):
        drift(root, class_name="lathes")
    (root / "mappings/mills.toml").unlink()
    with pytest.raises(InputError, match="class 'mills' has no mapping"):
        drift(root)
    empty = make_plant(tmp_path / "empty", 0)
    with pytest.raises(InputError, match="no data items"):
        drift(empty)
