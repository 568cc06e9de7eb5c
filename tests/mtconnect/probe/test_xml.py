import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.probe.xml import read_probe_xml
from smelt.terms.errors import InputError

DOCUMENT = b"""<?xml version="1.0"?>
<v:MTConnectDevices xmlns:v="urn:vendor:Devices:1.3" xmlns:x="urn:x"><v:Header sender="s" instanceId="5"/>
<v:Devices><v:Device name="M" uuid="u" id="d"><v:DataItems>
  <v:DataItem id="f" category="EVENT" type="x:FILTER" subType="x:PATH_1"><v:Source componentId="c"> key </v:Source>
  <v:Constraints><v:Value>1</v:Value></v:Constraints></v:DataItem></v:DataItems>
<v:Components><x:Furnace id="z" name="F1"><v:DataItems>
  <v:DataItem id="t" category="SAMPLE" type="TEMPERATURE" units="CELSIUS" nativeUnits="FAHRENHEIT" nativeScale="10"
     name="T" representation="TIME_SERIES"/></v:DataItems></x:Furnace></v:Components></v:Device></v:Devices>
</v:MTConnectDevices>"""


def test_vendor_namespaces_and_types():
    probe = read_probe_xml(DOCUMENT)
    assert (probe.sender, probe.instance_id) == ("s", 5)
    own, temperature = probe.devices[0].data_items
    assert (own.type, own.sub_type, own.source, own.component) == ("x:FILTER", "x:PATH_1", "key", "")
    assert (temperature.component, temperature.native_units, temperature.native_scale) == (
        "Furnace[F1]",
        "FAHRENHEIT",
        10,
    )
    assert temperature.representation == "TIME_SERIES"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b'<!DOCTYPE a [<!ENTITY e "x">]><MTConnectDevices/>', "declares a document type"),
        (b"<MTConnectStreams/>", "its root is <MTConnectStreams>; expected <MTConnectDevices>"),
        (b"<MTConnectDevices>", "no well-formed XML"),
        (b"<MTConnectDevices>&e;</MTConnectDevices>", "no well-formed XML"),
        (b"<a>" * 300, "more than 256 deep"),
        (DOCUMENT.replace(b'category="SAMPLE"', b'category="OTHER"'), "id='t', type='TEMPERATURE', category='OTHER'"),
        (DOCUMENT.replace(b'id="t"', b""), "id=None"),
        (DOCUMENT.replace(b' name="M" uuid="u" id="d"', b""), "Device without uuid"),
    ],
)
def test_what_is_wrong_is_told(data, told):
    with pytest.raises(InputError, match=told):
        read_probe_xml(data)


@given(st.integers(0, len(DOCUMENT) - 1), st.integers(0, 255))
def test_a_changed_byte_gives_a_probe_or_an_input_error(place, value):
    data = bytearray(DOCUMENT)
    data[place] = value
    try:
        probe = read_probe_xml(bytes(data))
    except InputError:
        return
    assert all(d.uuid for d in probe.devices)


def test_a_rate_that_only_the_probe_tells():
    items = '<DataItem id="a" category="SAMPLE" type="DISPLACEMENT" representation="TIME_SERIES" sampleRate="{}"/>'
    for text, rate in (("100", 100.0), ("0", None), ("fast", None)):
        document = f'<MTConnectDevices><Devices><Device uuid="u"><DataItems>{items.format(text)}</DataItems>'
        probe = read_probe_xml(f"{document}</Device></Devices></MTConnectDevices>".encode())
        assert probe.devices[0].data_items[0].sample_rate == rate
