"""A value to its cell: number, text or level, by category, the same whether it came as XML, JSON or a record.

`resetTriggered` of a counter or a set goes to native_code, as the code of a message does: text stays the
value alone, and a reset is not lost.
"""

import math
import re
from typing import Any

import orjson

from smelt.mtconnect.digits import short
from smelt.mtconnect.rows import Cell
from smelt.terms.errors import DataError
from smelt.terms.observation import LEVELS, UNAVAILABLE

UNAVAILABLE_CELL = Cell(level=UNAVAILABLE)
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?", re.ASCII)
_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_BEGIN_NUMBERS = frozenset("-0123456789")
_MAX_DEPTH = 32
_NOT_FINITE = {  # as JSON, as XML schema and as C++ print them
    **dict.fromkeys(("NaN", "nan", "-nan"), math.nan),
    **dict.fromkeys(("Infinity", "INF", "inf"), math.inf),
    **dict.fromkeys(("-Infinity", "-INF", "-inf"), -math.inf),
}
_NAMES = {math.inf: "Infinity", -math.inf: "-Infinity"}
_REMOVED = {"removed": True}
_WHOLE = 10**15  # above that a double no longer tells neighbours apart; such a number stays as it was written


def parse_number(text: str) -> float | None:
    """Return the number that the whole text is, NaN and infinities included, or None.

    Examples
    --------
    >>> parse_number("1E-005"), parse_number("-Infinity"), parse_number("1_0"), parse_number("12 mm")
    (1e-05, -inf, None, None)
    """
    stripped = text.strip()
    if _NUMBER.fullmatch(stripped):
        return float(stripped)
    return _NOT_FINITE.get(stripped)


def number_text(value: float) -> str:
    """Return the canonical text of a number: an integer without '.0'.

    Examples
    --------
    >>> number_text(100.0), number_text(0.5), number_text(-0.0)
    ('100', '0.5', '0')
    """
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15):
        return str(int(value))
    return repr(short(value))


def canonical_json(value: object) -> str:
    """Return JSON with sorted keys and no blanks, equal for equal values; DataError if it nests too deep."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError as error:
        raise DataError(f"a value cannot be written as JSON: {error}") from error


def set_json(value: Any) -> str:
    """Return a data set or table as canonical JSON; numbers count the same whether they were sent as text or not.

    Text that is no number as JSON writes it, such as '007', stays text; null is a removed entry, as MTConnect.NET
    writes one.

    Examples
    --------
    >>> set_json({"b": "2.50", "a": 1.0, "gone": {"removed": True}})
    '{"a":1,"b":2.5,"gone":{"removed":true}}'
    """
    return canonical_json(_set_value(value, 0))


def _set_value(value: Any, depth: int) -> Any:
    kind = type(value)
    if kind is float and not math.isfinite(value):
        return _word(value)
    if kind is float:
        return int(value) if value.is_integer() and abs(value) < _WHOLE else short(value)
    if kind is str:
        number = plain_number(value) if value[:1] in _BEGIN_NUMBERS else None
        return value if number is None or abs(number) >= _WHOLE else _set_value(number, depth)
    if kind is int:
        return value if abs(value) < _WHOLE else str(value)
    if kind not in (dict, list):
        return value
    if depth > _MAX_DEPTH:
        return "nested too deeply"
    if kind is list:
        return [_set_value(member, depth + 1) for member in value]
    return {key: _REMOVED if m is None else _set_value(m, depth + 1) for key, m in value.items()}


def plain_number(text: str) -> float | None:
    """Return the number that a text is as programs print numbers, finite, or None: `007` and `+1` are codes.

    Examples
    --------
    >>> plain_number("-1.50"), plain_number("1E-005"), plain_number("007"), plain_number("1e999")
    (-1.5, 1e-05, None, None)
    """
    number = float(text) if _PLAIN_NUMBER.fullmatch(text) else math.inf
    return number if math.isfinite(number) else None


def sample_cell(value: object) -> Cell:
    """Return a SAMPLE's cell: the number; a vector or set as JSON in text; what is no number stays as text."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        return Cell(value=float(value))
    if value is None:
        return Cell()
    if isinstance(value, str):
        return _sample_text(value)
    return Cell(text=_container_json(value))


def _sample_text(text: str) -> Cell:
    if text == UNAVAILABLE:
        return UNAVAILABLE_CELL
    number = parse_number(text)
    if number is not None:
        return Cell(value=number)
    vector = parse_vector(text)
    return Cell(text=text if vector is None else vector_json(vector))


def _container_json(value: object) -> str:
    """Return a list of numbers as a vector, an object as a set."""
    vector = _numbers(value)
    return set_json(value) if vector is None else vector_json(vector)


def _numbers(value: object) -> list[float] | None:
    if not isinstance(value, list):
        return None
    numbers = [parse_number(v) if isinstance(v, str) else v for v in value]
    known = [float(n) for n in numbers if isinstance(n, float | int) and not isinstance(n, bool)]
    return known if len(known) == len(value) else None


def parse_vector(text: str) -> list[float] | None:
    """Return the numbers of '1.25 -2.5 3e-3', or None unless there are two or more."""
    words = text.split()
    if len(words) < 2:
        return None
    numbers = [parse_number(word) for word in words]
    known = [n for n in numbers if n is not None]
    return known if len(known) == len(numbers) else None


def vector_json(numbers: list[float]) -> str:
    """Return a vector as the agent's JSON has it: what is not finite stands as a string.

    Examples
    --------
    >>> vector_json([1.25, math.nan, -math.inf])
    '[1.25,"NaN","-Infinity"]'
    """
    return canonical_json([short(n) if math.isfinite(n) else _word(n) for n in numbers])


def event_cell(value: object, has_units: bool = False) -> Cell:
    """Return an EVENT's cell: its text, and its number too if it has units.

    Parameters
    ----------
    value : as the agent's JSON has it, where a number or vector says itself that it has units; or its text.
    has_units : reads a text as the number or vector that it is.

    Examples
    --------
    >>> event_cell(17) == event_cell("17.0", has_units=True) == Cell(17.0, "17")
    True
    >>> event_cell("17").value is None, event_cell([1.5, 2.0]) == event_cell("1.5 2", has_units=True)
    (True, True)
    """
    if isinstance(value, str):
        return _number_of_event(value) if has_units else _event_text(value)
    if value is None:
        return Cell(text="")
    if isinstance(value, float | int) and not isinstance(value, bool):
        return Cell(value=float(value), text=_word(value))
    return Cell(text=_container_json(value))


def _event_text(text: str) -> Cell:
    return UNAVAILABLE_CELL if text == UNAVAILABLE else Cell(text=text)


def _number_of_event(text: str) -> Cell:
    number = parse_number(text)
    vector = None if number is not None else parse_vector(text)
    if number is not None:
        return Cell(number, number_text(number) if math.isfinite(number) else text.strip())
    return _event_text(text) if vector is None else Cell(text=vector_json(vector))


def _word(number: float) -> str:
    return number_text(number) if math.isfinite(number) else _NAMES.get(number, "NaN")


def condition_cell(level: str, native_code: str | None, message: str | None) -> Cell | None:
    """Return a CONDITION's cell, or None if the level is not one of the standard's four."""
    upper = level.upper()
    return Cell(None, message or None, upper, native_code or None) if upper in LEVELS else None
