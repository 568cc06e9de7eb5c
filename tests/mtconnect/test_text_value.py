import pytest

from smelt.mtconnect.text_value import value_of_text


@pytest.mark.parametrize(
    ("category", "element", "attributes", "text", "expected"),
    [
        ("SAMPLE", "Load", {}, " 1.5 ", "1.5"),
        ("SAMPLE", "Load", {}, "", None),
        ("SAMPLE", "LoadTimeSeries", {}, "1 2", ["1", "2"]),
        ("SAMPLE", "Load", {"sampleCount": "2"}, "1 2", ["1", "2"]),
        ("SAMPLE", "LoadTimeSeries", {}, "UNAVAILABLE", "UNAVAILABLE"),
        ("EVENT", "Block", {}, " G0 ", " G0 "),
        ("EVENT", "Block", {}, "", ""),
        ("CONDITION", "Fault", {}, " ", None),
        ("CONDITION", "Fault", {}, "servo ", "servo "),
    ],
)
def test_values(category, element, attributes, text, expected):
    assert value_of_text(category, element, attributes, text) == expected
