import pytest

from smelt.mtconnect.event_units import EVENTS_WITH_UNITS, has_units
from smelt.mtconnect.probe.decode import parse_probe


def test_elements_and_types_vendor_prefixes_included():
    assert all(has_units(name) for name in EVENTS_WITH_UNITS)
    assert has_units("ROTARY_VELOCITY_OVERRIDE") and has_units("x:Rotation")
    assert not has_units("Program") and not has_units("PartCount") and not has_units("")


@pytest.mark.parametrize("name", ["nist_v1", "okuma_v2", "shapes_v2"])
def test_real_probes_agree(captured, name):
    events = [
        item
        for device in parse_probe(captured(f"captured/{name}/probe.xml")).devices
        for item in device.data_items
        if item.category == "EVENT"
    ]
    assert {i.type for i in events if i.units} <= {i.type for i in events if has_units(i.type)}
