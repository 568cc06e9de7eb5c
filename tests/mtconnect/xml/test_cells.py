"""Cells of rows: the scan's numbers, and what texts and bodies say, each asked once."""

import numpy as np

from smelt.mtconnect.rows import Cell
from smelt.mtconnect.xml.cells import Cells, read_cells
from smelt.mtconnect.xml.words import Words
from smelt.mtconnect.xml_scanner import rows as r

SAID = (
    (r.SAMPLE, r.IS_NUMBER, "1.5"),
    (r.SAMPLE, r.IS_MARKED, "1&#46;50"),
    (r.EVENT, r.IS_MARKED, "1&#46;50"),
    (r.EVENT, r.MARKED_UNITS, "1&#46;50"),
    (r.EVENT, r.IS_SET, '<Entry key="k">1.50</Entry>'),
    (r.EVENT, r.IS_SET, ""),
    (r.CONDITION, r.IS_MARKED, "a &lt; b"),
    (r.EVENT, r.IS_MARKED, "<![CDATA[UNAVAILABLE]]>"),
    (r.EVENT, r.IS_MARKED, "&nope;"),
    (r.SAMPLE, r.IS_SERIES, "1 2"),
)


def test_bodies_are_read_by_category_and_form() -> None:
    rows, data = np.zeros((len(SAID), r.ROW_WIDTH), np.int64), b""
    for k, (category, form, text) in enumerate(SAID):
        rows[k, [r.CATEGORY, r.FORM, r.LEVEL, r.DOCUMENT]] = category, form, 2 if category == r.CONDITION else -1, k
        rows[k, [r.TEXT_AT, r.TEXT_LENGTH]] = len(data), len(text)
        data += text.encode()
    numbers = np.array([1.5] + [np.nan] * (len(SAID) - 1))
    cells = read_cells(np.frombuffer(data + bytes(8), np.uint8), rows, numbers)
    assert np.flatnonzero(cells.has_value).tolist() == [0, 1, 3] and cells.value[[0, 1, 3]].tolist() == [1.5] * 3
    texts = [None, None, "1.50", "1.5", '{"k":1.5}', "{}", "a < b", None, None, None]
    assert cells.text().array().to_pylist() == texts
    assert cells.level.tolist() == [-1, -1, -1, -1, -1, -1, 2, 3, -1, -1]
    assert cells.unread(rows[:, r.DOCUMENT]) == {8}


def test_cells_are_put_by_their_places() -> None:
    cells = Cells(np.full(3, np.nan), Words(np.array([0, -1, -1], np.int32), ["a"]), np.full(3, -1, np.int32))
    cells.put(np.array([2, 1]), np.array([0, 1]), [Cell(1.0, "a"), Cell(text="b")])
    assert cells.text().array().to_pylist() == ["a", "b", "a"]
    assert cells.has_value.tolist() == [False, False, True] and not cells.unread(np.zeros(3, np.int64))
