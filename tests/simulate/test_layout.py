import pytest

from smelt.simulate.layout import Component, element_name, event


@pytest.mark.parametrize(
    ("type_", "element"),
    [
        ("EXECUTION", "Execution"),
        ("PATH_FEEDRATE_OVERRIDE", "PathFeedrateOverride"),
        ("MTCONNECT_VERSION", "MTConnectVersion"),
        ("x:TOOL_GROUP", "x:ToolGroup"),
    ],
)
def test_elements_are_named_as_real_agents_name_them(type_, element):
    assert element_name(type_) == element


def test_walk_goes_through_all_parts_depth_first():
    tree = Component(
        "Device", "d", (), (Component("Axes", "a", (), (Component("Linear", "X"),)), Component("Door", "o"))
    )
    assert [c.name for c in tree.walk()] == ["d", "a", "X", "o"]
    assert event("e", "LINE").units is None
