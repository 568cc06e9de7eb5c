"""A value from a dialect in which every value is text, as the agent's JSON would have sent it."""

from collections.abc import Mapping
from typing import Any

from smelt.terms.observation import UNAVAILABLE, Category

_SERIES_MARKS = ("sampleRate", "sampleCount")


def value_of_text(category: Category, element: str, attributes: Mapping[str, Any], text: str) -> Any:
    """Return the words of a time series as a list, nothing for a SAMPLE or message without text, else the text.

    Examples
    --------
    >>> value_of_text("SAMPLE", "LoadTimeSeries", {}, "1 2 NaN"), value_of_text("EVENT", "Line", {}, "282")
    (['1', '2', 'NaN'], '282')
    """
    stripped = text.strip()
    if stripped == UNAVAILABLE:
        return stripped
    is_series = element.endswith("TimeSeries") or any(mark in attributes for mark in _SERIES_MARKS)
    if category == "SAMPLE" and is_series:
        return stripped.split()
    if category == "EVENT":
        return text
    return (stripped if category == "SAMPLE" else text) if stripped else None
