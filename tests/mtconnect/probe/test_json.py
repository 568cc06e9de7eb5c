import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.probe.json import read_probe_json
from smelt.terms.errors import InputError

ITEM = '{"id":"t","category":"SAMPLE","type":"LOAD","units":"PERCENT","Source":{"value":"key"}}'
VERSION_2 = (
    '{"MTConnectDevices":{"Header":{"sender":"s","instanceId":5},"Devices":{"Device":[{"name":"M","uuid":"u","id":"d",'
    '"Components":{"Axes":[{"id":"a","name":"axes","Components":{"Linear":[{"id":"x","name":"X",'
    f'"DataItems":{{"DataItem":[{ITEM}]}}}}]}}}}]}}}}]}}}}}}'
)
VERSION_1 = (
    '{"MTConnectDevices":{"Header":{"sender":"s","instanceId":5},"Devices":[{"Device":{"name":"M","uuid":"u","id":"d",'
    '"Components":[{"Axes":{"id":"a","name":"axes","Components":[{"Linear":{"id":"x","name":"X",'
    f'"DataItems":[{{"DataItem":{ITEM}}}]}}}}]}}}}]}}}}]}}}}'
)


def test_both_versions_say_the_same():
    probe = read_probe_json(VERSION_2.encode())
    assert read_probe_json(VERSION_1.encode()) == probe
    (item,) = probe.devices[0].data_items
    assert (item.component, item.source, item.units) == ("Axes/Linear[X]", "key", "PERCENT")


def test_a_bare_device_as_the_agent_publishes_it():
    whole = read_probe_json(VERSION_2.encode())
    device = VERSION_2[VERSION_2.index('"Device":[') + 10 : VERSION_2.rindex("]}}}")]
    bare = read_probe_json(f'{{"Device":{device}}}'.encode())
    assert (bare.devices, bare.instance_id) == (whole.devices, None)
    assert read_probe_json(f'{{"Agent":{device}}}'.encode()).devices[0].is_agent


def test_trakhounds_own_form():
    item = ITEM.replace('"Source":', '"source":')
    linear = f'{{"id":"x","type":"Linear","name":"X","dataItems":[{item}]}}'
    axes = f'{{"id":"a","type":"Axes","name":"axes","components":[{linear}]}}'
    device = f'{{"name":"M","uuid":"u","id":"d","type":"Device","components":[{axes}]}}'
    probe = read_probe_json(f'{{"header":{{"InstanceId":5,"Sender":"s"}},"devices":[{device}]}}'.encode())
    assert probe == read_probe_json(VERSION_2.encode())


def test_an_agents_own_device_is_told_by_what_only_agents_say(captured):
    probe = read_probe_json(captured("trakhound/json-cppagent-v2.devices.json").removeprefix(b"\xef\xbb\xbf"))
    assert [d.is_agent for d in probe.devices if d.name == "agent"] == [True]
    assert sum(d.is_agent for d in probe.devices) == 1


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b'{"MTConnectStreams":{}}', r"its keys are \['MTConnectStreams'\]; expected MTConnectDevices"),
        (b'{"MTConnectDevices":[]}', "expected MTConnectDevices"),
        (b'{"MTConnectDevices":{', "no JSON"),
    ],
)
def test_what_is_no_probe_is_told(data, told):
    with pytest.raises(InputError, match=told):
        read_probe_json(data)


@given(st.integers(0, len(VERSION_2) - 1), st.integers(32, 126))
def test_a_changed_byte_gives_a_probe_or_an_input_error(place, value):
    data = bytearray(VERSION_2.encode())
    data[place] = value
    try:
        read_probe_json(bytes(data))
    except InputError as error:
        assert str(error)
