"""Where a JSON value ends, without parsing it: values may be joined in any way, and one may be torn."""

import re
from typing import Any, NamedTuple

import orjson

from smelt.mtconnect.json.repeats import parse_joined
from smelt.terms.errors import DataError

BETWEEN = b" \t\r\n,[]\x1e\xef\xbb\xbf\0"  # what may stand between values: blanks, marks, a list's own brackets
FLAT = re.compile(rb'\{[^{}"]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^{}"]*+)*+\}', re.DOTALL)
_MARK = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["{}\[\]]', re.DOTALL)
MAX_DEPTH = 128
_LONGEST = 1 << 26
_WINDOWS = (1 << 20, _LONGEST)  # records of a delivery stream are a megabyte at most
FLAT_BYTES = 1 << 14
_MOST_TORN = 1 << 28


def find_end(data: bytes, start: int, limit: int | None = None) -> int | None:
    """Return where the object, list or string that begins at `start` ends, or None if it does not end.

    Only brackets are counted: whether the value is JSON, its parser says. More than 64 MB are no value.

    Examples
    --------
    >>> data = b'{"a":"}"}{"b":[{}]} "c" {'
    >>> find_end(data, 0), find_end(data, 9), find_end(data, 20), find_end(data, 24)
    (9, 19, 23, None)
    """
    limit = min(start + _LONGEST, len(data) if limit is None else limit)
    flat = FLAT.match(data, start, limit)
    return flat.end() if flat is not None else _count_brackets(data, start, limit)


def _count_brackets(data: bytes, start: int, limit: int) -> int | None:
    depth = 0
    for mark in _MARK.finditer(data, start, limit):
        found = data[mark.start()]
        if found == ord('"'):
            if mark.end() - mark.start() == 1:
                return None
        elif found in b"{[":
            depth += 1
            if depth > MAX_DEPTH:
                return None
        else:
            depth -= 1
        if depth <= 0:
            return mark.end()
    return None


class Value(NamedTuple):
    """A parsed value and the byte behind it."""

    value: Any
    end: int


class Ends:
    """Finds and parses values; looks in vain at no more than 256 MB of a file, so that torn ones cost linear time."""

    def __init__(self) -> None:
        self._torn = 0

    def find(self, data: bytes, at: int, limit: int, is_first: bool) -> Value | None:
        """Return the value that begins at `at`, first looked for on its line, or None.

        Parameters
        ----------
        is_first : the line is looked at whatever was looked at in vain before.
        """
        flat = FLAT.match(data, at, min(limit, at + FLAT_BYTES))
        value = None if flat is None else _parse_flat(flat[0])
        if flat is not None and value is not None:
            return Value(value, flat.end())
        line = data.find(b"\n", at, min(limit, at + _WINDOWS[0]))
        limits = [min(limit, at + window) for window in _WINDOWS]
        for size, behind in enumerate([line, *limits] if line >= 0 else limits):
            if self._torn > _MOST_TORN and not (is_first and size == 0):
                return None
            end = find_end(data, at, behind)
            value = None if end is None else parse(data[at:end])
            if end is not None and value is not None:
                return Value(value, end)
            self._torn += behind - at
            if behind == limit:
                return None
        return None


def parse(data: bytes) -> Any:
    """Return what JSON says, or None if it is none."""
    try:
        return parse_joined(data)
    except (orjson.JSONDecodeError, DataError):
        return None


def _parse_flat(data: bytes) -> Any:
    """Return what an object without another in it says; nothing that it says twice holds anything."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return None
