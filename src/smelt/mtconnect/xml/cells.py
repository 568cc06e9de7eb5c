"""What the scan's rows say: its numbers as they are; what a text or a body says is asked once for each."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smelt.mtconnect.cells import canonical_json, event_cell, sample_cell
from smelt.mtconnect.rows import Cell
from smelt.mtconnect.vectors import is_vector, vectors_json
from smelt.mtconnect.xml.bodies import read_bodies
from smelt.mtconnect.xml.words import Words, words_at
from smelt.mtconnect.xml_scanner import rows as r
from smelt.terms.errors import DataError
from smelt.terms.observation import Category

_UNAVAILABLE = r.LEVELS.index("UNAVAILABLE")
_NAMES: tuple[Category, ...] = ("SAMPLE", "EVENT", "CONDITION")
_MARKED = (r.IS_MARKED, r.MARKED_UNITS, r.IS_SET)


class Cells:
    """Value, whether there is one, text and level of rows, under construction; rows that cannot be read are noted."""

    def __init__(self, value: NDArray[np.float64], text: Words, level: NDArray[np.int32]) -> None:
        self.value = value.copy()
        self.has_value = ~np.isnan(value)
        self.level = level
        self._codes = text.codes.copy()
        self._known = {word: code for code, word in enumerate(text.words)}
        self._unread: list[NDArray[np.int64]] = []

    def put(self, rows: NDArray[np.int64], place: NDArray[np.integer[Any]], cells: Sequence[Cell | None]) -> None:
        """Let each of these rows say what the cell at its place does; None is one that cannot be read."""
        said = [Cell() if cell is None else cell for cell in cells]
        known = self._known
        coded = [-1 if cell.text is None else known.setdefault(cell.text, len(known)) for cell in said]
        self.value[rows] = np.array([np.nan if cell.value is None else cell.value for cell in said])[place]
        self.has_value[rows] = np.array([cell.value is not None for cell in said], np.bool_)[place]
        self._codes[rows] = np.array(coded, np.int32)[place]
        unavailable = rows[np.array([cell.level is not None for cell in said], np.bool_)[place]]
        self.level[unavailable] = _UNAVAILABLE
        if None in cells:
            self._unread.append(rows[np.array([cell is None for cell in cells], np.bool_)[place]])

    def text(self) -> Words:
        """Return the column of texts."""
        return Words(self._codes, list(self._known))

    def unread(self, documents: NDArray[np.int64]) -> frozenset[int]:
        """Return the documents of rows that cannot be read, of those of all rows."""
        return frozenset(documents[np.concatenate(self._unread)].tolist()) if self._unread else frozenset()


def read_cells(buffer: NDArray[np.uint8], rows: NDArray[np.int64], numbers: NDArray[np.float64]) -> Cells:
    """Read what the scan's rows say, apart from time series."""
    form, category = rows[:, r.FORM], rows[:, r.CATEGORY]
    has_units = form == r.HAS_UNITS
    has_text = has_units | ((form == r.IS_TEXT) & ((category != r.CONDITION) | (rows[:, r.TEXT_LENGTH] > 0)))
    text = words_at(buffer, rows[:, r.TEXT_AT], rows[:, r.TEXT_LENGTH], has_text)
    level = np.where(form == r.IS_UNAVAILABLE, _UNAVAILABLE, rows[:, r.LEVEL]).astype(np.int32)
    cells = Cells(numbers, text, level)
    is_event = category == r.EVENT
    kinds = ((is_event & ~has_units, _events), (has_units, _events_with_units), (category == r.SAMPLE, _samples))
    for which, read in kinds:
        chosen = np.flatnonzero((text.codes >= 0) & which)
        used, place = np.unique(text.codes[chosen], return_inverse=True)
        cells.put(chosen, place, read([text.words[code] for code in used.tolist()]))
    is_marked = (form >= r.IS_MARKED) & (form <= r.IS_SET)
    if is_marked.any():
        _read_marked(buffer, rows, is_marked, cells)
    return cells


def _read_marked(
    buffer: NDArray[np.uint8], rows: NDArray[np.int64], is_marked: NDArray[np.bool_], cells: Cells
) -> None:
    """Read what holds more than text."""
    body = words_at(buffer, rows[:, r.TEXT_AT], rows[:, r.TEXT_LENGTH], is_marked)
    for form in _MARKED:
        for category, name in enumerate(_NAMES):
            chosen = np.flatnonzero((rows[:, r.FORM] == form) & (rows[:, r.CATEGORY] == category))
            if len(chosen):
                used, place = np.unique(body.codes[chosen], return_inverse=True)
                element = "DataSet" if form == r.IS_SET else ""
                values = read_bodies([body.words[code] for code in used.tolist()], name, element)
                cells.put(chosen, place, [_cell(name, value, form == r.MARKED_UNITS) for value in values])


def _cell(category: Category, value: Any, has_units: bool) -> Cell | None:
    if isinstance(value, Exception):
        return None
    try:
        if category == "SAMPLE":
            return sample_cell(value)
        if category == "EVENT":
            return event_cell(value, has_units)
        return Cell(text=(value if isinstance(value, str) or value is None else canonical_json(value)) or None)
    except DataError:
        return None


def _events(texts: list[str]) -> list[Cell]:
    return [event_cell(text) for text in texts]


def _events_with_units(texts: list[str]) -> list[Cell]:
    return [event_cell(text, has_units=True) for text in texts]


def _samples(texts: list[str]) -> list[Cell]:
    vectors = [text for text in texts if is_vector(text)]
    known = dict(zip(vectors, vectors_json(vectors), strict=True))
    return [Cell(text=known[text]) if text in known else sample_cell(text) for text in texts]
