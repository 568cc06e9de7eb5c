"""The threshold that keeps false episodes within the budget, found by replaying held-out minutes."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from smelt.scores.episode import EpisodeRules, fold
from smelt.scores.severity import Calibration, severity
from smelt.scores.tail import Tail, fit_pareto, fit_tail
from smelt.terms.errors import InputError
from smelt.terms.interval import MINUTE_US

FEWEST_MINUTES = 30
MOST_ALARM_SHARE = 0.1
RESOLVED_EPISODES = 3.0
WEEK_HOURS = 168.0
_GRID = 96
_BASE_QUANTILE = 0.9


@dataclass(frozen=True)
class Budget:
    """What people can bear: expected false episodes per device and 168 scored hours; and the factor of severity."""

    per_168h: float = 2.0
    factor: float = 2.0


def calibrate(
    minute_us: NDArray[np.int64],
    scores: NDArray[np.float32],
    budget: Budget | None = None,
    rules: EpisodeRules | None = None,
) -> Calibration:
    """Find the threshold on a device's held-out, fault-free scored minutes.

    Going down from the highest score in even steps of rarity, then score by score, the threshold is the last
    one before the episode fold, replayed on these minutes, breaks the budget; never so low that more than a
    tenth of them alarm. Where the budget allows fewer than three false episodes in so short a time, a replay
    says little: the threshold then lies at least as high as a Pareto tail of the peaks of what opens an
    episode puts it (`is_extrapolated`).

    Parameters
    ----------
    minute_us, scores : shape (n,), ascending minutes and their scores; NaN is not scored.

    Raises
    ------
    InputError
        If fewer than 30 minutes are scored, or the budget is not positive.

    Notes
    -----
    On simulated scores the next period's episodes were 0.8 to 1.8 times the budget with 3,000 or more held-out
    minutes, 1.1 to 2.9 times with 1,500, up to 4.3 times with 600. Misleads if the held-out minutes hold real
    faults (too high) or come from the training time (5 to 20 times the alarms).

    Examples
    --------
    >>> scores = np.random.default_rng(0).gamma(9.0, 0.1, 20_160).astype(np.float32)
    >>> found = calibrate(np.arange(scores.size) * MINUTE_US, scores)
    >>> found.replayed_episodes <= 4, found.is_extrapolated
    (True, False)
    """
    budget, rules = budget or Budget(), rules or EpisodeRules()
    if budget.per_168h <= 0 or budget.factor <= 1:
        raise InputError(
            f"budget is {budget.per_168h} episodes per 168 h with factor {budget.factor}; "
            "expected more than 0 and a factor above 1. Set budget_per_168h in plant.toml, such as 2."
        )
    kept = ~np.isnan(scores)
    minute_us, scores = minute_us[kept], scores[kept].astype(np.float32)
    if scores.size < FEWEST_MINUTES:
        raise InputError(
            f"{scores.size} held-out scored minutes; expected at least {FEWEST_MINUTES}. "
            "Wait until the device has run longer."
        )
    allowed = budget.per_168h * scores.size / 60.0 / WEEK_HOURS
    replay = _Replay(minute_us, scores, fit_tail(scores), budget, rules)
    is_extrapolated = allowed < RESOLVED_EPISODES
    threshold = _lowest_within(replay, allowed)
    if is_extrapolated:
        threshold = max(threshold, _extrapolated(replay, allowed))
    return replay.at(threshold, is_extrapolated=is_extrapolated)


@dataclass(frozen=True)
class _Replay:
    """Held-out minutes, ready to be folded at any threshold."""

    minute_us: NDArray[np.int64]
    scores: NDArray[np.float32]
    tail: Tail
    budget: Budget
    rules: EpisodeRules

    def at(self, threshold: float, *, is_extrapolated: bool = False) -> Calibration:
        """Return the calibration with this threshold, its replayed episodes counted."""
        found = Calibration(
            threshold=float(np.float32(threshold)),
            factor=self.budget.factor,
            tail=self.tail,
            budget_per_168h=self.budget.per_168h,
            calibration_minutes=self.scores.size,
            replayed_episodes=0,
            is_extrapolated=is_extrapolated,
        )
        return replace(found, replayed_episodes=len(fold(self.minute_us, severity(found, self.scores), self.rules)))


def _lowest_within(replay: _Replay, allowed: float) -> float:
    """Go down from the highest score, in even steps of rarity, then score by score, to the last one within budget."""
    values, counts = np.unique(replay.scores, return_counts=True)
    reach = np.cumsum(counts[::-1])  # how many minutes score as high, from the highest score down
    above = np.nextafter(values[-1], np.float32(np.inf))  # nothing reaches it
    candidates = np.append(above, values[::-1][reach <= MOST_ALARM_SHARE * replay.scores.size]).astype(np.float64)
    places = np.unique(np.geomspace(1, candidates.size, _GRID).astype(np.int64) - 1)
    within = 0
    for place in places[1:]:
        if replay.at(candidates[place]).replayed_episodes > allowed:
            break
        within = int(place)
    else:
        return float(candidates[-1])
    for place in range(within + 1, int(places[np.searchsorted(places, within, side="right")])):
        if replay.at(candidates[place]).replayed_episodes > allowed:
            break
        within = place
    return float(candidates[within])


def _extrapolated(replay: _Replay, allowed: float) -> float:
    """Return the score that opens `allowed` (< 1) episodes in this time, by the tail of its peaks."""
    opening = opening_scores(replay.minute_us, replay.scores, replay.rules)
    known = opening[np.isfinite(opening)]
    if known.size == 0:
        return float(np.nextafter(replay.scores.max(), np.float32(np.inf)))
    start = float(np.quantile(known, _BASE_QUANTILE))
    loud = np.flatnonzero(opening >= start)
    breaks = np.flatnonzero(np.diff(loud) >= replay.rules.close_minutes) + 1
    peaks = np.maximum.reduceat(opening[loud], np.concatenate([[0], breaks]))
    tail = fit_pareto(peaks, start)
    return tail.exceeded_with(min(allowed / peaks.size, 1.0))


def opening_scores(
    minute_us: NDArray[np.int64], scores: NDArray[np.float32], rules: EpisodeRules
) -> NDArray[np.float64]:
    """Return for each minute the highest threshold at which the fold would have opened an episode by it.

    That is the `open_minutes`-th largest of the last `window_minutes` scores since the last pause;
    -inf where there are not yet as many.
    """
    pauses = np.diff(minute_us) - MINUTE_US >= rules.merge_minutes * MINUTE_US
    segment = np.concatenate([[0], np.cumsum(pauses)])
    recent = np.full((rules.window_minutes, scores.size), -np.inf)
    for lag in range(min(rules.window_minutes, scores.size)):
        same = segment[lag:] == segment[: scores.size - lag]
        recent[lag, lag:] = np.where(same, scores[: scores.size - lag], -np.inf)
    place = rules.window_minutes - rules.open_minutes
    found: NDArray[np.float64] = np.partition(recent, place, axis=0)[place]
    return found
