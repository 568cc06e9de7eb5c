"""Durations as people write them: 90s, 20m, 2h, 30d."""

import re
from datetime import timedelta

from smelt.terms.errors import InputError

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)([smhd])")


def duration(text: str, option: str) -> timedelta:
    """Read a duration that `option` was given.

    Raises
    ------
    InputError
        If it is not a number above 0 with a unit, or more than a century.

    Examples
    --------
    >>> duration("20m", "--for"), duration("1.5h", "--for")
    (datetime.timedelta(seconds=1200), datetime.timedelta(seconds=5400))
    """
    found = _DURATION.fullmatch(text.strip())
    seconds = timedelta(**{_UNITS[found[2]]: 1}).total_seconds() * float(found[1]) if found else 0.0
    if not 0 < seconds < timedelta(days=36525).total_seconds():
        raise InputError(
            f"{option} '{text}': expected a number above 0 with a unit, such as 90s, 20m, 2h or 30d. Nothing was done."
        )
    return timedelta(seconds=seconds)
