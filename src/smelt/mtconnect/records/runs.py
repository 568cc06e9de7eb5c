"""Objects in a row, such as lines of records, parsed many at once: the same values and places as one by one."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from smelt.mtconnect.json.repeats import is_any_lost, parse_joined
from smelt.mtconnect.json.values import BETWEEN, FLAT, FLAT_BYTES, MAX_DEPTH, Ends, depth_of
from smelt.mtconnect.rows import Place
from smelt.terms.errors import DataError

_BORDER = re.compile(rb"\}[" + re.escape(BETWEEN) + rb"]*+\{")
_SURE = (b"}\n{", b"}{", b"}\r\n{")
_MARK, _MARKED = "<", b'"<"'
_ODD = (b"\\u003", b"\\u0022", b'"\t', b'"\r', b'"\n', b'"  ')  # other ways to say the mark, a quote, or a key's colon
_SMALLEST, _LARGEST = 1 << 14, 1 << 20
_GROWTH = 4


@dataclass(frozen=True)
class Run:
    """Parsed objects, one behind the other, and the bytes [start, end) of each.

    before : where the one before them ended, if it is known.
    gaps : bytes [start, end) before each that are no objects, if there are any.
    """

    values: list[dict[str, Any]]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    before: int | None = None
    gaps: tuple[tuple[int, int], ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    @property
    def end(self) -> int:
        """Where the last one ends."""
        return int(self.ends[-1])

    @property
    def place(self) -> Place:
        """Where they stand."""
        return Place(int(self.starts[0]), self.end - int(self.starts[0]))

    def part(self, start: int, end: int) -> "Run":
        """Return objects [start, end)."""
        before = int(self.ends[start - 1]) if start else self.before
        return Run(self.values[start:end], self.starts[start:end], self.ends[start:end], before, self.gaps[start:end])


class _Found:
    """Objects that were found one by one."""

    def __init__(self, at: int) -> None:
        self.behind = at  # where the next is looked for
        self._values: list[dict[str, Any]] = []
        self._starts: list[int] = []
        self._ends: list[int] = []

    def add(self, value: dict[str, Any], start: int, end: int) -> None:
        self._values.append(value)
        self._starts.append(start)
        self._ends.append(end)
        self.behind = end

    def run(self) -> Run | None:
        if not self._values:
            return None
        return Run(self._values, np.array(self._starts, np.int64), np.array(self._ends, np.int64))


class Runs:
    """Parses runs of objects; looks at more bytes at once as long as they hold nothing else."""

    def __init__(self, ends: Ends) -> None:
        self._ends = ends
        self._window = _SMALLEST
        self._torn_at = -1  # where one was looked for in vain

    def parse(self, data: bytes, at: int, end: int) -> Run | None:
        """Return some of the objects that begin in [at, end), the first of them at `at`, or None if there is none."""
        if at == self._torn_at:
            return None
        stop = _last_border(data, at, min(end, at + self._window), end)
        chunk = data[at:stop].rstrip(BETWEEN)
        run = parse_whole(chunk, at) or self._parse_rest(data, stop, _parse_lines(chunk, at))
        is_whole = run is not None and run.end >= at + len(chunk)
        self._window = min(self._window * _GROWTH, _LARGEST) if is_whole else _SMALLEST
        return run

    def _parse_rest(self, data: bytes, stop: int, found: _Found) -> Run | None:
        """Return a run with the objects behind those that were found, which are looked for one by one."""
        at = skip_between(data, found.behind, stop)
        while at < stop and data.startswith(b"{", at):
            value = self._ends.find(data, at, len(data), is_first=True)  # one may end behind `stop`
            if value is None:
                self._torn_at = at
                break
            found.add(value.value, at, value.end)
            at = skip_between(data, value.end, stop)
        return found.run()


def _last_border(data: bytes, at: int, stop: int, end: int) -> int:
    """Return where the last object begins before `stop`, so that those before it are whole."""
    if stop == end:
        return end
    for border in (*_SURE[:2], b"{"):
        last = data.rfind(border, at + 1, stop)
        if last > 0:
            return last + len(border) - 1
    return stop


def parse_whole(chunk: bytes, at: int) -> Run | None:
    """Parse bytes that are objects with the same between any two, which begin at byte `at`; None if they are more."""
    return _parse_flat(chunk, at) or _parse_nested(chunk, at)


def _parse_flat(chunk: bytes, at: int) -> Run | None:
    """Parse objects that hold no other, whatever is between them; None if there is anything else.

    There are as many opening and closing brackets as objects, so none stands in a text: all between two objects
    is what may be there.
    """
    count = chunk.count(b"{")
    if chunk.count(b"}") != count:
        return None
    listed = _listed(chunk, count)
    try:
        values = None if listed is None else orjson.loads(listed)
    except orjson.JSONDecodeError:
        return None
    if values is None or len(values) != count or set(map(type, values)) != {dict}:
        return None
    starts, ends = _places(chunk, b"{"), _places(chunk, b"}") + 1
    if int((ends - starts).max()) > FLAT_BYTES:
        return None
    return Run(values, starts + at, ends + at)


def _parse_nested(chunk: bytes, at: int) -> Run | None:
    """Parse objects with the same bytes between any two of them; None if there is anything else, or a key twice.

    A mark is put between them: there are as many marks in the list as were put, so none stands within an object.
    """
    border = _border_of(chunk)
    if border is None or _MARKED in chunk or any(odd in chunk for odd in _ODD):
        return None
    count = chunk.count(border)
    try:
        listed = orjson.loads(b"[%b]" % chunk.replace(border, b"},%b,{" % _MARKED))
        if listed[1::2] != [_MARK] * count or set(map(type, listed[::2])) != {dict} or is_any_lost(chunk, listed):
            return None
    except orjson.JSONDecodeError:
        return None
    sizes = np.fromiter(map(len, chunk.split(border)), np.int64, count + 1)
    starts = np.cumsum(np.concatenate([[0], sizes[:-1] + len(border)]))
    ends = starts + sizes + 1
    starts[1:] -= 1
    ends[-1] -= 1
    return Run(listed[::2], starts + at, ends + at) if depth_of(chunk) <= MAX_DEPTH else None


def _border_of(chunk: bytes) -> bytes | None:
    """Return what stands between two objects: without a comma it can be nothing else."""
    sure = next((border for border in _SURE if border in chunk), None)
    found = _BORDER.search(chunk) if sure is None else None
    return sure if found is None else found[0]


def _listed(chunk: bytes, count: int) -> bytes | None:
    """Return the objects as a JSON list, if there are so many borders between two objects as that needs."""
    first = _BORDER.search(chunk)
    border = b"},{" if first is None else first[0]
    if chunk.count(border) == count - 1:
        return b"[%b]" % (chunk if border == b"},{" else chunk.replace(border, b"},{"))
    joined, borders = _BORDER.subn(b"},{", chunk)
    return b"[%b]" % joined if borders == count - 1 else None


def _places(chunk: bytes, mark: bytes) -> NDArray[np.int64]:
    return np.flatnonzero(np.frombuffer(chunk, np.uint8) == mark[0])


def _parse_lines(chunk: bytes, at: int) -> _Found:
    """Parse the lines that are an object each, up to the first that is none."""
    found = _Found(at)
    for line in chunk.split(b"\n"):
        bare = line.strip(BETWEEN)
        value = parse_line(bare)
        if value is not None:
            start = at + line.index(b"{")
            found.add(value, start, start + len(bare))
        elif bare:
            break
        at += len(line) + 1
    return found


def parse_line(line: bytes) -> Any:
    """Return the object that a line is, as `Ends.find` has it, or None if it may find something else."""
    if not (line.startswith(b"{") and line.endswith(b"}")):
        return None
    inner = line.count(b"{")
    try:
        if len(line) <= FLAT_BYTES and (inner == 1 or FLAT.fullmatch(line)):
            return orjson.loads(line)
        return parse_joined(line) if inner + line.count(b"[") <= MAX_DEPTH else None
    except (orjson.JSONDecodeError, DataError):
        return None


def skip_between(data: bytes, at: int, end: int) -> int:
    """Return where the next thing begins that is more than what may stand between values."""
    while at < end and data[at] in BETWEEN:
        at += 1
    return at
