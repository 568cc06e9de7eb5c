import pytest

from smelt.mtconnect.probe.tree import Node, read_device
from smelt.terms.errors import InputError


def item(**more):
    return Node("DataItem", {"id": "t", "category": "SAMPLE", "type": "LOAD"} | more)


def test_a_device_may_lack_a_name_or_a_uuid():
    assert (read_device(Node("Device", {"id": "d"})).uuid, read_device(Node("Device", {"uuid": "u"})).name) == (
        "d",
        "u",
    )
    assert read_device(Node("Agent", {"uuid": "u"})).is_agent


@pytest.mark.parametrize(
    ("scale", "expected"),
    [("10", 10.0), ("1e2", 100.0), ("-1", -1.0), ("", None), ("0", 0.0), ("x", 0.0), ("NaN", 0.0), ("1e999", 0.0)],
)
def test_native_scales(scale, expected):
    """0 is what no value can be divided by: what the probe says is none, and silver must not go on as if it were 1."""
    device = Node("Device", {"uuid": "u"}, None, [Node("DataItems", {}, None, [item(nativeScale=scale)])])
    assert read_device(device).data_items[0].native_scale == expected


def test_the_path_names_components_and_drops_names_that_say_nothing_new():
    inner = Node("Linear", {"name": "X"}, None, [Node("DataItems", {}, None, [item()])])
    axes = Node("Axes", {"name": "axes"}, None, [Node("Components", {}, None, [inner])])
    device = Node("Device", {"uuid": "u"}, None, [Node("Components", {}, None, [axes])])
    assert read_device(device).data_items[0].component == "Axes/Linear[X]"


def test_endless_nesting_is_refused():
    node = Node("Axes", {})
    for _ in range(100):
        node = Node("Axes", {}, None, [Node("Components", {}, None, [node])])
    with pytest.raises(InputError, match="more than 64 deep"):
        read_device(Node("Device", {"uuid": "u"}, None, [Node("Components", {}, None, [node])]))
