"""An element under construction becomes what the agent's JSON would have sent."""

import pytest

from smelt.mtconnect.xml.element import Element


def test_entries_cells_and_removals() -> None:
    element = Element("WorkOffsetTable", {"dataItemId": "a"}, 0)
    for key in ("G54", "G55"):
        element.open({"key": key})
        element.open({"key": "X"})
        element.add_text("1.")
        element.add_text("5")
        element.close()
        element.close()
    element.open({"key": "old", "removed": "true"})
    element.close()
    value = {"G54": {"X": "1.5"}, "G55": {"X": "1.5"}, "old": {"removed": True}}
    assert element.observation("EVENT") == {"dataItemId": "a", "value": value}
    assert element.value("EVENT") == value and element.fault is None


def test_an_entry_without_a_key_is_a_fault() -> None:
    element = Element("WorkOffsetTable", {}, 0)
    element.open({})
    assert element.fault == "an entry without a key"


@pytest.mark.parametrize(
    ("name", "category", "text", "value"),
    [
        ("Load", "SAMPLE", " 1 ", "1"),
        ("Load", "SAMPLE", " ", None),
        ("LoadTimeSeries", "SAMPLE", " 1  2 ", ["1", "2"]),
        ("Program", "EVENT", " O1 ", " O1 "),
        ("Program", "EVENT", " UNAVAILABLE ", "UNAVAILABLE"),
        ("VariableDataSet", "EVENT", " ", {}),
        ("Fault", "CONDITION", " hot ", " hot "),
        ("Fault", "CONDITION", " ", None),
    ],
)
def test_what_a_text_is(name, category, text, value):
    element = Element(name, {}, 0)
    element.add_text(text)
    assert element.value(category) == value
