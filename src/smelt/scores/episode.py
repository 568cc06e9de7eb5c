"""Episodes: minutes of severity folded into merged alarms, the intervals that people work on.

Only scored minutes count. An episode opens when enough of the last scored minutes alarm, and starts at
the first of those; it closes after a calm stretch, and ends after the last minute that was not calm. Minutes
without a score count neither way, so a short pause bridges; after a pause of `merge_minutes` what came before
is no evidence any more: an open episode closes and the count begins again. Gaps between episodes are
therefore never shorter than `merge_minutes`.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smelt.scores.episode_kernel import SPAN_COLUMNS, fold_minutes
from smelt.terms.errors import InputError, ShapeError
from smelt.terms.interval import MINUTE_US, Interval, from_us


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
    minute_us, severity = np.ascontiguousarray(minute_us, np.int64), np.ascontiguousarray(severity, np.float32)
    _check(minute_us, severity)
    spans = np.empty((minute_us.size // max(rules.open_minutes, 1) + 2, SPAN_COLUMNS), np.int64)
    count = fold_minutes(
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
    return [_episode(minute_us, span) for span in spans[:count]]


def _check(minute_us: NDArray[np.int64], severity: NDArray[np.float32]) -> None:
    if minute_us.ndim != 1 or minute_us.shape != severity.shape:
        raise ShapeError(f"{minute_us.shape} minutes and {severity.shape} severities; expected one of each a minute.")
    is_back = np.diff(minute_us) <= 0
    if is_back.any():
        before, after = minute_us[is_back.argmax() :][:2]
        raise InputError(
            f"minute {from_us(int(after))} follows {from_us(int(before))}; "
            "expected ascending minutes. Sort them and drop repeats."
        )


def _episode(minute_us: NDArray[np.int64], span: NDArray[np.int64]) -> EpisodeSpan:
    first, last, scored, alarms, is_open = span.tolist()
    interval = Interval(int(minute_us[first]), int(minute_us[last]) + MINUTE_US)
    return EpisodeSpan(interval, bool(is_open), first, last + 1, scored, alarms)


def episode_id(device_uuid: str, start_us: int, model_version: str) -> str:
    """Name an episode by its device, start and model version: 16 hexadecimal digits.

    Examples
    --------
    >>> episode_id("mazak-1", 0, "v1") == episode_id("mazak-1", 0, "v1") != episode_id("mazak-1", 0, "v2")
    True
    """
    text = "\0".join((device_uuid, str(start_us), model_version))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
