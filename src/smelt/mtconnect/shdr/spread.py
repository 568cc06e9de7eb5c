"""Log lines of several pairs, or with an odd timestamp, to plain lines: one pair each behind the agent's own stamp.

A spread log says what the log itself does, in the same order; only lines in which nothing can be wrong are spread.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from smelt.mtconnect.event_time import EventTimes
from smelt.mtconnect.shdr.fields import Keys, is_condition, is_plain_number, is_plain_text
from smelt.mtconnect.shdr.lines import is_record

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TAKES_MORE = ("MESSAGE", "ALARM")  # these types may have several fields
_WORTH = 30  # plain rows that are read again for a pair


class SpreadLog(NamedTuple):
    """A log of more lines, and for each of them the number of the line from which it came."""

    data: bytes
    numbers: NDArray[np.int64]


class Spreader:
    """Spreads the lines of one log; what a key takes is asked once."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._times = EventTimes()
        self._known: dict[str, str | None] = {}

    def spread(self, data: bytes, lines: Iterable[tuple[int, int, int]], plain: int) -> SpreadLog | None:
        """Return the log with some of its lines spread, or None if that is not worth it.

        Parameters
        ----------
        lines : number, first byte and byte behind of those that may be spread.
        plain : how many rows have been read already.
        """
        pieces, at, spread_lines, counts = [], 0, [], []
        for number, start, end in lines:
            pairs = self.pairs(data[start:end].decode())
            if pairs is not None:
                pieces += [data[at:start], "\n".join(pairs).encode()]
                at = end
                spread_lines.append(number)
                counts.append(len(pairs))
        if sum(counts) * _WORTH <= plain:
            return None
        of_line = np.ones(data.count(b"\n") + 1, np.int64)
        of_line[spread_lines] = counts
        return SpreadLog(b"".join([*pieces, data[at:]]), np.repeat(np.arange(len(of_line)), of_line))

    def pairs(self, line: str) -> list[str] | None:
        r"""Return a line for each pair, or None where that is not the same for certain.

        Examples
        --------
        >>> Spreader(Keys()).pairs("2017-06-22T08:31:57.115Z|avail|AVAILABLE|mode|AUTOMATIC\r")
        ['2017-06-22T08:31:57.115Z|avail|AVAILABLE', '2017-06-22T08:31:57.115Z|mode|AUTOMATIC']
        """
        stamp, _, said = line.removesuffix("\r").partition("|")
        first = said.partition("|")[0]
        if self._known.get(first, first) is None or first[:1] in ("", "@"):
            return None
        fields = said.split("|")
        known = [self._key(key) for key in fields[::2]]
        if len(fields) % 2 or None in known or "\\|" in said or "\r" in said:
            return None
        if len(fields) > 2 and not self._are_pairs(fields):
            return None
        told = self._stamp(stamp, line) if len(fields) > 2 or not _is_usual(stamp) else None
        return None if told is None else [f"{told}|{k}|{v}" for k, v in zip(known, fields[1::2], strict=True)]

    def _key(self, key: str) -> str | None:
        """Return a key as it is found, or None if a plain line cannot say it."""
        if key not in self._known:
            bare = key.strip()
            _, item = self._keys.find(bare)
            is_plain = bare != "" and not bare.startswith("@") and (is_plain_number(item) or is_plain_text(item))
            self._known[key] = bare if is_plain else None
        return self._known[key]

    def _are_pairs(self, fields: list[str]) -> bool:
        items = [self._keys.find(key.strip())[1] for key in fields[::2]]
        takes_more = any(item is not None and item.type in _TAKES_MORE for item in items)
        return not takes_more and not (items[0] is None and is_condition(fields[1:]))

    def _stamp(self, stamp: str, line: str) -> str | None:
        """Return the timestamp as an agent writes it, or None if it is none or may be the rest of a wrapped line."""
        if _is_usual(stamp):
            return None if self._times.parse(stamp) is None else stamp
        bare = stamp.partition("@")[0].strip()
        usual = f"{bare[:10]}T{bare[11:]}" if bare[10:11] == " " else bare
        time_us = self._times.parse(usual)
        if time_us is None or not is_record(line):
            return None
        if _is_usual(usual):
            return usual
        return (_EPOCH + timedelta(microseconds=time_us)).isoformat().replace("+00:00", "Z")


def _is_usual(stamp: str) -> bool:
    return stamp[10:11] == "T" and stamp[4:5] == "-" and stamp[-1:] == "Z" and "@" not in stamp
