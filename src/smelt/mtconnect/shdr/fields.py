"""The fields behind a log line's timestamp to cells: pairs, conditions, messages, time series, sets, alarms.

How many fields a key takes is not in the line: the probe's data item says it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from smelt.mtconnect.cells import (
    UNAVAILABLE_CELL,
    condition_cell,
    number_text,
    parse_number,
    parse_vector,
    vector_json,
)
from smelt.mtconnect.rows import Cell, Row
from smelt.mtconnect.shdr.sets import set_cell
from smelt.mtconnect.time_series import expand_series, series_rate
from smelt.terms.observation import LEVELS, UNAVAILABLE, Category, DataItem, ProbedDevice

_LEADING_NUMBER = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?=[\s:%])", re.ASCII)
_RESET = re.compile(r":([A-Za-z0-9_]+)\s*")
_COUNTER_RESET = re.compile(r"([^:]+):([A-Za-z_]+)\s*")
_SETS = ("DATA_SET", "TABLE")
_CONDITION_FIELDS = 6


class LineRows(NamedTuple):
    """What a line says: rows without their time (`time_us` counts from the line's own), and what is wrong with it."""

    rows: tuple[Row, ...]
    fault: str | None = None


@dataclass(frozen=True)
class Keys:
    """Finds the data item that an adapter's key means: by name, id or source, with or without 'device:' before it."""

    items: dict[str, DataItem] = field(default_factory=dict)
    prefixes: frozenset[str] = frozenset()

    @classmethod
    def of(cls, device: ProbedDevice | None, device_uuid: str) -> "Keys":
        """Collect the keys of a device; without one every key is undeclared."""
        if device is None:
            return cls({}, frozenset({device_uuid}))
        items = {i.source: i for i in reversed(device.data_items) if i.source}
        items |= {i.id: i for i in device.data_items}
        items |= {i.name: i for i in reversed(device.data_items) if i.name}
        return cls(items, frozenset({device.uuid, device.name, device_uuid}))

    def find(self, key: str) -> tuple[str, DataItem | None]:
        """Return the key without its device, and its data item if one is declared."""
        if key not in self.items and ":" in key:
            prefix, _, bare = key.partition(":")
            if prefix in self.prefixes and bare:
                key = bare
        return key, self.items.get(key)


def read_fields(text: str, keys: Keys) -> LineRows:
    """Read everything behind the timestamp's bar; good pairs before a torn end are kept.

    Examples
    --------
    >>> read_fields("Xpos|12.5|line", Keys()).fault
    "key 'line' has no value"
    """
    fields = split_fields(text)
    rows: list[Row] = []
    at = 0
    while at < len(fields):
        name, item = keys.find(fields[at].strip())
        takes_all = item is not None and (item.category == "CONDITION" or item.type == "MESSAGE")
        rest = fields[at + 1 :] if takes_all else fields[at + 1 : at + 1 + _CONDITION_FIELDS]
        if not name:
            if any(f.strip() for f in rest[:1]):
                return LineRows(tuple(rows), "a value without a key")
            at += 2
            continue
        if not rest:
            return LineRows(tuple(rows), f"key '{name[:40]}' has no value")
        taken, found = _read_key(name, item, rest, at == 0)
        if isinstance(found, str):
            return LineRows(tuple(rows), found)
        rows += found
        at += 1 + taken
    return LineRows(tuple(rows))


def is_plain_number(item: DataItem | None) -> bool:
    """Say whether one field is the whole value and a number is expected in it."""
    return item is not None and item.category == "SAMPLE" and item.representation not in (*_SETS, "TIME_SERIES")


def is_plain_text(item: DataItem | None) -> bool:
    """Say whether one field alone is the value and goes to text as it is."""
    if item is None:
        return True
    if item.category == "CONDITION" or item.representation == "TIME_SERIES" or _is_counter(item):
        return False
    return item.representation not in _SETS and item.category == "EVENT" and item.units is None


def _is_counter(item: DataItem) -> bool:
    """Say whether a reset may stand behind the value, `0:DAY`: other events without units are text, colons and all."""
    return bool(item.units) or item.type.endswith("COUNT")


def split_fields(text: str) -> list[str]:
    r"""Split at bars; a field in quotes may hold escaped ones.

    Examples
    --------
    >>> split_fields(r'a|"x \| y"|b')
    ['a', 'x | y', 'b']
    """
    if '"' not in text:
        return text.split("|")
    return list(_split_quoted(text))


_QUOTED = re.compile(r'"((?:[^"\\|]|\\.)*)"(?=\||\Z)')


def _split_quoted(text: str) -> Iterator[str]:
    at = 0
    while at <= len(text):
        quoted = _QUOTED.match(text, at)
        if quoted is not None and "\\|" in quoted[1]:
            yield quoted[1].replace("\\|", "|")
            at = quoted.end() + 1
            continue
        bar = text.find("|", at)
        end = len(text) if bar < 0 else bar
        yield text[at:end]
        at = end + 1


def _read_key(name: str, item: DataItem | None, rest: list[str], is_first: bool) -> tuple[int, list[Row] | str]:
    """Return how many fields the key takes, and its rows or what is wrong with them."""
    if item is None:
        if is_first and is_condition(rest):
            return len(rest), _condition(name, rest)
        return 1, [_row(name, "EVENT", _text_cell(rest[0]))]
    if item.category == "CONDITION":
        return len(rest), _condition(item.id, rest)
    if item.representation == "TIME_SERIES":
        return _time_series(item, rest)
    if item.type == "MESSAGE" and len(rest) > 1:
        cell = Cell(text=_unescaped(rest[1:]), native_code=rest[0] or None)
        return len(rest), [_row(item.id, "EVENT", UNAVAILABLE_CELL if _is_unavailable(cell.text) else cell)]
    if item.type == "ALARM" and len(rest) > 4:
        return 5, [_row(item.id, "EVENT", Cell(text=rest[4], native_code=rest[1] or None))]
    return 1, [_plain(item, rest[0])]


def _row(item: str, category: Category, cell: Cell, is_native: bool = False) -> Row:
    return Row(None, 0, item, category, 0, cell, is_native)


def _text_cell(text: str) -> Cell:
    return UNAVAILABLE_CELL if _is_unavailable(text) else Cell(text=text)


def _is_unavailable(text: str | None) -> bool:
    """Say whether a value is missing; agents take the word in any case, and blanks around it are none of it."""
    return text is not None and text.strip(" ").upper() == UNAVAILABLE and text.isascii()


def _unescaped(fields: list[str]) -> str:
    """Return the last field of a line that takes all of it, so that bars in its text do no harm."""
    return "|".join(fields).replace("\\|", "|")


def is_condition(rest: list[str]) -> bool:
    """Say whether LEVEL|code|severity|qualifier|message stands behind the first key: no pairs look like that."""
    is_level = rest[0].upper() in LEVELS and len(rest) == _CONDITION_FIELDS - 1
    return is_level and rest[3].upper() in ("", "HIGH", "LOW")


def _condition(item: str, rest: list[str]) -> list[Row] | str:
    code = rest[1] if len(rest) > 1 else None
    cell = condition_cell(rest[0].strip(), code, _unescaped(rest[4:]))
    return f"'{rest[0][:40]}' is no level of a condition" if cell is None else [_row(item, "CONDITION", cell)]


def _time_series(item: DataItem, rest: list[str]) -> tuple[int, list[Row] | str]:
    """Read count|rate|values; the probe may tell the rate. Without any the values stay together.

    The word UNAVAILABLE stands alone, or, as the adapters of the standard's own kit write it, as the values.
    """
    if _is_unavailable(rest[0]) or (len(rest) > 2 and _is_unavailable(rest[2])):
        return min(3, len(rest)), [_row(item.id, "SAMPLE", UNAVAILABLE_CELL)]
    if len(rest) < 3:
        return len(rest), "a time series needs count, rate and values"
    numbers = [parse_number(word) for word in rest[2].split()]
    values = [n for n in numbers if n is not None]
    if len(values) < len(numbers) or rest[0].strip() != str(len(values)):
        return 3, f"a time series of {rest[0][:20]} values holds {len(values)} numbers"
    last = _row(item.id, "SAMPLE", Cell(text=vector_json(values)), True)
    return 3, expand_series(last, [Cell(v) for v in values], series_rate(rest[1]) or item.sample_rate) or [last]


def _plain(item: DataItem, text: str) -> Row:
    if _is_unavailable(text):
        return _row(item.id, item.category, UNAVAILABLE_CELL)
    if item.representation in _SETS:
        return _row(item.id, item.category, set_cell(text, item.representation == "TABLE"))
    if item.category == "SAMPLE":
        return _sample(item.id, text)
    return _event(item, text)


def _event(item: DataItem, text: str) -> Row:
    """Read an EVENT: behind a counter's value may stand what reset it; with units it is a number or a vector, too."""
    reset = _COUNTER_RESET.fullmatch(text) if _is_counter(item) else None
    bare, code = (text, None) if reset is None else (reset[1].strip(), reset[2].upper())
    number = parse_number(bare) if item.units or reset else None
    if number is not None and item.units:
        return _row(item.id, "EVENT", Cell(number, number_text(number), native_code=code), True)
    if number is not None:
        return _row(item.id, "EVENT", Cell(text=bare, native_code=code))
    vector = parse_vector(text) if item.units else None
    return _row(item.id, "EVENT", Cell(text=vector_json(vector) if vector else text), vector is not None)


def _sample(item: str, text: str) -> Row:
    """Read a SAMPLE as the agent does: '88 %' and '12.5:DAY' (a reset) are numbers, 'abc' is none and stays as text."""
    number = parse_number(text)
    if number is not None:
        return _row(item, "SAMPLE", Cell(number), True)
    vector = parse_vector(text)
    if vector is not None:
        return _row(item, "SAMPLE", Cell(text=vector_json(vector)), True)
    leading = _LEADING_NUMBER.match(text)
    if leading is not None:
        reset = _RESET.fullmatch(text, leading.end())
        return _row(item, "SAMPLE", Cell(float(leading[1]), native_code=reset[1].upper() if reset else None), True)
    return _row(item, "SAMPLE", Cell(text=text) if text.strip() else Cell())
