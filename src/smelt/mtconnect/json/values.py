"""Where a JSON value ends, without parsing it: values may be joined in any way, and one may be torn."""

import re
from typing import Any, NamedTuple

import numpy as np
import orjson

from smelt.mtconnect.json.bare_words import parse_with_words
from smelt.mtconnect.json.repeats import parse_joined
from smelt.terms.errors import DataError

BETWEEN = b" \t\r\n,[]\x1e\xef\xbb\xbf\0"  # what may stand between values: blanks, marks, a list's own brackets
_STRING = rb'"[^"\\\x00-\x1f]*+(?:\\.[^"\\\x00-\x1f]*+)*+'
_CLOSED = _STRING + rb'"[ \t\r\n]*+(?=[:,\]}]|\Z)'  # what follows a string in an object or list
FLAT = re.compile(rb'\{[^{}"]*+(?:' + _CLOSED + rb'[^{}"]*+)*+\}', re.DOTALL)
_TEXT = re.compile(_STRING + rb'"', re.DOTALL)
_MARK = re.compile(_CLOSED + rb'|["{}\[\]]', re.DOTALL)
_OPEN = re.compile(_STRING + rb"\\?\Z", re.DOTALL)
MAX_DEPTH = 128
_LONGEST = 1 << 26
_WINDOWS = (1 << 20, _LONGEST)  # records of a delivery stream are a megabyte at most
FLAT_BYTES = 1 << 14
_MOST_TORN = 1 << 28
_QUOTE, _BLANKS, _OPENERS = ord('"'), b" \t\r\n", b"{["
_WORD = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_NO_MARKS = bytes(set(range(256)) - set(b'{}[]"'))
_STEPS = bytes.maketrans(b"{[}]", b"\x01\x01\xff\xff")
_CLOSERS = {ord("}"): ord("{"), ord("]"): ord("[")}


def find_end(data: bytes, start: int, limit: int | None = None) -> int | None:
    """Return where the object, list or string that begins at `start` ends, or None if it does not end or is no JSON.

    Only brackets and what stands beside strings and brackets is looked at: whether the value is JSON, its parser says.
    More than 64 MB are no value.

    Examples
    --------
    >>> data = b'{"a":"}"}{"b":[{}]} "c" {'
    >>> find_end(data, 0), find_end(data, 9), find_end(data, 20), find_end(data, 24)
    (9, 19, 23, None)
    """
    walked = _walk(data, start, min(start + _LONGEST, len(data) if limit is None else limit))
    return walked.at if walked.is_end else None


def depth_of(data: bytes) -> int:
    """Return how deep valid JSON nests.

    Examples
    --------
    >>> depth_of(b'{"a":[{"b":"[[{"}]}{"c":[]}')
    3
    """
    bare = _WORD.sub(b"", data) if b"\\" in data else data
    marks = bare.translate(None, _NO_MARKS).replace(b'""', b"")
    if b'"' in marks:
        marks = _WORD.sub(b"", marks)
    steps = np.frombuffer(marks.translate(_STEPS), np.int8)
    return int(np.cumsum(steps, dtype=np.int64).max(initial=0))


class _Walked(NamedTuple):
    """Where a walk along a value came to; what is neither its end nor a fault is the limit."""

    at: int
    is_end: bool = False
    is_fault: bool = False  # whatever follows, no parser takes it


def _walk(data: bytes, start: int, limit: int) -> _Walked:
    flat = FLAT.match(data, start, limit) or _TEXT.match(data, start, limit)
    return _walk_brackets(data, start, limit) if flat is None else _Walked(flat.end(), is_end=True)


def _walk_brackets(data: bytes, start: int, limit: int) -> _Walked:
    open_ = bytearray()
    before = start
    for mark in _MARK.finditer(data, start, limit):
        at, found = mark.start(), data[mark.start()]
        if found == _QUOTE:
            if mark.end() - at == 1:
                return _Walked(at, is_fault=_OPEN.match(data, at, limit) is None)
        elif found in _OPENERS:
            if len(open_) >= MAX_DEPTH or (open_ and not _may_open(open_[-1], data[before - 1 : at])):
                return _Walked(at, is_fault=True)
            open_.append(found)
        elif not open_ or open_.pop() != _CLOSERS[found]:
            return _Walked(at, is_fault=True)
        elif not open_:
            return _Walked(at + 1, is_end=True)
        before = mark.end()
    return _Walked(limit)


def _may_open(around: int, before: bytes) -> bool:
    """Say whether an object or list may begin in the one around it, behind these bytes."""
    last = before.rstrip(_BLANKS)[-1:]
    return last == b":" if around == _OPENERS[0] else last in (b",", b"[")


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
            walked = _walk(data, at, min(behind, at + _LONGEST))
            value = parse(data[at : walked.at]) if walked.is_end else None
            if value is not None:
                return Value(value, walked.at)
            self._torn += walked.at - at
            if behind == limit or walked.is_end or walked.is_fault:
                return None
        return None


def parse(data: bytes) -> Any:
    """Return what JSON says, bare words such as NaN included, or None if it is none."""
    try:
        return parse_joined(data)
    except (orjson.JSONDecodeError, DataError):
        return parse_with_words(data)


def _parse_flat(data: bytes) -> Any:
    """Return what an object without another in it says; nothing that it says twice holds anything."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return None
