"""Many vectors at once, such as the three coordinates of a path, to the JSON that stands for one."""

import re
from collections.abc import Sequence

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
    numbers = fifteen_digits(np.fromiter(map(float, words), np.float64, len(words)))
    widths = np.array([text.count(" ") + 1 for text in vectors], np.int64)
    starts = np.cumsum(widths) - widths
    found = [""] * len(vectors)
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
