"""Adapter logs (SHDR): a timestamp and its fields a line, as adapters send them and as people store them."""

import polars as pl
import pyarrow as pa

from smelt.mtconnect.event_time import EventTimes
from smelt.mtconnect.rows import Building, Document, Row
from smelt.mtconnect.shdr_fields import Keys, LineRows, read_fields
from smelt.mtconnect.shdr_lines import LogLines
from smelt.terms.observation import Decoded, ProbedDevice

_REMEMBERED = 200_000
_IDENTITY = ["data_item", "event_time", "value", "text", "level", "native_code"]
_CONFLICT_MARKS = ("<<<<<<<", "=======", ">>>>>>>")
_MULTILINE = "--multiline--"


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
    building = Building()
    building.documents.append(Document(0, len(data), "shdr"))
    reading = _Reading(LogLines(data), Keys.of(device, device_uuid), building)
    reading.read()
    building.add_rows(device_uuid, reading.rows, reading.times_us)
    decoded = building.finish()
    return Decoded(count_repeats(decoded.rows), decoded.documents, decoded.rejects)


def count_repeats(rows: pa.Table) -> pa.Table:
    """Number equal rows from 0 in `part`; rows without a twin have 0."""
    frame = pl.from_arrow(rows.select(_IDENTITY))
    assert isinstance(frame, pl.DataFrame)
    ordinals = frame.select(pl.int_range(pl.len(), dtype=pl.Int32).over(_IDENTITY)).to_series()
    place = rows.schema.get_field_index("part")
    return rows.set_column(place, rows.schema.field(place), ordinals.to_arrow())


class _Reading:
    """Goes through the lines of one log; what stands behind the timestamp is read once and remembered."""

    def __init__(self, log: LogLines, keys: Keys, building: Building) -> None:
        self._log = log
        self._keys = keys
        self._building = building
        self._times = EventTimes()
        self._seen: dict[str, LineRows] = {}
        self.rows: list[Row] = []
        self.times_us: list[int] = []

    def read(self) -> None:
        """Read all lines."""
        lines, parse, seen = self._log.texts, self._times.parse, self._seen
        at = 0
        while at < len(lines):
            stamp, _, text = lines[at].partition("|")
            time_us = parse(stamp)
            if time_us is None or text[:1] == "@":
                at = self._read_odd(at)
                continue
            found = seen.get(text) or self._read_new(text)
            for row in found.rows:
                self.rows.append(row)
                self.times_us.append(time_us + row.time_us)
            if found.fault is not None:
                self._reject(at, at + 1, found.fault)
            at += 1

    def _read_new(self, text: str) -> LineRows:
        if not self._log.is_utf8 and not _is_utf8(text):
            return LineRows((), "no UTF-8")
        if len(self._seen) >= _REMEMBERED:
            self._seen.clear()
        found = self._seen[text] = read_fields(text, self._keys)
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
        found = self._read_new(text) if bar and time_us is not None else LineRows((), "no timestamp")
        self.rows += found.rows
        self.times_us += [(time_us or 0) + row.time_us for row in found.rows]
        if found.fault is not None:
            self._reject(at, at + 1, found.fault)
        return at + 1

    def _skip_asset(self, at: int, text: str) -> int:
        """Skip an asset with all its lines; one that does not end is rejected up to the next record."""
        _, is_multiline, tag = text.partition(_MULTILINE)
        if not is_multiline:
            return at + 1
        lines = self._log.texts
        for end in range(at + 1, len(lines)):
            if lines[end].strip() == _MULTILINE + tag.strip():
                return end + 1
        end = at + 1
        while end < len(lines) and self._times.parse(lines[end].partition("|")[0]) is None:
            end += 1
        self._reject(at, end, "asset without an end")
        return end

    def _reject(self, first: int, last: int, reason: str) -> None:
        start, end = self._log.span(first, last)
        self._building.reject(start, end, reason)


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
