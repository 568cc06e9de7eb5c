"""Keys that an object says twice: what holds observations is joined, of all else the last counts, as ever."""

import json
from contextlib import suppress

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.event_time import EventTimes
from smelt.mtconnect.json.header import UnfitError
from smelt.mtconnect.json.repeats import parse_joined
from smelt.mtconnect.json.streams import read_streams
from smelt.mtconnect.probe.json import read_probe_json

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["Samples", "Entry", "value", "a:b"]), inner)
    ),
    max_leaves=12,
)
LEAVES = st.recursive(st.integers(0, 9), lambda inner: st.lists(st.tuples(st.sampled_from("abE"), inner), max_size=3))


def one(sequence: int) -> bytes:
    return b'{"dataItemId":"x","sequence":%d,"timestamp":"2020-01-01T00:00:00Z","value":1.5}' % sequence


def sequences(streams: bytes) -> list[int | None]:
    """The sequences of the rows of a document's streams."""
    data = b'{"MTConnectStreams":{"Header":{"instanceId":7},%s}}' % streams
    content = parse_joined(data)["MTConnectStreams"]
    return [
        n for device in read_streams(content["Streams"], EventTimes(), has_singles=True) for n in device.rows.sequence
    ]


def version_2(components: bytes) -> bytes:
    return b'"Streams":{"DeviceStream":[{"uuid":"u","ComponentStream":[%s]}]}' % components


def version_1(components: bytes) -> bytes:
    return b'"Streams":[{"DeviceStream":{"uuid":"u","ComponentStreams":[%s]}}]' % components


@pytest.mark.parametrize(
    "inside",
    [
        b'"Samples":{"Load":[%s],"Load":[%s]}' % (one(1), one(2)),
        b'"Samples":{"Load":[%s]},"Samples":{"Load":[%s]}' % (one(1), one(2)),
        b'"Samples":{"Load":[%s]},"name":"a","Samples":{"Torque":[%s]},"name":"b"' % (one(1), one(2)),
        b'"Samples":{"Load":[%s],"Load":null,"Load":%s}' % (one(1), one(2)),
        b'"Samples":{"Load":%s,"Load":%s}' % (one(1), one(2)),
        b'"Samples":{"Load":%s},"Samples":[{"Load":%s}]' % (one(1), one(2)),
        b'"Samples":{"Load":[%s]},"Samples":null,"Samples":{"Load":[%s]}' % (one(1), one(2)),
    ],
)
def test_repeated_lists_of_version_2(inside: bytes) -> None:
    assert sequences(version_2(b"{%s}" % inside)) == [1, 2]
    assert sequences(version_2(b"{%s}" % inside).replace(b'":', b'" : ')) == [1, 2]


@pytest.mark.parametrize(
    "inside",
    [
        b'"Samples":[{"Load":%s,"Load":%s}]' % (one(1), one(2)),
        b'"Samples":[{"Load":%s}],"Samples":[{"Load":%s}]' % (one(1), one(2)),
        b'"Samples":[],"Samples":[{"Load":%s},{"Load":%s}],"Samples":[]' % (one(1), one(2)),
    ],
)
def test_repeated_lists_of_version_1(inside: bytes) -> None:
    assert sequences(version_1(b'{"ComponentStream":{%s}}' % inside)) == [1, 2]


def test_devices_and_components_that_are_repeated() -> None:
    first, second = (b'{"Samples":{"Load":[%s]}}' % one(n) for n in (1, 2))
    assert sequences(
        b'"Streams":{"DeviceStream":{"uuid":"u","ComponentStream":%s,"ComponentStream":%s}}' % (first, second)
    ) == [1, 2]
    devices = b",".join(b'"DeviceStream":[{"uuid":"u","ComponentStream":[%s]}]' % c for c in (first, second))
    assert sequences(b'"Streams":{%s}' % devices) == [1, 2]
    assert sequences(version_2(first) + b"," + version_2(second)) == [1, 2]
    boxes = b",".join(
        b'"DeviceStream":{"uuid":"u","ComponentStreams":[{"ComponentStream":%s}]}' % c for c in (first, second)
    )
    assert sequences(b'"Streams":[{%s}]' % boxes) == [1, 2]
    inner = b'"ComponentStream":%s,"ComponentStream":%s' % (first, second)
    assert sequences(version_1(b"{%s}" % inner)) == [1, 2]


def test_entries_of_a_converters_set_and_keys_of_the_agents() -> None:
    data = b'{"Samples":{"LoadDataSet":{"Entry":{"@key":"a"},"Entry":{"@key":"b"}}}}'
    assert parse_joined(data)["Samples"]["LoadDataSet"]["Entry"] == [{"@key": "a"}, {"@key": "b"}]
    data = b'{"Samples":{"LoadTable":[{"value":{"Entry":{"a":1},"Entry":{"b":2}},"name":"x","name":"y"}]}}'
    assert parse_joined(data)["Samples"]["LoadTable"] == [{"value": {"Entry": {"b": 2}}, "name": "y"}]


def test_data_items_that_are_repeated() -> None:
    a, b, c = (b'"DataItem":{"id":"%s","category":"EVENT","type":"AVAILABILITY"}' % key for key in (b"a", b"b", b"c"))
    machine = b'{"uuid":"u","name":"M","DataItems":{%s,%s},"DataItems":{%s}}' % (a, b, c)
    found = read_probe_json(b'{"MTConnectDevices":{"Devices":{"Device":%s,"Device":%s}}}' % (machine, machine))
    assert [[i.id for i in d.data_items] for d in found.devices] == [["a", "b", "c"]] * 2


@given(VALUES)
def test_without_repeats_it_is_what_the_parser_says(value: object) -> None:
    for data in (orjson.dumps(value), json.dumps(value).encode()):
        assert repr(parse_joined(data)) == repr(orjson.loads(data))
        doubled = parse_joined(b'{"x":1,"x":%s}' % data)  # goes the slow way
        assert repr(doubled) == repr({"x": orjson.loads(data)})


@given(LEAVES)
def test_outside_containers_the_last_counts(tree: object) -> None:
    """As JSON with repeated keys, under a key that holds no observations."""

    def text(node: object) -> str:
        if isinstance(node, list):
            return "{" + ",".join(f'"{key}":{text(member)}' for key, member in node) + "}"
        return str(node)

    data = b'{"Header":%s}' % text(tree).encode()
    assert parse_joined(data) == orjson.loads(data)


def test_numbers_of_any_size() -> None:
    data = b'{"a":1,"a":[18446744073709551615,18446744073709551616,-9223372036854775808,-9223372036854775809,-0]}'
    assert repr(parse_joined(data)) == repr(orjson.loads(data))


def test_what_cannot_be_told() -> None:
    deep = b'{"a":1,"a":%s1%s}' % (b'{"b":' * 900, b"}" * 900)
    with suppress(UnfitError):
        assert parse_joined(deep) == orjson.loads(deep)
    with pytest.raises(orjson.JSONDecodeError):
        parse_joined(b'{"a":')
