"""When a model has too few minutes behind it to be believed, and how long that will still be so."""

import math

TRAINING_MINUTES = 3_000
CALIBRATION_MINUTES = 1_500


def is_provisional(training_minutes: int, calibration_minutes: int) -> bool:
    """Say whether a model has fewer than 3,000 training or 1,500 calibration minutes.

    Examples
    --------
    >>> is_provisional(3_000, 1_500), is_provisional(2_999, 9_999)
    (False, True)
    """
    return training_minutes < TRAINING_MINUTES or calibration_minutes < CALIBRATION_MINUTES


def days_wanted(
    running_minutes: int, running_minutes_per_day: float, train_share: float, calibration_share: float
) -> float:
    """Return how many more days of the device's usual running make its next model not provisional.

    Parameters
    ----------
    running_minutes : the device's running minutes so far, all that training may share out.
    running_minutes_per_day : its usual ones in a day.
    train_share, calibration_share : what share of them trains and calibrates (`terms.plant.Training`).

    Returns
    -------
    Days, 0 if enough is there, inf if the device does not run.

    Examples
    --------
    >>> days_wanted(6_000, 500, 0.4, 0.25)
    3.0
    """
    needed = max(math.ceil(TRAINING_MINUTES / train_share), math.ceil(CALIBRATION_MINUTES / calibration_share))
    missing = max(needed - running_minutes, 0)
    if missing == 0:
        return 0.0
    return missing / running_minutes_per_day if running_minutes_per_day > 0 else math.inf
