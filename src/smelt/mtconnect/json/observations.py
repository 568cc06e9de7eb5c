"""Observations of the reference agent's JSON, version 1 or 2, to rows; one that does not fit raises."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from smelt.mtconnect.cells import canonical_json, condition_cell, event_cell, sample_cell
from smelt.mtconnect.event_time import EventTimes
from smelt.mtconnect.event_units import has_units as is_with_units
from smelt.mtconnect.json.header import UnfitError, int64
from smelt.mtconnect.rows import Cell, Row, Rows
from smelt.mtconnect.time_series import Series, expand_series, fits, series_rate
from smelt.terms.observation import UNAVAILABLE, Category

CATEGORIES: dict[str, Category] = {"Samples": "SAMPLE", "Events": "EVENT", "Condition": "CONDITION"}
_INT64_MAX = (1 << 63) - 1
_TIME_SERIES_MARKS = ("sampleRate", "sampleCount")
_NUMBERS = frozenset({int, float})


@dataclass(frozen=True)
class Reading:
    """What reading a device's observations needs beside them.

    sample_rates : values a second of (device uuid, data item), for time series that do not tell it themselves.
    is_text : true for dialects in which every value is text.
    """

    times: EventTimes
    device_uuid: str = ""
    sample_rates: Mapping[tuple[str, str], float] = field(default_factory=dict)
    is_text: bool = False


def read_observations(rows: Rows, category: Category, element: str, observations: list[Any], reading: Reading) -> None:
    """Append the rows of one element's list; raises UnfitError at the first observation that does not fit."""
    for observation in observations:
        try:
            item = observation["dataItemId"]
            sequence = observation["sequence"]
            time_us = reading.times.parse(observation["timestamp"])
            value = observation.get("value")
        except (KeyError, TypeError, AttributeError) as error:
            raise UnfitError("observation without dataItemId, sequence or timestamp") from error
        if type(sequence) is not int or not 0 <= sequence <= _INT64_MAX:
            sequence = _checked_sequence(sequence)
        if time_us is None:
            raise UnfitError(f"timestamp '{str(observation['timestamp'])[:40]}' is none")
        if type(item) is not str or not item:
            raise UnfitError("dataItemId is no string")
        if type(value) is float and category == "SAMPLE" and "resetTriggered" not in observation:
            rows.add_number(sequence, item, time_us, value)
        else:
            rows.add_all(rows_of(Row(sequence, 0, item, category, time_us, Cell()), element, observation, reading))


def read_series(element: str, observation: Any, reading: Reading) -> Series | None:
    """Return a SAMPLE's or EVENT's time series of plain numbers; None for what `read_observations` has to look at."""
    if not isinstance(observation, dict) or not _is_time_series(element, observation):
        return None
    item, sequence, values = (observation.get(key) for key in ("dataItemId", "sequence", "value"))
    stamp = observation.get("timestamp")
    if type(values) is not list or type(item) is not str or type(sequence) is not int or type(stamp) is not str:
        return None
    time_us, rate = reading.times.parse(stamp), _rate(item, observation, reading)
    is_plain = item != "" and 0 <= sequence <= _INT64_MAX and bool(values) and _NUMBERS.issuperset(map(type, values))
    if not is_plain or time_us is None or rate is None or not fits(len(values), rate):
        return None
    return Series(sequence, item, time_us, rate, values)


def rows_of(head: Row, element: str, observation: dict[str, Any], reading: Reading) -> list[Row]:
    """Return the rows of an observation: one, or one for each value of a time series.

    Parameters
    ----------
    head : the row without its cell.
    element : name of the element; of a CONDITION its level.
    observation : `value` and attributes as the agent's JSON has them.
    """
    value = observation.get("value")
    if (
        isinstance(value, str)
        and head.category == "SAMPLE"
        and value != UNAVAILABLE
        and _is_time_series(element, observation)
    ):
        value = value.split()
    if isinstance(value, list) and head.category != "CONDITION" and _is_time_series(element, observation):
        return _time_series(observation, value, head._replace(category="SAMPLE"), reading)
    if head.category == "CONDITION":
        return [head._replace(cell=_condition(element, observation, value))]
    has_units = reading.is_text and is_with_units(element or str(observation.get("type")))
    return [head._replace(cell=_cell(head.category, observation, value, has_units))]


def _checked_sequence(sequence: object) -> int:
    checked = int64(sequence)
    if checked is None:
        raise UnfitError(f"sequence {str(sequence)[:40]} is no number from 0 to 2^63 - 1")
    return checked


def _cell(category: Category, observation: dict[str, Any], value: Any, has_units: bool) -> Cell:
    cell = sample_cell(value) if category == "SAMPLE" else event_cell(value, has_units)
    code = _code(observation, "nativeCode") if category == "EVENT" else None
    code = code or _code(observation, "resetTriggered")
    return cell if code is None else cell._replace(native_code=code)


def _condition(element: str, observation: dict[str, Any], value: Any) -> Cell:
    code = _code(observation, "nativeCode") or _code(observation, "conditionId")
    message = value if isinstance(value, str) or value is None else canonical_json(value)
    condition = condition_cell(element, code, message)
    if condition is None:
        raise UnfitError(f"'{element[:40]}' is no level of a condition")
    return condition


def _code(observation: dict[str, Any], key: str) -> str | None:
    code = observation.get(key)
    return None if code is None or code == "" else str(code)


def _is_time_series(element: str, observation: dict[str, Any]) -> bool:
    return element.endswith("TimeSeries") or any(mark in observation for mark in _TIME_SERIES_MARKS)


def _time_series(observation: dict[str, Any], values: list[Any], last: Row, reading: Reading) -> list[Row]:
    """Return a row for each value; without a rate, or with a value that is no number, they stay together."""
    cells = [sample_cell(v) for v in values]
    together = [last._replace(cell=sample_cell(values))]
    if any(c.text is not None for c in cells):
        return together
    return expand_series(last, cells, _rate(last.data_item, observation, reading)) or together


def _rate(item: str, observation: dict[str, Any], reading: Reading) -> float | None:
    told = series_rate(observation.get("sampleRate"))
    return reading.sample_rates.get((reading.device_uuid, item)) if told is None else told
