"""The plain lines of a log, `timestamp|key|value`, all at once: nearly every line is one.

Only what shdr.fields would read in the same way is taken; a property test holds the two together.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smelt.mtconnect.scanner.log import NUMBER, OTHER, TEXT, VECTOR, LogScan
from smelt.mtconnect.shdr.fields import Keys, is_plain_number, is_plain_text
from smelt.mtconnect.shdr.spread import Spreader
from smelt.mtconnect.vectors import vectors_json
from smelt.terms.observation import Category


@dataclass(frozen=True)
class PlainLines:
    """Rows of the plain lines as arrays, and what the others are.

    key : index into `items` and `categories`, which data item each key means.
    text : index into `texts` and `is_vector`; -1 for none, -2 for UNAVAILABLE. `value` is NaN where there is no number.
    other_texts, other_numbers, others_after : text and number of each other line, and how many plain ones
        stand before it.
    """

    time_us: NDArray[np.int64]
    value: NDArray[np.float64]
    key: NDArray[np.int32]
    text: NDArray[np.int32]
    items: tuple[str, ...]
    categories: tuple[Category, ...]
    texts: tuple[str, ...]
    is_vector: NDArray[np.bool_]
    other_texts: list[str]
    other_numbers: list[int]
    others_after: NDArray[np.int64]


def no_plain_lines(lines: int) -> PlainLines:
    """Return what is known if no line was looked at: all of them are others."""
    numbers, codes = np.empty(0, np.int64), np.empty(0, np.int32)
    return PlainLines(
        numbers, np.empty(0), codes, codes, (), (), (), np.empty(0, bool), [], list(range(lines)), np.zeros(lines, int)
    )


def read_plain_lines(data: bytes, keys: Keys) -> PlainLines:
    """Read the plain lines of a log that is valid UTF-8 and holds no multiline asset."""
    scan = LogScan(data, lambda key: _explain(key, keys))
    found = scan.others
    lines = zip(*(found[name].tolist() for name in ("element", "start", "end")), strict=True)
    spread = Spreader(keys).spread(data, lines, len(scan.rows["value"])) if len(found) else None
    if spread is not None:
        data = spread.data
        scan = LogScan(data, lambda key: _explain(key, keys))
    meant = [keys.find(key) for key in scan.keys]
    texts, kinds = scan.texts
    is_vector = kinds == VECTOR
    rows, others = scan.rows, scan.others
    spans = zip(others["start"].tolist(), others["end"].tolist(), strict=True)
    return PlainLines(
        rows["event_time"],
        rows["value"],
        rows["item"],
        rows["text"],
        tuple(name if item is None else item.id for name, item in meant),
        tuple("EVENT" if item is None else item.category for _, item in meant),
        _with_vectors(texts, is_vector),
        is_vector,
        [data[start:end].decode() for start, end in spans],
        others["element"].tolist() if spread is None else spread.numbers[others["element"]].tolist(),
        others["row"],
    )


def _with_vectors(texts: list[str], is_vector: NDArray[np.bool_]) -> tuple[str, ...]:
    """Write the vectors among the words as the agent's JSON has them."""
    places = np.flatnonzero(is_vector).tolist()
    for place, text in zip(places, vectors_json([texts[place] for place in places]), strict=True):
        texts[place] = text
    return tuple(texts)


def _explain(key: str, keys: Keys) -> int:
    """Say whether a number or a text is expected behind a key, or what no plain line can say."""
    if key != key.strip() or key.startswith("@"):
        return int(OTHER)
    _, item = keys.find(key)
    if is_plain_number(item):
        return int(NUMBER)
    return int(TEXT if is_plain_text(item) else OTHER)
