"""Severity 0-100: how rare a score is on held-out time, 75 at the threshold that the alarm budget gives."""

import json
from dataclasses import asdict, dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from smelt.scores.tail import Pareto, Tail
from smelt.terms.errors import InputError

ALARM = 75.0
STEP = 5.0


@dataclass(frozen=True)
class Calibration:
    """Everything that turns a model's scores into severities, from its held-out minutes.

    Each STEP points above ALARM are `factor` times rarer. `is_extrapolated` says that the held-out time is too
    short to hold one false episode of the budget, so that the threshold comes from the fitted tail.
    """

    threshold: float
    factor: float
    tail: Tail
    budget_per_168h: float
    calibration_minutes: int
    replayed_episodes: int
    is_extrapolated: bool

    def to_json(self) -> str:
        """Return the calibration as JSON, exactly."""
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> "Calibration":
        """Return the calibration that `to_json` wrote; InputError if it is damaged."""
        try:
            fields = json.loads(text)
            tail = fields.pop("tail")
            beyond = Pareto(**{name: float(value) for name, value in tail["beyond"].items()})
            scores, chances = (tuple(float(value) for value in tail[name]) for name in ("scores", "log_chances"))
            calibration = Calibration(tail=Tail(scores, chances, beyond), **fields)
            is_sound = (
                len(scores) == len(chances) > 0
                and all(a < b for a, b in pairwise(scores))
                and all(a >= b for a, b in pairwise(chances))
                and beyond.scale > 0
                and beyond.shape >= 0
                and calibration.factor > 1
                and calibration.log_chance_at_threshold < 0
            )
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise InputError(f"calibration is damaged: {error!r} in {text[:80]!r}. Train the model again.") from error
        if not is_sound:
            raise InputError(f"calibration is damaged: its tail is not a falling one in {text[:80]!r}. Train again.")
        return calibration

    @property
    def log_chance_at_threshold(self) -> float:
        """The log of the share of held-out minutes that reach the threshold."""
        return float(self.tail.log_chance(np.array([self.threshold]))[0])


def severity(calibration: Calibration, scores: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the severity of scores (n,), 0 to 100; NaN stays NaN.

    75 exactly at the threshold; above it each 5 points are `factor` times rarer on held-out time; below it
    proportional to the log of the tail probability, 0 where every held-out minute scored as high. It never
    falls as the score rises.

    Notes
    -----
    Says how rare a score was on the calibration minutes; a plant that drifts makes high severities common.
    """
    values = np.asarray(scores, np.float64)
    rarity = -calibration.tail.log_chance(values)
    at_threshold = -calibration.log_chance_at_threshold
    below = np.minimum(ALARM * rarity / at_threshold, np.nextafter(np.float32(ALARM), np.float32(0)))
    with np.errstate(invalid="ignore"):
        above = ALARM + STEP * np.maximum(rarity - at_threshold, 0.0) / np.log(calibration.factor)
    found = np.where(values >= calibration.threshold, np.minimum(above, 100.0), np.maximum(below, 0.0))
    return np.where(np.isnan(values), np.nan, found).astype(np.float32)
