"""Values of many records to columns of cells, by the rule that their kind was found to follow."""

from collections.abc import Sequence
from typing import Any

from smelt.mtconnect.cells import parse_number
from smelt.mtconnect.records.kinds import Meaning, is_plain_text
from smelt.mtconnect.rows import Cell
from smelt.mtconnect.vectors import is_vector, vectors_json
from smelt.terms.observation import UNAVAILABLE

_OF_NUMBERS = b"0123456789+-.eE"  # float() takes exactly the texts of these that parse_number takes


class RecordCells:
    """Columns of cells: those by a rule are filled in at once, the others are `left`.

    Parameters
    ----------
    meanings, sent : of each record what its value may become, and its value.

    Examples
    --------
    >>> cells = RecordCells([Meaning("number")] * 3, ["1.5", "1 2", "UNAVAILABLE"])
    >>> cells.left, cells.columns["value"], cells.columns["text"]
    ([2], [1.5, None, None], [None, '[1.0,2.0]', None])
    """

    def __init__(self, meanings: list[Meaning], sent: Sequence[Any]) -> None:
        nothing: list[Any] = [None] * len(meanings)
        self._value, self._text, self._level = nothing[:], nothing[:], nothing
        self._code = [meaning.native_code for meaning in meanings]
        rules = [meaning.rule for meaning in meanings]
        self.left = [i for i, rule in enumerate(rules) if rule in ("each", "none")]
        self._fill_texts([i for i, rule in enumerate(rules) if rule == "text"], sent)
        self._fill_numbers([i for i, rule in enumerate(rules) if rule == "number"], sent)

    def _fill_texts(self, places: list[int], sent: Sequence[Any]) -> None:
        for i in places:
            if is_plain_text(sent[i]):
                self._text[i] = sent[i]
            else:
                self.left.append(i)

    def _fill_numbers(self, places: list[int], sent: Sequence[Any]) -> None:
        """Fill in numbers, and vectors, which the reader makes of several numbers wherever it makes one of one."""
        vectors: list[int] = []
        for i, number in zip(places, _numbers([sent[i] for i in places]), strict=True):
            self._value[i] = number
            if number is None:
                (vectors if isinstance(sent[i], str) and is_vector(sent[i]) else self.left).append(i)
        for i, text in zip(vectors, vectors_json([sent[i] for i in vectors]) if vectors else (), strict=True):
            self._text[i] = text

    def put(self, place: int, cell: Cell) -> None:
        """Put a cell in its place."""
        self._value[place], self._text[place], self._level[place], self._code[place] = cell

    @property
    def columns(self) -> dict[str, list[Any]]:
        """The columns by their names in DECODED_ROWS."""
        return {"value": self._value, "text": self._text, "level": self._level, "native_code": self._code}


def _numbers(sent: list[Any]) -> list[float | None]:
    """Return the number that each is, as a number or as text, or None."""
    types = set(map(type, sent))
    if types <= {float, int}:
        return list(map(float, sent))
    if types == {str}:
        plain = ["0" if text == UNAVAILABLE else text for text in sent]
        if not "".join(plain).encode().translate(None, _OF_NUMBERS):
            try:
                found = list(map(float, plain))
            except ValueError:
                return [_number(text) for text in sent]
            return [None if text == UNAVAILABLE else number for text, number in zip(sent, found, strict=True)]
    return [_number(text) for text in sent]


def _number(sent: object) -> float | None:
    if isinstance(sent, str):
        return parse_number(sent)
    return float(sent) if isinstance(sent, int | float) and not isinstance(sent, bool) else None
