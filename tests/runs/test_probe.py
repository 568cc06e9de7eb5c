"""The probe's data items: valid as long as they are declared so."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.plants import DEVICES, ITEMS, NOW, clock, probe_xml

from smelt.lake.location import Location
from smelt.lake.reader import LakeReader
from smelt.mtconnect.probe.decode import parse_probe
from smelt.runs.driver import Driver
from smelt.runs.plant.config import PlantFolder
from smelt.runs.probe import current_items, probed_devices, read_probe, store_probe
from smelt.terms.errors import InputError
from smelt.terms.plant import Plant
from smelt.terms.tables import DATA_ITEMS

OTHER = probe_xml().replace("REVOLUTION/MINUTE", "REVOLUTION/SECOND").replace('name="mode"', 'name="modus"', 1)


@pytest.fixture
def driver(tmp_path: Path) -> Driver:
    return Driver(PlantFolder(tmp_path, Plant()), Location.of(tmp_path / "lake"), clock)


def test_the_first_probe_is_valid_always(driver: Driver) -> None:
    assert store_probe(driver, parse_probe(probe_xml().encode()))
    items = current_items(driver.reader)
    assert items.height == len(DEVICES) * len(ITEMS)
    assert items["valid_from"].null_count() == items.height
    assert {d.name for d in probed_devices(driver.reader)} == set(DEVICES.values())


def test_the_same_again_changes_nothing(driver: Driver) -> None:
    probe = parse_probe(probe_xml().encode())
    store_probe(driver, probe)
    version = driver.reader.version(DATA_ITEMS.name)
    assert not store_probe(driver, probe)
    assert driver.reader.version(DATA_ITEMS.name) == version


def test_another_definition_ends_the_old_one(driver: Driver) -> None:
    store_probe(driver, parse_probe(probe_xml().encode()))
    assert store_probe(driver, parse_probe(OTHER.encode()))
    everything = driver.reader.scan(DATA_ITEMS.name).collect()
    assert everything.height == 13
    ended = everything.filter(everything["valid_to"].is_not_null())
    assert sorted(ended["id"]) == ["drill_speed", "mill_mode", "mill_speed"]
    assert set(ended["valid_to"]) == {NOW}
    now = current_items(driver.reader)
    assert now.height == 10
    assert dict(now.select("id", "units").rows())["mill_speed"] == "REVOLUTION/SECOND"


def test_an_item_that_is_gone_ends(driver: Driver) -> None:
    store_probe(driver, parse_probe(probe_xml().encode()))
    store_probe(driver, parse_probe(probe_xml({"mill-uuid": "MILL"}).encode()))
    assert set(current_items(driver.reader)["device_uuid"]) == {"mill-uuid"}


def test_without_a_lake_there_are_no_items(tmp_path: Path) -> None:
    assert current_items(LakeReader(str(tmp_path))).height == 0
    assert probed_devices(LakeReader(str(tmp_path))) == ()


def test_a_missing_probe_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"probe '.*no\.xml' is not there; .* Check --probe"):
        read_probe(str(tmp_path / "no.xml"))


def test_a_probe_is_read_from_a_url(tmp_path: Path) -> None:
    (tmp_path / "p.xml").write_text(probe_xml())
    assert len(read_probe(f"file://{tmp_path}/p.xml").devices) == 2
    assert datetime(2020, 2, 1, tzinfo=UTC) == NOW
