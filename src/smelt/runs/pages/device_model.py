"""What a device's page says of its newest model: what it learned from, its threshold, its normal bands."""

import json
from dataclasses import dataclass

import polars as pl

from smelt.terms.interval import to_us


@dataclass(frozen=True)
class Model:
    """A device's model: each 5 points of severity above 75 are `factor` times rarer; `bands` by signal."""

    model_version: str
    trained_from_us: int
    trained_to_us: int
    calibrated_to_us: int
    training_minutes: int
    calibration_minutes: int
    is_provisional: bool
    days_wanted: float
    threshold: float
    factor: float
    bands: dict[str, tuple[float, float]]


def bands_of(text: str | None) -> dict[str, tuple[float, float]]:
    """Read a model's `bands`: signal to its [low, high]; what is not a pair of numbers is left out.

    Examples
    --------
    >>> bands_of('{"load": [1, 9.5], "speed": null}')
    {'load': (1.0, 9.5)}
    """
    pairs = json.loads(text) if text else {}
    return {
        name: (float(pair[0]), float(pair[1]))
        for name, pair in pairs.items()
        if isinstance(pair, list) and len(pair) == 2 and all(isinstance(x, int | float) for x in pair)
    }


def newest_model(models: pl.DataFrame, device_uuid: str) -> Model | None:
    """Return the device's newest model, None if it has none.

    Parameters
    ----------
    models : rows of models/versions, oldest first.
    """
    mine = models.filter(pl.col("device_uuid") == device_uuid)
    if mine.is_empty():
        return None
    row = mine.row(-1, named=True)
    return Model(
        model_version=row["model_version"],
        trained_from_us=to_us(row["trained_from"]),
        trained_to_us=to_us(row["trained_to"]),
        calibrated_to_us=to_us(row["calibrated_to"]),
        training_minutes=row["training_minutes"],
        calibration_minutes=row["calibration_minutes"],
        is_provisional=row["is_provisional"],
        days_wanted=row["days_wanted"],
        threshold=row["threshold"],
        factor=row["factor"],
        bands=bands_of(row["bands"]),
    )
