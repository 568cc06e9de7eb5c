"""Timestamps that are not ISO 8601 as agents print it, but are seen: blanks for zeros, US dates, a 12-hour clock.

What is ambiguous is decided: a date with its year behind slashes is month/day/year; a blank within a field
or within the decimals is a zero; no zone is UTC. What would have to be guessed (day 22 as a month) is none.
"""

import re

_LOOSE = re.compile(
    r"(?:(?P<year>\d{4})[-/](?P<month>[\d ]?\d)[-/](?P<day>[\d ]?\d)"
    r"|(?P<us_month>[\d ]?\d)/(?P<us_day>[\d ]?\d)/(?P<us_year>\d{4}))"
    r"(?:[Tt]| +)(?P<hour>[\d ]?\d):(?P<minute>[\d ]\d)(?::(?P<second>[\d ]\d)(?:[.,](?P<decimals>[\d ]*))?)?"
    r" *(?P<half>[AaPp][Mm])? *(?P<zone>[Zz](?:[+-]00:?00)?|UTC|GMT|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII,
)


def as_iso(text: str) -> str | None:
    """Return the timestamp as ISO 8601 with a zone, or None if it is none.

    Examples
    --------
    >>> as_iso("06/22/2017 8:31:57 PM"), as_iso("2017-06-22 08:31: 7.  5")
    ('2017-06-22T20:31:57.Z', '2017-06-22T08:31:07.005Z')
    >>> as_iso("2026-11-22T03:23:30.5Z+0000"), as_iso("22/06/2017 08:31:57")
    ('2026-11-22T03:23:30.5Z', '2017-22-06T08:31:57.Z')
    """
    found = _LOOSE.fullmatch(text.strip())
    if found is None or (found["second"] is None and found["us_year"] is None):
        return None
    year, month = found["year"] or found["us_year"], found["month"] or found["us_month"]
    hour = _hour(int(found["hour"]), (found["half"] or "").upper())
    date = f"{year}-{_two(month)}-{_two(found['day'] or found['us_day'])}"
    decimals = (found["decimals"] or "").replace(" ", "0")
    return f"{date}T{hour:02}:{_two(found['minute'])}:{_two(found['second'] or '00')}.{decimals}{_zone(found['zone'])}"


def _two(digits: str) -> str:
    return digits.strip().rjust(2, "0")


def _hour(hour: int, half: str) -> int:
    """Return the hour of 24; one that is above 12 already is left alone."""
    if half == "PM" and hour < 12:
        return hour + 12
    return 0 if half == "AM" and hour == 12 else hour


def _zone(zone: str | None) -> str:
    if zone is None or zone[0] in "ZzUG":
        return "Z"
    return zone if len(zone) > 3 else zone + ":00"
