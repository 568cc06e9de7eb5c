"""A log's bytes to lines that remember where they stood; terminals' hard wraps at 80 columns are undone."""

import re
from itertools import accumulate

_WRAP_COLUMN = 80
_DATE = r"(?:[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4})"
_RECORD = re.compile(rf"\s*{_DATE}[Tt ]|\s*\*|\s*\Z|<{{7}}|={{7}}|>{{7}}")
MULTILINE = "--multiline--"


class LogLines:
    """Lines of a log with their numbers; without `numbers` they are all lines.

    Parameters
    ----------
    texts : without line feeds; bytes that are no UTF-8 stand as lone surrogates.

    Examples
    --------
    >>> log = LogLines(b"one\\r\\ntwo\\n", ["one\\r", "two", ""])
    >>> log.texts, log.span(1, 2)
    (['one', 'two', ''], (5, 8))
    """

    def __init__(self, data: bytes, texts: list[str], numbers: list[int] | None = None) -> None:
        self._data = data
        self._firsts = list(range(len(texts))) if numbers is None else numbers
        self._behind = [number + 1 for number in self._firsts]
        self.texts = [text.removesuffix("\r") for text in texts] if b"\r" in data else texts
        self._offsets: list[int] | None = None

    def number(self, place: int) -> int:
        """Return the number of a line in its log, from 0."""
        return self._firsts[place]

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return the bytes [start, end) of the lines first..last-1, without the last line's end."""
        start, _ = self._line_span(self._firsts[first])
        _, end = self._line_span(self._behind[last - 1] - 1)
        return start, end

    def _line_span(self, number: int) -> tuple[int, int]:
        if self._offsets is None:
            self._offsets = [0, *accumulate(len(line) + 1 for line in self._data.split(b"\n"))]
        start, end = self._offsets[number], self._offsets[number + 1] - 1
        return start, end - self._data[start:end].endswith(b"\r")

    def is_wrapped(self) -> bool:
        """Say whether a line that begins no record stands behind one that fills a terminal's width."""
        loose = [n for n, text in zip(self._firsts, self.texts, strict=True) if n and not is_record(text)]
        spans = (self._line_span(n - 1) for n in loose)
        return any(len(self._data[start:end].decode(errors="replace")) == _WRAP_COLUMN for start, end in spans)

    def join_wrapped(self) -> None:
        """Undo a terminal's wraps: a full line is joined with those behind it that do not begin a record."""
        texts: list[str] = []
        firsts: list[int] = []
        behind: list[int] = []
        previous = ""
        for number, text in zip(self._firsts, self.texts, strict=True):
            is_rest = len(previous) == _WRAP_COLUMN and behind[-1] == number and not is_record(text)
            if is_rest and MULTILINE not in texts[-1]:
                texts[-1] += text
                behind[-1] = number + 1
            else:
                texts.append(text)
                firsts.append(number)
                behind.append(number + 1)
            previous = text
        self.texts, self._firsts, self._behind = texts, firsts, behind


def is_record(text: str) -> bool:
    """Say whether a line begins like a record, a protocol line or a conflict marker, or is blank."""
    return _RECORD.match(text) is not None
