"""Episodes: minutes of severity folded into merged alarms, the intervals that people work on.

Only scored minutes count. An episode opens when enough of the last scored minutes alarm, and starts at
the first of those; it closes after a calm stretch, and ends after the last minute that was not calm. Minutes
without a score count neither way, so a short pause bridges; after a pause of `merge_minutes` what came before
is no evidence any more: an open episode closes and the count begins again. Gaps between episodes are
therefore never shorter than `merge_minutes`.
"""

# ruff: noqa: PLR0917 - kernels take plain numbers and arrays

import hashlib
from dataclasses import dataclass

import numpy as np
from numba import types
from numpy.typing import NDArray

from smelt.compiled import entry_of
from smelt.terms.errors import InputError, ShapeError
from smelt.terms.interval import MINUTE_US, Interval, from_us

_MINUTES = types.Array(types.int64, 1, "C", readonly=True)
_SEVERITIES = types.Array(types.float32, 1, "C", readonly=True)
_SPANS = types.Array(types.int64, 2, "C")
_FIRST, _LAST, _SCORED, _ALARMS, _OPEN = range(5)


@dataclass(frozen=True)
class EpisodeRules:
    """When an episode opens, closes and merges; the minutes are scored ones, but for `merge_minutes`."""

    open_severity: float = 75.0
    open_minutes: int = 10
    window_minutes: int = 15
    close_severity: float = 60.0
    close_minutes: int = 30
    merge_minutes: int = 30


@dataclass(frozen=True)
class EpisodeSpan:
    """An episode as the fold found it; `first` and `end` are places [first, end) in the arrays given to it.

    `is_open` says that nothing yet closed it; its interval then ends after its last loud minute so far.
    """

    interval: Interval
    is_open: bool
    first: int
    end: int
    scored_minutes: int
    alarm_minutes: int


def fold(
    minute_us: NDArray[np.int64], severity: NDArray[np.float32], rules: EpisodeRules | None = None
) -> list[EpisodeSpan]:
    """Fold one device's minutes into episodes, in order.

    Parameters
    ----------
    minute_us : shape (n,), starts of minutes, ascending; minutes that were not scored may be left out.
    severity : shape (n,), 0 to 100, NaN where the minute was not scored.
    rules : defaults are those of the design.

    Returns
    -------
    Half-open intervals, disjoint and ordered, at least `merge_minutes` apart; only the last may be open.

    Raises
    ------
    ShapeError, InputError
        If the arrays do not match, or minutes do not ascend.

    Notes
    -----
    Going on later: keep the closed episodes and fold the minutes from the last one's end on; the two together
    are what folding everything would give.

    Examples
    --------
    >>> minutes = np.arange(60) * MINUTE_US
    >>> severity = np.where((minutes >= minutes[5]) & (minutes < minutes[25]), 80, 10).astype(np.float32)
    >>> [(e.first, e.end, e.alarm_minutes, e.is_open) for e in fold(minutes, severity)]
    [(5, 25, 20, False)]
    """
    rules = rules or EpisodeRules()
    minute_us = np.ascontiguousarray(minute_us, np.int64)
    severity = np.ascontiguousarray(severity, np.float32)
    if minute_us.ndim != 1 or minute_us.shape != severity.shape:
        raise ShapeError(f"{minute_us.shape} minutes and {severity.shape} severities; expected one of each a minute.")
    if (np.diff(minute_us) <= 0).any():
        place = int((np.diff(minute_us) <= 0).argmax())
        raise InputError(
            f"minute {from_us(int(minute_us[place + 1]))} follows {from_us(int(minute_us[place]))}; "
            "expected ascending minutes. Sort them and drop repeats."
        )
    spans = np.empty((minute_us.size // max(rules.open_minutes, 1) + 2, 5), np.int64)
    count = _fold(
        minute_us,
        severity,
        rules.open_severity,
        rules.open_minutes,
        rules.window_minutes,
        rules.close_severity,
        rules.close_minutes,
        rules.merge_minutes * MINUTE_US,
        spans,
    )
    return [
        EpisodeSpan(
            interval=Interval(int(minute_us[span[_FIRST]]), int(minute_us[span[_LAST]]) + MINUTE_US),
            is_open=bool(span[_OPEN]),
            first=int(span[_FIRST]),
            end=int(span[_LAST]) + 1,
            scored_minutes=int(span[_SCORED]),
            alarm_minutes=int(span[_ALARMS]),
        )
        for span in spans[:count]
    ]


def episode_id(device_uuid: str, start_us: int, model_version: str) -> str:
    """Name an episode by its device, start and model version: 16 hexadecimal digits.

    Examples
    --------
    >>> episode_id("mazak-1", 0, "v1") == episode_id("mazak-1", 0, "v1") != episode_id("mazak-1", 0, "v2")
    True
    """
    text = "\0".join((device_uuid, str(start_us), model_version))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


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
def _fold(
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
    """Write the spans (first, last, scored minutes, alarms, is open) and return how many there are."""
    recent = np.empty(window, np.int64)  # the last scored minutes, as a ring; ~place if the minute did not alarm
    seen = alarms = count = calm = scored = 0  # seen: minutes in the ring's history since it was emptied
    before = loud = -1  # the scored minute before, the last minute that was not calm
    is_open = False
    for i in range(minutes.size):
        if np.isnan(severity[i]):
            continue
        if before >= 0 and minutes[i] - minutes[before] - MINUTE_US >= merge_us:
            count += 1 if is_open else 0
            is_open, seen, alarms = False, 0, 0
        before = i
        is_alarm = severity[i] >= open_severity
        if is_open:
            scored += 1
            if severity[i] >= close_severity:
                loud, calm = i, 0
                spans[count, 1], spans[count, 2] = i, scored
                spans[count, 3] += 1 if is_alarm else 0
                continue
            calm += 1
            if calm >= close_minutes and minutes[i] - minutes[loud] >= merge_us:
                count += 1
                is_open, seen, alarms = False, 0, 0
            continue
        if seen >= window and recent[seen % window] >= 0:
            alarms -= 1
        recent[seen % window] = i if is_alarm else ~i
        alarms += 1 if is_alarm else 0
        seen += 1
        if alarms >= open_minutes:
            oldest = max(seen - window, 0)
            while recent[oldest % window] < 0:
                oldest += 1
            scored, calm, loud, is_open = seen - oldest, 0, i, True
            spans[count, 0], spans[count, 1], spans[count, 2] = recent[oldest % window], i, scored
            spans[count, 3], spans[count, 4] = alarms, 0
    if is_open:
        is_over = minutes[minutes.size - 1] - minutes[before] >= merge_us
        spans[count, 4] = 0 if is_over else 1
        count += 1
    return count
