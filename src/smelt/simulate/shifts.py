"""When people work: two shifts on weekdays with breaks, reduced Saturdays, idle nights and Sundays."""

from datetime import UTC, datetime

import numpy as np

Block = tuple[float, float]
HOUR = 3600.0

_WEEKDAY: tuple[Block, ...] = (
    (6.0 * HOUR, 9.4 * HOUR),
    (9.8 * HOUR, 13.6 * HOUR),
    (14.1 * HOUR, 17.5 * HOUR),
    (18.0 * HOUR, 21.4 * HOUR),
)
_SATURDAY: tuple[Block, ...] = ((6.5 * HOUR, 9.0 * HOUR), (9.4 * HOUR, 12.5 * HOUR))
_SATURDAY_SHARE = 0.55


def weekday(start_ms: int) -> int:
    """Return 0 for Monday to 6 for Sunday, in UTC.

    Examples
    --------
    >>> weekday(0)
    3
    """
    return datetime.fromtimestamp(start_ms // 1000, UTC).weekday()


def staffed(start_ms: int, rng: np.random.Generator) -> tuple[Block, ...]:
    """Return the stretches of a day, in seconds since its midnight, in which jobs are started on one device.

    A job that has begun runs on through a break. People are some minutes early or late.

    Examples
    --------
    >>> staffed(3 * 86_400_000, np.random.default_rng(0))  # a Sunday
    ()
    """
    day = weekday(start_ms)
    works = rng.random() < _SATURDAY_SHARE
    shift_s = rng.normal(0.0, 240.0, size=(4, 2))
    if day == 6 or (day == 5 and not works):
        return ()
    blocks = _SATURDAY if day == 5 else _WEEKDAY
    return tuple((a + float(d[0]), b + float(d[1])) for (a, b), d in zip(blocks, shift_s, strict=False))
