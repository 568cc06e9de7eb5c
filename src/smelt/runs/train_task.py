"""The kernel of training: one device's earlier running minutes to a forest, the next ones to its calibration."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import obstore
import polars as pl

from smelt.lake.location import Location
from smelt.lake.reader import scan_files
from smelt.models.detector import ForestDetector, fit_detector
from smelt.scores.provisional import days_wanted, is_provisional
from smelt.scores.threshold import Budget, calibrate
from smelt.terms.class_tables import features_table, minutes_table
from smelt.terms.errors import InputError
from smelt.terms.interval import from_us
from smelt.terms.plant import ClassMapping, Training

FEWEST_TRAINING_MINUTES = 300
FEWEST_CALIBRATION_MINUTES = 120
MODEL_FOLDER = "models/forests"


@dataclass(frozen=True)
class TrainTask:
    """A device, the features to read, the gold files that hold them, and the name of the model to be."""

    lake: str
    device_uuid: str
    model_version: str
    mapping: ClassMapping
    features: tuple[str, ...]
    training: Training
    budget_per_168h: float
    feature_files: tuple[str, ...]
    minute_files: tuple[str, ...]


def train_device(task: TrainTask) -> dict[str, Any] | None:
    """Fit, calibrate, write the forest's file; return its row of models/versions.

    None if too little ran, or if nothing varied while it ran: one dull machine must not hold up the others.
    """
    running = _running(task)
    train, calibration = split_counts(running.height, task.training)
    if train < FEWEST_TRAINING_MINUTES or calibration < FEWEST_CALIBRATION_MINUTES:
        return None
    settings = task.training
    matrix = running.select(task.features).cast(pl.Float32).to_numpy()
    minutes = running["minute"].dt.timestamp("us").to_numpy()
    try:
        detector = fit_detector(
            matrix[:train],
            task.features,
            trees=settings.trees,
            samples_per_tree=settings.samples_per_tree,
            seed=settings.seed,
        )
    except InputError:  # no feature varies: there is nothing to learn yet
        return None
    held_out = slice(train, train + calibration)
    found = calibrate(minutes[held_out], detector.score(matrix[held_out]), Budget(task.budget_per_168h))
    path, sha256 = _write(task, detector)
    per_day = running.height / max(running["minute"].dt.date().n_unique(), 1)
    return {
        "model_version": task.model_version,
        "device_uuid": task.device_uuid,
        "class_name": task.mapping.class_name,
        "trained_from": from_us(int(minutes[0])),
        "trained_to": from_us(int(minutes[train])),
        "calibrated_to": from_us(int(minutes[train + calibration - 1])),
        "training_minutes": train,
        "calibration_minutes": calibration,
        "running_minutes": running.height,
        "is_provisional": is_provisional(train, calibration),
        "days_wanted": days_wanted(running.height, per_day, settings.train_share, settings.calibration_share),
        "threshold": found.threshold,
        "factor": found.factor,
        "calibration": found.to_json(),
        "features": list(task.features),
        "bands": json.dumps(_bands(task, from_us(int(minutes[0])), from_us(int(minutes[train])))),
        "path": path,
        "sha256": sha256,
    }


def split_counts(running_minutes: int, training: Training) -> tuple[int, int]:
    """Return how many of a device's running minutes, in order of time, train and how many then calibrate.

    Examples
    --------
    >>> split_counts(1_000, Training(train_share=0.4, calibration_share=0.2))
    (400, 200)
    """
    return int(running_minutes * training.train_share), int(running_minutes * training.calibration_share)


def _running(task: TrainTask) -> pl.DataFrame:
    spec = features_table(task.mapping, task.training.window_minutes)
    rows = scan_files(Location(task.lake), spec, task.feature_files).filter(
        pl.col("device_uuid") == task.device_uuid, pl.col("is_live"), pl.col("is_running")
    )
    return rows.select("minute", *task.features).sort("minute").collect()


def _bands(task: TrainTask, start: datetime, end: datetime) -> dict[str, list[float]]:
    """Return the 1st and 99th percentile of each signal over the training minutes."""
    signals = [c.name for c in task.mapping.columns if c.dtype == "float64"]
    rows = scan_files(Location(task.lake), minutes_table(task.mapping), task.minute_files).filter(
        pl.col("device_uuid") == task.device_uuid, pl.col("is_running"), pl.col("minute").is_between(start, end, "left")
    )
    values = rows.select(signals).collect()
    found = {name: values[name].drop_nulls().to_numpy() for name in signals}
    return {name: [round(float(q), 6) for q in np.quantile(v, [0.01, 0.99])] for name, v in found.items() if v.size}


def _write(task: TrainTask, detector: ForestDetector) -> tuple[str, str]:
    body = detector.to_bytes()
    path = f"{MODEL_FOLDER}/{task.model_version}.npz"
    obstore.put(Location(task.lake).store, path, body)
    return path, hashlib.sha256(body).hexdigest()
