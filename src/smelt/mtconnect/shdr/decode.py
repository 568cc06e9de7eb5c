"""Adapter logs (SHDR): a timestamp and its fields a line, as adapters send them and as people store them."""

from bisect import bisect_right
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from smelt.mtconnect.event_time import EventTimes
from smelt.mtconnect.rows import Building, Document, Rows
from smelt.mtconnect.shdr.fields import Keys, read_fields
from smelt.mtconnect.shdr.lines import MULTILINE, LogLines
from smelt.mtconnect.shdr.plain import PlainLines, no_plain_lines, read_plain_lines
from smelt.mtconnect.shdr.series import add_series, read_series
from smelt.mtconnect.shdr.table import Others, log_table
from smelt.terms.observation import Decoded, ProbedDevice

_BOM = b"\xef\xbb\xbf"
_REMEMBERED = 200_000
_SMALL = 100_000
_CONFLICT_MARKS = ("<<<<<<<", "=======", ">>>>>>>")


def decode_shdr(data: bytes, device: ProbedDevice | None, device_uuid: str) -> Decoded:
    r"""Decode a log; lines that are none are rejected with their offset, the others are read.

    Parameters
    ----------
    device : whose data items give the keys their meaning; None: every key is undeclared.
    device_uuid : of the rows.

    Notes
    -----
    Values are in native units. `part` counts rows of the file that are equal in everything else.
    Assets and the adapter's protocol lines (`* PING`) are skipped.

    Examples
    --------
    >>> decoded = decode_shdr(b"2017-06-22T08:31:57.115Z|avail|AVAILABLE\n2017-06", None, "m1")
    >>> decoded.rows["text"].to_pylist(), decoded.rejects
    (['AVAILABLE'], (Reject(offset=41, length=7, reason='no timestamp'),))
    """
    keys = Keys.of(device, device_uuid)
    is_small = len(data) < _SMALL
    if is_small or not _is_utf8(data) or data.startswith(_BOM) or MULTILINE.encode() in data:
        return decode_line_by_line(data, keys, device_uuid)
    return decode_plain_first(data, keys, device_uuid)


def decode_plain_first(data: bytes, keys: Keys, device_uuid: str) -> Decoded:
    """Decode a log of valid UTF-8 without multiline assets: its plain lines at once, then the others one by one."""
    plain = read_plain_lines(data, keys)
    log = LogLines(data, plain.other_texts, plain.other_numbers)
    if log.is_wrapped():
        return decode_line_by_line(data, keys, device_uuid)
    return _decode(data, log, keys, plain, device_uuid)


def decode_line_by_line(data: bytes, keys: Keys, device_uuid: str) -> Decoded:
    """Decode a log without the short cut for plain lines: the oracle, and the way for logs that are not clean."""
    text = data.decode(errors="surrogateescape").removeprefix("\ufeff")
    log = LogLines(data, text.split("\n"))
    log.join_wrapped()
    return _decode(data, log, keys, no_plain_lines(len(log.texts)), device_uuid)


def _decode(data: bytes, log: LogLines, keys: Keys, plain: PlainLines, device_uuid: str) -> Decoded:
    building = Building()
    building.documents.append(Document(0, len(data), "SHDR", "shdr"))
    reading = _Reading(log, keys, building)
    reading.read()
    rows = log_table(plain, reading.others(plain.others_after), device_uuid)
    decoded = building.finish()
    return Decoded(rows, decoded.documents, decoded.rejects)


class _Seen(NamedTuple):
    """What a line says behind its timestamp: the numbers of its rows, and what is wrong with it."""

    numbers: range
    fault: str | None


class _Reading:
    """Goes through the lines of one log; what stands behind the timestamp is read once and remembered."""

    def __init__(self, log: LogLines, keys: Keys, building: Building) -> None:
        self._log = log
        self._keys = keys
        self._building = building
        self._times = EventTimes()
        self._seen: dict[str, _Seen] = {}
        self._distinct = Rows()
        self._rows: list[tuple[int, int, int, int]] = []  # of lines: first row in `_distinct`, how many, and the time
        self._asset_ends: dict[str, list[int]] = {}
        for place, text in enumerate(log.texts):
            if text.startswith(MULTILINE):
                self._asset_ends.setdefault(text.strip(), []).append(place)

    def read(self) -> None:
        """Read all lines."""
        lines, parse, seen = self._log.texts, self._times.parse, self._seen
        at = 0
        while at < len(lines):
            stamp, _, text = lines[at].partition("|")
            time_us = parse(stamp)
            if time_us is None or text[:1] in ("", "@"):
                at = self._read_odd(at)
                continue
            found = seen.get(text) or self._read_new(text)
            self._add(at, time_us, found)
            at += 1

    def others(self, after: NDArray[np.int64]) -> Others:
        """Return the rows; `after` says of each line how many plain ones stand before it."""
        lines, firsts, counts, times_us = np.array(self._rows, np.int64).reshape(-1, 4).T
        which = np.repeat(np.arange(len(counts)), counts)
        numbers = np.arange(len(which)) + (firsts - np.cumsum(counts) + counts)[which]
        behind = np.array(self._distinct.time_us, np.int64)[numbers]
        return Others(self._distinct, numbers, times_us[which] + behind, after[lines[which]])

    def _add(self, at: int, time_us: int, found: _Seen) -> None:
        self._rows.append((at, found.numbers.start, len(found.numbers), time_us))
        if found.fault is not None:
            self._reject(at, at + 1, found.fault)

    def _read_new(self, text: str) -> _Seen:
        if not _is_utf8(text):
            return _Seen(range(0), "no UTF-8")
        if len(self._seen) >= _REMEMBERED:
            self._seen.clear()
        first, fault = len(self._distinct), None
        series = read_series(text, self._keys)
        if series is not None:
            add_series(self._distinct, series)
        else:
            rows, fault = read_fields(text, self._keys)
            self._distinct.add_all(rows)
        found = self._seen[text] = _Seen(range(first, len(self._distinct)), fault)
        return found

    def _read_odd(self, at: int) -> int:
        """Read a line that does not begin with a plain timestamp, or an asset; returns the next line's number."""
        line = self._log.texts[at].lstrip()
        stamp, bar, text = line.partition("|")
        if text.startswith("@"):
            return self._skip_asset(at, text)
        if not line or line.startswith("*"):
            return at + 1
        if line.startswith(_CONFLICT_MARKS):
            self._reject(at, at + 1, "git conflict marker")
            return at + 1
        time_us = self._times.parse(stamp.partition("@")[0])
        if time_us is None or not bar:
            self._reject(at, at + 1, "no timestamp" if time_us is None else "a timestamp alone")
            return at + 1
        self._add(at, time_us, self._read_new(text))
        return at + 1

    def _skip_asset(self, at: int, text: str) -> int:
        """Skip an asset with all its lines; one that does not end is rejected up to the next record."""
        _, is_multiline, tag = text.partition(MULTILINE)
        if not is_multiline:
            return at + 1
        ends = self._asset_ends.get(MULTILINE + tag.strip(), [])
        place = bisect_right(ends, at)
        if place < len(ends):
            return ends[place] + 1
        lines = self._log.texts
        end = at + 1
        while end < len(lines) and self._times.parse(lines[end].partition("|")[0]) is None:
            end += 1
        self._reject(at, end, "asset without an end")
        return end

    def _reject(self, first: int, last: int, reason: str) -> None:
        start, end = self._log.span(first, last)
        self._building.reject(start, end, reason)


def _is_utf8(text: str | bytes) -> bool:
    try:
        _ = text.isascii() or (text.decode() if isinstance(text, bytes) else text.encode())
    except UnicodeError:
        return False
    return True
