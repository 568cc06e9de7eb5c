"""Values as MTConnect's JSON carries them to a cell: number, text or level, by category."""

import math
import re

import orjson

from smelt.mtconnect.rows import Cell
from smelt.terms.observation import LEVELS, UNAVAILABLE

UNAVAILABLE_CELL = Cell(level=UNAVAILABLE)
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?", re.ASCII)
_NOT_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf, "INF": math.inf, "-INF": -math.inf}
_NAMES = {math.inf: "Infinity", -math.inf: "-Infinity"}


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
    return repr(value)


def canonical_json(value: object) -> str:
    """Return JSON with sorted keys and no blanks, equal for equal values."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def sample_cell(value: object) -> Cell:
    """Return a SAMPLE's cell: the number; a vector as JSON in text; what is no number stays as text."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        return Cell(value=float(value))
    if value is None:
        return Cell()
    if isinstance(value, str):
        return _sample_text(value)
    return Cell(text=canonical_json(value))


def _sample_text(text: str) -> Cell:
    if text == UNAVAILABLE:
        return UNAVAILABLE_CELL
    number = parse_number(text)
    if number is not None:
        return Cell(value=number)
    vector = parse_vector(text)
    return Cell(text=text if vector is None else vector_json(vector))


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
    return canonical_json([n if math.isfinite(n) else _NAMES.get(n, "NaN") for n in numbers])


def event_cell(value: object) -> Cell:
    """Return an EVENT's cell: text, and the number too where the agent sends one (the probe declares units)."""
    if isinstance(value, str):
        return UNAVAILABLE_CELL if value == UNAVAILABLE else Cell(text=value)
    if value is None:
        return Cell(text="")
    if isinstance(value, float | int) and not isinstance(value, bool):
        return Cell(value=float(value), text=number_text(value))
    return Cell(text=canonical_json(value))


def condition_cell(level: str, native_code: str | None, message: str | None) -> Cell | None:
    """Return a CONDITION's cell, or None if the level is not one of the standard's four."""
    upper = level.upper()
    return Cell(None, message or None, upper, native_code or None) if upper in LEVELS else None
