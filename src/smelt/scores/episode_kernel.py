"""The fold of minutes into episodes, compiled: look for a minute that opens one, follow it to its end, look on."""

# ruff: noqa: PLR0917 - kernels take plain numbers and arrays

import numpy as np
from numba import types
from numpy.typing import NDArray

from smelt.compiled import entry_of, part
from smelt.terms.interval import MINUTE_US

_MINUTES = types.Array(types.int64, 1, "C", readonly=True)
_SEVERITIES = types.Array(types.float32, 1, "C", readonly=True)
_SPANS = types.Array(types.int64, 2, "C")
SPAN_COLUMNS = 5
_FIRST, _LAST, _SCORED, _ALARMS, _OPEN = range(SPAN_COLUMNS)
_NONE = -1


@part
def _find_opening(
    minutes: NDArray[np.int64],
    severity: NDArray[np.float32],
    start: int,
    open_severity: float,
    open_minutes: int,
    window: int,
    merge_us: int,
    span: NDArray[np.int64],
) -> int:
    """Write what an episode is when it opens and return the place after the minute that opened it, or _NONE."""
    recent = np.empty(window, np.int64)  # the last scored minutes, as a ring; ~place if the minute did not alarm
    seen = alarms = 0  # minutes in the ring's history, and alarms in the ring, since it was emptied
    before = start
    for i in range(start, minutes.size):
        if np.isnan(severity[i]):
            continue
        if minutes[i] - minutes[before] - MINUTE_US >= merge_us:
            seen = alarms = 0
        before = i
        if seen >= window and recent[seen % window] >= 0:
            alarms -= 1
        is_alarm = severity[i] >= open_severity
        recent[seen % window] = i if is_alarm else ~i
        alarms += 1 if is_alarm else 0
        seen += 1
        if alarms >= open_minutes:
            oldest = max(seen - window, 0)
            while recent[oldest % window] < 0:
                oldest += 1
            span[_FIRST], span[_LAST] = recent[oldest % window], i
            span[_SCORED], span[_ALARMS] = seen - oldest, alarms
            return i + 1
    return _NONE


@part
def _find_end(
    minutes: NDArray[np.int64],
    severity: NDArray[np.float32],
    start: int,
    open_severity: float,
    close_severity: float,
    close_minutes: int,
    merge_us: int,
    span: NDArray[np.int64],
) -> int:
    """Let an episode grow until a calm stretch or a pause closes it; return where the next may begin."""
    scored, calm, before = span[_SCORED], 0, start - 1
    span[_OPEN] = 0
    for i in range(start, minutes.size):
        if np.isnan(severity[i]):
            continue
        if minutes[i] - minutes[before] - MINUTE_US >= merge_us:
            return i
        before = i
        scored += 1
        if severity[i] >= close_severity:
            calm = 0
            span[_LAST], span[_SCORED] = i, scored
            span[_ALARMS] += 1 if severity[i] >= open_severity else 0
        else:
            calm += 1
            if calm >= close_minutes and minutes[i] - minutes[span[_LAST]] >= merge_us:
                return i + 1
    span[_OPEN] = 1 if minutes[minutes.size - 1] - minutes[before] < merge_us else 0
    return minutes.size


@entry_of(
    types.int64(
        _MINUTES,
        _SEVERITIES,
        types.float64,
        types.int64,
        types.int64,
        types.float64,
        types.int64,
        types.int64,
        _SPANS,
    )
)
def fold_minutes(
    minutes: NDArray[np.int64],
    severity: NDArray[np.float32],
    open_severity: float,
    open_minutes: int,
    window: int,
    close_severity: float,
    close_minutes: int,
    merge_us: int,
    spans: NDArray[np.int64],
) -> int:
    """Write the spans and return how many there are.

    A span is: place of its first minute, of its last that was not calm, scored minutes, alarms, 1 if it is open.
    `spans` has a row more than there can be episodes.
    """
    count = place = 0
    while True:
        span = spans[count]
        place = _find_opening(minutes, severity, place, open_severity, open_minutes, window, merge_us, span)
        if place == _NONE:
            return count
        place = _find_end(minutes, severity, place, open_severity, close_severity, close_minutes, merge_us, span)
        count += 1
