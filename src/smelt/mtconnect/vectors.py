"""Many vectors at once, such as the three coordinates of a path, to the JSON that stands for one."""

import re
from collections.abc import Sequence
from itertools import chain

import numpy as np
import orjson
from numpy.typing import NDArray

from smelt.mtconnect.cells import vector_json
from smelt.mtconnect.digits import fifteen_digits

_NUMBER = r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
_VECTOR = re.compile(rf"{_NUMBER}(?: {_NUMBER})+")


def is_vector(text: str) -> bool:
    """Say whether a text is two numbers or more with a blank between them.

    Examples
    --------
    >>> is_vector("1.5 -2"), is_vector("1.5"), is_vector("1 mm")
    (True, False, False)
    """
    return _VECTOR.fullmatch(text) is not None


def vectors_json(vectors: Sequence[str]) -> list[str]:
    """Return what `vector_json` makes of each of many vectors, which is_vector calls so.

    Examples
    --------
    >>> vectors_json(["1.50 2", "0.1 1e400"])
    ['[1.5,2.0]', '[0.1,"Infinity"]']
    """
    words = " ".join(vectors).split()
    widths = np.array([text.count(" ") + 1 for text in vectors], np.int64)
    return _printed(np.fromiter(map(float, words), np.float64, len(words)), widths)


def lists_json(lists: Sequence[str]) -> list[str]:
    """Return what `vector_json` makes of each of many JSON lists of numbers.

    Examples
    --------
    >>> lists_json(["[1.50, 2]", "[0.1]"])
    ['[1.5,2.0]', '[0.1]']
    """
    vectors = orjson.loads(f"[{','.join(lists)}]")
    widths = np.array([len(vector) for vector in vectors], np.int64)
    return _printed(np.fromiter(chain.from_iterable(vectors), np.float64, int(widths.sum())), widths)


def _printed(numbers: NDArray[np.float64], widths: NDArray[np.int64]) -> list[str]:
    """Return vectors, which stand one behind the other, as JSON; `widths` tells how many numbers each has."""
    numbers = fifteen_digits(numbers)
    starts = np.cumsum(widths) - widths
    found = [""] * len(widths)
    for width in np.unique(widths).tolist():
        chosen = np.flatnonzero(widths == width)
        rows = numbers[starts[chosen, None] + np.arange(width)]
        for place, text in zip(chosen.tolist(), _as_json(rows), strict=True):
            found[place] = text
    return found


def _as_json(rows: NDArray[np.float64]) -> list[str]:
    if not np.isfinite(rows).all():
        return [vector_json(row) for row in rows.tolist()]
    whole = orjson.dumps(np.ascontiguousarray(rows), option=orjson.OPT_SERIALIZE_NUMPY).decode()
    return [f"[{row}]" for row in whole[2:-2].split("],[")]
