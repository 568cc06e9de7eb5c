"""MTConnect timestamps (ISO 8601, any number of decimals, with or without a zone; loose_time) to UTC microseconds."""

import re
from datetime import date

from smelt.mtconnect.loose_time import as_iso
from smelt.terms.interval import DAY_US

_SECOND_US = 1_000_000
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_FIRST_US = (date(1, 1, 1).toordinal() - _EPOCH_DAY) * DAY_US
_LAST_US = (date(9999, 12, 31).toordinal() - _EPOCH_DAY + 1) * DAY_US - 1
_SECOND = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)", re.ASCII)
_TAIL = re.compile(r"(?:\.(\d*))?(?:Z|([+-])(\d\d):?(\d\d))?", re.ASCII)


def parse_event_time(text: str) -> int | None:
    """Return microseconds since 1970 in UTC, or None if this is no timestamp.

    More than six decimals are cut, not rounded; no zone means UTC.

    Examples
    --------
    >>> parse_event_time("1970-01-01T00:00:01.5Z"), parse_event_time("1970-01-01T01:00:00.0000019+01:00")
    (1500000, 1)
    >>> parse_event_time("yesterday") is None
    True
    """
    time_us = _parse_iso(text)
    if time_us is None:
        loose = as_iso(text)
        time_us = None if loose is None else _parse_iso(loose)
    return time_us


def _parse_iso(text: str) -> int | None:
    start = _parse_second(text[:19])
    tail = _parse_tail(text[19:])
    if start is None or tail is None:
        return None
    time_us = start + tail
    return time_us if _FIRST_US <= time_us <= _LAST_US else None


def _parse_second(text: str) -> int | None:
    match = _SECOND.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = map(int, match.groups())
    if hour > 23 or minute > 59 or second > 60:
        return None
    try:
        days = date(year, month, day).toordinal() - _EPOCH_DAY
    except ValueError:
        return None
    return days * DAY_US + ((hour * 60 + minute) * 60 + second) * _SECOND_US


def _parse_tail(text: str) -> int | None:
    match = _TAIL.fullmatch(text)
    if match is None:
        return None
    decimals, sign, hours, minutes = match.groups()
    fraction = int(decimals[:6].ljust(6, "0")) if decimals else 0
    if sign is None:
        return fraction
    ahead = (int(hours) * 60 + int(minutes)) * 60 * _SECOND_US
    return fraction - ahead if sign == "+" else fraction + ahead


class EventTimes:
    """Parses like parse_event_time, remembering the days it has seen: several times faster on real files."""

    def __init__(self) -> None:
        self._days: dict[str, int | None] = {}

    def parse(self, text: str) -> int | None:
        """Return microseconds since 1970 in UTC, or None."""
        if text[19:] == "Z":
            text = text[:19] + ".0Z"
        day = text[:11]
        if day in self._days:
            start = self._days[day]
        else:
            start = self._days[day] = _parse_second(day + "00:00:00")
        minutes, seconds, decimals = _MINUTES.get(text[11:17]), _SECONDS.get(text[17:20]), text[20:-1]
        if start is None or minutes is None or seconds is None or text[-1] != "Z" or not _is_decimals(decimals):
            return parse_event_time(text)
        return start + minutes + seconds + int(decimals) * _SCALES[len(decimals)]


_MINUTES = {f"{minute // 60:02}:{minute % 60:02}:": minute * 60 * _SECOND_US for minute in range(24 * 60)}
_SECONDS = {f"{second:02}.": second * _SECOND_US for second in range(60)}
_SCALES = (0, 100_000, 10_000, 1_000, 100, 10, 1)


def _is_decimals(text: str) -> bool:
    return 0 < len(text) < 7 and text.isdecimal() and text.isascii()
