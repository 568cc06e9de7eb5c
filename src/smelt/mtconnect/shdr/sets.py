"""Data sets and tables as adapters write them, `a=1 b={x y} gone`, to the canonical JSON of the agents' documents."""

import re
from typing import Any

from smelt.mtconnect.cells import set_json
from smelt.mtconnect.rows import Cell

_RESET = re.compile(r"\s*:([A-Za-z0-9_]+)(?:\s+|\Z)")
_KEY = re.compile(r"\s*([^\s={}'\"|]+)(=)?")
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*+)'|\"((?:[^\"\\]|\\.)*+)\"", re.DOTALL)
_BRACED = re.compile(r"\{((?:[^{}'\"\\]|\\.|'(?:[^'\\]|\\.)*+'|\"(?:[^\"\\]|\\.)*+\"|(?<=\w)')*+)\}", re.DOTALL)
_BARE = re.compile(r"[^\s{}'\"]+")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def set_cell(text: str, is_table: bool) -> Cell:
    """Return a set's cell, what triggered its reset as native_code; text that is no set stays as it is.

    Examples
    --------
    >>> set_cell("a=1 b={three words} gone", False).text
    '{"a":1,"b":"three words","gone":{"removed":true}}'
    >>> set_cell(":MANUAL G54={X=1.5 Z=-2.0}", True)
    Cell(value=None, text='{"G54":{"X":1.5,"Z":-2}}', level=None, native_code='MANUAL')
    """
    reset = _RESET.match(text)
    body = text[reset.end() :] if reset is not None else text
    entries = _entries(body, is_table)
    if entries is None:
        return Cell(text=text)
    return Cell(text=set_json(entries), native_code=reset[1].upper() if reset is not None else None)


def _entries(text: str, is_table: bool) -> dict[str, Any] | None:
    """Return the entries, or None if this is no set; a key alone, or with nothing behind its `=`, was removed."""
    found: dict[str, Any] = {}
    at, end = 0, len(text.rstrip())
    while at < end:
        key = _KEY.match(text, at)
        if key is None:
            return None
        at = key.end()
        if key[2] is None or at == end or text[at].isspace():
            found[key[1]] = {"removed": True}
            continue
        value = _QUOTED.match(text, at) or _BRACED.match(text, at) or _BARE.match(text, at)
        if value is None or (value.end() < end and not text[value.end()].isspace()):
            return None
        found[key[1]] = _value(value, is_table)
        at = value.end()
    return found


def _value(found: re.Match[str], is_table: bool) -> Any:
    if found.re is _BARE:
        return found[0]
    inner = next(group for group in found.groups() if group is not None)
    cells = _entries(inner, False) if found.re is _BRACED and is_table else None
    return _ESCAPED.sub(r"\1", inner) if cells is None else cells
