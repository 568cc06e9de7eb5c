import re
import xml.etree.ElementTree as ET

import pytest

from smelt.simulate.fleet import FLEET
from smelt.simulate.model import model
from smelt.simulate.probe import write_probe

SPACE = "{urn:mtconnect.org:MTConnectDevices:2.3}"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    path = tmp_path_factory.mktemp("probe") / "probe.xml"
    write_probe(path, model(), 1_788_220_800_000)
    return ET.fromstring(path.read_text())


def test_devices_are_the_plant_and_the_agent(root):
    devices = list(root.find(f"{SPACE}Devices"))
    assert [d.tag.removeprefix(SPACE) for d in devices] == ["Agent"] + ["Device"] * len(FLEET)
    assert [d.get("name") for d in devices[1:]] == [m.name for m in FLEET]
    header = root.find(f"{SPACE}Header")
    assert (header.get("sender"), header.get("instanceId")) == ("seed-plant", "1788220800")


def test_ids_are_unique_in_the_agent(root):
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(ids) == len(set(ids)) > 400
    assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", i) for i in ids)


def test_samples_have_units_and_plain_events_have_none(root):
    items = list(root.iter(f"{SPACE}DataItem"))
    assert all(i.get("units") and i.get("nativeUnits") for i in items if i.get("category") == "SAMPLE")
    with_units = {i.get("type") for i in items if i.get("category") == "EVENT" and i.get("units")}
    assert with_units == {"PATH_FEEDRATE_OVERRIDE", "ROTARY_VELOCITY_OVERRIDE", "x:HOLE_COUNT"}


def test_names_are_shared_within_a_class_and_unique_in_a_device(root):
    names = {}
    for device in root.iter(f"{SPACE}Device"):
        mine = [i.get("name") for i in device.iter(f"{SPACE}DataItem")]
        assert len(mine) == len(set(mine))
        names[device.get("name")] = mine
    for machine in FLEET:
        first = next(m for m in FLEET if m.class_name == machine.class_name)
        assert names[machine.name] == names[first.name]
