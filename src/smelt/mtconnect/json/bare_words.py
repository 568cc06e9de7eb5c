"""JSON with the bare words NaN, Infinity and -Infinity, which is none: Python and others send it all the same."""

import json
from typing import Any

import orjson

_WORDS = (b"NaN", b"Infinity")


def parse_with_words(data: bytes) -> Any:
    """Return what JSON with such words says; None if it has none of them, or is no JSON for another reason.

    Examples
    --------
    >>> parse_with_words(b'{"value":[1.5,NaN,-Infinity]}'), parse_with_words(b'{"value":None}')
    ({'value': [1.5, nan, -inf]}, None)
    """
    if not any(word in data for word in _WORDS):
        return None
    try:
        value = json.loads(data.decode())
        orjson.dumps(value)  # half a character, or a number beyond all bounds, is as little JSON as ever
    except (ValueError, TypeError, RecursionError):
        return None
    return value
