"""JSON in which an object says a key twice: of what holds observations or data items all count, not the last alone.

RFC 8259 leaves the meaning open, parsers keep the last, and converters of XML repeat a key where a list should stand.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from smelt.mtconnect.json.header import UnfitError

_ROOTS = frozenset({"MTConnectStreams", "MTConnectDevices", "MTConnectAssets", "MTConnectError"})
_CATEGORIES = frozenset({"Samples", "Events", "Condition"})
_MODEL = frozenset({"Devices", "Components", "DataItems", "Assets"})
_JOINED = _ROOTS | _CATEGORIES | _MODEL | {"Streams"}  # there is one of each, so that two are one
_BOXES = _CATEGORIES | _MODEL | {"Streams", "ComponentStreams"}  # in version 1 lists of objects with one key each
_LISTED = _BOXES | {"DeviceStream"}  # what they hold is a list
_ENTRIES = frozenset({"Entry", "Cell"})
_COLONS = (b'":', b'" :')
_MOST_DIGITS = 19


def parse_joined(data: bytes) -> Any:
    """Parse JSON; what holds observations, data items or assets and stands under one key twice is joined, in its order.

    Of every other key that is repeated the last counts, as for the parser.

    Raises
    ------
    JSONDecodeError
        If it is no JSON.
    UnfitError
        If keys are repeated and it nests too deep to tell which.

    Examples
    --------
    >>> parse_joined(b'{"Samples":{"Load":[1],"Load":[2]},"Samples":{"Load":[3]},"name":"a","name":"b"}')
    {'Samples': {'Load': [1, 2, 3]}, 'name': 'b'}
    """
    value = orjson.loads(data)
    if not is_any_lost(data, value):
        return value
    try:
        pairs = json.loads(data, object_pairs_hook=_hold, parse_int=_integer)
        return _resolved(pairs, "")
    except RecursionError as error:
        raise UnfitError("keys are repeated, and it nests too deep") from error


def is_any_lost(data: bytes, value: Any) -> bool:
    """Say whether the bytes have more keys than what was parsed of them."""
    try:
        kept = orjson.dumps(value)
    except TypeError:  # nested too deep to be written
        return True
    return _count_keys(kept) < _count_keys(data)


def _count_keys(data: bytes) -> int:
    return sum(data.count(colon) for colon in _COLONS)


class _Repeating(dict[str, Any]):
    """An object as the parser has it, with all its members in `pairs`."""

    def __init__(self, pairs: Sequence[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs


def _hold(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else _Repeating(pairs)


def _integer(digits: str) -> int | float:
    """Read an integer as orjson does: what has no 64 bits is a float."""
    if len(digits) <= _MOST_DIGITS:
        return int(digits)
    number = int(digits) if len(digits) <= _MOST_DIGITS + 1 else None
    return number if number is not None and -(1 << 63) <= number < 1 << 64 else float(digits)


def _resolved(value: Any, name: str) -> Any:
    """Return the value of the element of this name in plain objects and lists, its repeated members joined."""
    if isinstance(value, list):
        return [_resolved(member, name) for member in _unboxed(value, name)]
    if not isinstance(value, dict):
        return value
    found: dict[str, Any] = {}
    for key, member in _pairs(value):
        found[key] = _both(found[key], member, _local(key), name) if key in found else member
    return {key: _resolved(member, _local(key)) for key, member in found.items()}


def _unboxed(members: Iterable[Any], name: str) -> Iterable[Any]:
    """Give each member of a box of version 1 that holds several its own box."""
    for member in members:
        if isinstance(member, _Repeating) and name in _BOXES:
            yield from ({key: inner} for key, inner in member.pairs)
        else:
            yield member


def _both(old: Any, new: Any, name: str, parent: str) -> Any:
    """Return what an object's member is that it has twice."""
    if not isinstance(old, dict | list):
        return new
    if name in _JOINED:
        return _join(old, new)
    is_listed = parent in _LISTED and name[:1].isupper()
    if is_listed or (name in _ENTRIES and parent != "value"):
        return [*_list(old), *_list(new)]
    return new


def _join(old: Any, new: Any) -> Any:
    if not isinstance(new, dict | list):
        return old
    if isinstance(old, dict) and isinstance(new, dict):
        return _Repeating([*_pairs(old), *_pairs(new)])
    return [*_boxed(old), *_boxed(new)]


def _boxed(members: Any) -> list[Any]:
    """Return what a category or Streams holds as version 1 has it."""
    if isinstance(members, list):
        return members
    return [{key: element} for key, found in _pairs(members) for element in _list(found)]


def _pairs(found: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    return found.pairs if isinstance(found, _Repeating) else found.items()


def _list(found: Any) -> list[Any]:
    return found if isinstance(found, list) else [] if found is None else [found]


def _local(key: str) -> str:
    return key.rpartition(":")[2]
