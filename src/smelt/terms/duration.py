"""Durations as people write them: 500ms, 90s, 20m, 2h, 30d, or seconds alone."""

import re
from datetime import timedelta

from smelt.terms.errors import InputError

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhd])?")
_CENTURY = timedelta(days=36525).total_seconds()


def duration(text: str, option: str, *, needs_unit: bool = False) -> timedelta:
    """Read a duration that `option` was given; a bare number is seconds, unless it `needs_unit`.

    Raises
    ------
    InputError
        If it is not a number above 0 with a unit, or more than a century.

    Examples
    --------
    >>> duration("20m", "--for"), duration("1.5h", "--for"), duration("90", "--for")
    (datetime.timedelta(seconds=1200), datetime.timedelta(seconds=5400), datetime.timedelta(seconds=90))
    """
    found = _DURATION.fullmatch(text.strip())
    unit = found and (found[2] or (None if needs_unit else "s"))
    seconds = float(found[1]) * _SECONDS[unit] if found and unit else 0.0
    if not 0 < seconds < _CENTURY:
        without = "" if needs_unit else " (seconds without one)"
        raise InputError(
            f"{option} '{text}': expected a number above 0 with a unit{without}, such as 90s, 20m, 2h or 30d. "
            "Nothing was done."
        )
    return timedelta(seconds=seconds)
