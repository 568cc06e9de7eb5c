import gzip

import pytest

from smelt.mtconnect.probe.decode import parse_probe
from smelt.terms.errors import InputError


@pytest.mark.parametrize("folder", ["captured/shapes_v2", "captured/okuma_v2", "captured/nist_v1"])
def test_xml_and_json_of_an_agent_say_the_same(captured, folder):
    from_xml, from_json = parse_probe(captured(f"{folder}/probe.xml")), parse_probe(captured(f"{folder}/probe.json"))
    assert (from_xml.sender, from_xml.instance_id) == (from_json.sender, from_json.instance_id)
    in_xml = {d.uuid: (d.name, d.is_agent, frozenset(d.data_items)) for d in from_xml.devices}
    in_json = {d.uuid: (d.name, d.is_agent, frozenset(d.data_items)) for d in from_json.devices}
    assert in_xml == in_json
    assert sum(is_agent for _, is_agent, _ in in_xml.values()) == 1


def test_the_probe_of_the_real_month(smelt_data):
    probe = parse_probe((smelt_data / "landing" / "probe.xml").read_bytes())
    assert (probe.sender, probe.instance_id) == ("vm", 1795318653)
    assert {d.uuid: len(d.data_items) for d in probe.devices} == {
        "0bdc80ba-8ee2-5bd2-81a2-b27b9c354dae": 13,
        "mtc_adapter001": 26,
        "mtc_adapter002": 68,
        "mtc_adapter004": 66,
        **{f"mtc_adapter{n:03}": 18 for n in (5, 6, 7, 8, 10)},
    }
    items = {i.id: i for d in probe.devices for i in d.data_items}
    assert items["Mazak01-X_3"].component == "Axes[base]/Linear[X]"
    assert parse_probe((smelt_data / "landing" / "probe.json").read_bytes()).instance_id == 1795318653


def test_the_test_beds_devices(captured):
    probe = parse_probe(captured("nist/Devices.xml"))
    assert [d.name for d in probe.devices][:3] == ["GFAgie01", "Mazak01", "Mazak03"]
    items = {i.name: i for i in probe.devices[1].data_items}
    assert (items["Sload"].units, items["Sload"].category) == ("PERCENT", "SAMPLE")
    assert {i.source for d in probe.devices for i in d.data_items} >= {"Sload", "spindle_speed", None}


@pytest.mark.parametrize(
    "name", ["demo_agent_2.7/probe.xml", "ladder99/vmc_probe.json-v1.json", "cppagent/demo_Devices.xml"]
)
def test_other_agents(captured, name):
    probe = parse_probe(captured(name))
    assert parse_probe(gzip.compress(captured(name))) == probe
    assert all(d.data_items for d in probe.devices)


def test_a_native_scale(captured):
    probe = parse_probe(captured("trakhound/json-cppagent-v2.devices.json"))
    assert {i.native_scale for d in probe.devices for i in d.data_items} == {None, 100.0}


@pytest.mark.parametrize("data", [b"", b"garbage", b"[1]", b"\xff\xfe"])
def test_what_is_no_probe_is_told(data):
    with pytest.raises(InputError, match=r"this is no probe: it begins with .*expected an MTConnectDevices document"):
        parse_probe(data)
