"""A log's bytes to lines that remember where they stood; terminals' hard wraps at 80 columns are undone."""

import re
from itertools import accumulate

_WRAP_COLUMN = 80
_FRAGMENT = re.compile(r"^(?![0-9]{4}-[0-9]{2}-[0-9]{2}T|\*|\r?$|<{7}|={7}|>{7})", re.MULTILINE)
_RECORD = re.compile(r"\s*[0-9]{4}-[0-9]{2}-[0-9]{2}T|\s*\*|\s*\Z|<{7}|={7}|>{7}")
_MULTILINE = "--multiline--"


class LogLines:
    """The lines of a log; invalid UTF-8 stands as lone surrogates (`is_utf8` is False if there is any).

    Examples
    --------
    >>> log = LogLines(b"one\\r\\ntwo\\n")
    >>> log.texts, log.span(1, 2)
    (['one', 'two', ''], (5, 8))
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        try:
            text = data.decode()
            self.is_utf8 = True
        except UnicodeDecodeError:
            text = data.decode(errors="surrogateescape")
            self.is_utf8 = False
        text = text.removeprefix("\ufeff")
        self.texts = text.split("\n")
        if "\r" in text:
            self.texts = [line.removesuffix("\r") for line in self.texts]
        self._firsts: list[int] | None = None  # physical number of each line, where lines were joined
        self._offsets: list[int] | None = None
        if _FRAGMENT.search(text):
            self._join_wrapped()

    def _join_wrapped(self) -> None:
        joined: list[str] = []
        firsts: list[int] = []
        for number, text in enumerate(self.texts):
            is_rest = number > 0 and len(self.texts[number - 1]) == _WRAP_COLUMN and not _RECORD.match(text)
            if is_rest and _MULTILINE not in joined[-1]:
                joined[-1] += text
            else:
                joined.append(text)
                firsts.append(number)
        self.texts, self._firsts = joined, firsts

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return the bytes [start, end) of the lines first..last-1, without the last line's end."""
        if self._offsets is None:
            self._offsets = [0, *accumulate(len(line) + 1 for line in self._data.split(b"\n"))]
        firsts = self._firsts
        start = self._offsets[first if firsts is None else firsts[first]]
        behind = last if firsts is None else (firsts[last] if last < len(firsts) else len(self._offsets) - 1)
        end = self._offsets[behind] - 1
        return start, end - self._data[start:end].endswith(b"\r")
