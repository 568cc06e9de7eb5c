"""The scores stage: running minutes after the training cut, scored by the device's newest model."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import obstore
import polars as pl
import pyarrow as pa

from smelt.lake.location import Location
from smelt.lake.plan import Plan
from smelt.lake.reader import scan_files
from smelt.models.contributions import by_signal, largest
from smelt.models.detector import ForestDetector, detector_from_bytes
from smelt.runs.driver import Driver
from smelt.runs.fingerprint import fingerprint
from smelt.runs.lake_state import LakeState
from smelt.runs.period_stage import PeriodPlanner, plan_json, targets, units_of
from smelt.runs.period_task import PeriodWritten, Target, within, write_periods
from smelt.runs.plant.classes import Classes, classes_of_plan
from smelt.runs.stage import Outcome
from smelt.runs.stale import Group, Unit, overlapping
from smelt.runs.summary import latest_models
from smelt.scores.severity import Calibration, severity
from smelt.terms.class_tables import features_table
from smelt.terms.errors import InputError
from smelt.terms.interval import PERIOD_US, to_us
from smelt.terms.plant import ClassMapping
from smelt.terms.tables import SCORES, TableSpec

STEP = 1  # raise when the same inputs give other rows


@dataclass(frozen=True)
class Model:
    """A model version as scoring needs it."""

    version: str
    trained_to_us: int
    calibration: str
    features: tuple[str, ...]
    path: str
    sha256: str


@dataclass(frozen=True)
class ScoreTask:
    """Units of one class, each with its device's model, and the feature files to read."""

    lake: str
    units: tuple[Unit, ...]
    models: tuple[Model, ...]
    mapping: ClassMapping
    window_minutes: int
    features: tuple[str, ...]
    target: Target


def score_periods(task: ScoreTask) -> PeriodWritten:
    """Score the units' live and running minutes, with severity and contributions."""
    frames = [_scored(task, unit, model) for unit, model in zip(task.units, task.models, strict=True)]
    return write_periods(task.lake, task.units, [(task.target, pl.concat(frames))])


def _scored(task: ScoreTask, unit: Unit, model: Model) -> pl.DataFrame:
    spec = features_table(task.mapping, task.window_minutes)
    cut = pl.col("minute").dt.timestamp("us") >= model.trained_to_us
    scanned = scan_files(Location(task.lake), spec, task.features)
    rows = scanned.filter(within(unit, "minute"), cut, "is_live", "is_running").sort("minute").collect()
    detector = load_detector(task.lake, model.path, model.sha256)
    found = detector.explain(
        rows.select(model.features).cast(pl.Float32).to_numpy().reshape(rows.height, len(model.features))
    )
    calibration = Calibration.from_json(model.calibration)
    frame = rows.select("device_uuid", "minute").with_columns(
        model_version=pl.lit(model.version),
        score=pl.Series(found.scores, dtype=pl.Float32),
        severity=pl.Series(severity(calibration, found.scores), dtype=pl.Float32),
        threshold=pl.lit(calibration.threshold, pl.Float32),
        contributions=pl.Series(pl.from_arrow(_contributions(found.parts, model.features))),
    )
    return frame.filter(pl.col("score").is_not_nan())


def _contributions(parts: np.ndarray[Any, np.dtype[np.float32]], names: tuple[str, ...]) -> pa.Array:
    return largest(by_signal(parts, names))


@lru_cache(maxsize=64)
def load_detector(lake: str, path: str, sha256: str) -> ForestDetector:
    """Read a model's file and check that it is the one that was recorded.

    Raises
    ------
    InputError
        If the file's hash is another: it was changed after training.
    """
    body = bytes(obstore.get(Location(lake).store, path).bytes())
    found = hashlib.sha256(body).hexdigest()
    if found != sha256:
        raise InputError(
            f"model file {path}: sha256 {found[:12]}…, models/versions says {sha256[:12]}…; train the device again."
        )
    return detector_from_bytes(body)


class Scores:
    """gold features and models → results/scores for every device-period after the training cut."""

    name = "scores"
    kernel = staticmethod(score_periods)

    def __init__(self, driver: Driver, classes: Classes, state: LakeState) -> None:
        self._driver, self._classes, self._state = driver, classes, state
        self._window = driver.folder.plant.training.window_minutes
        self._models = {m["device_uuid"]: m for m in latest_models(driver.reader).to_dicts()}
        memory = state.memory(self.name)
        self._planner = PeriodPlanner(driver, self.name, self._wanted(), memory, lambda _: (SCORES,), {"*": "minute"})

    def left(self) -> int:
        """Return the number of stale units."""
        return self._planner.left()

    def plan(self, number: int) -> Plan | None:
        """Plan the newest stale units."""
        tasks = self._planner.plan(self._reads)
        return plan_json(tasks, mappings=self._classes.texts(), window_minutes=self._window)

    def tasks(self, plan: Plan, number: int) -> Sequence[ScoreTask]:
        """Return the plan's tasks."""
        state = self._state
        classes = classes_of_plan(plan["mappings"], self._classes, state.data_items, state.ended_items)
        return [self._task(task, plan, classes) for task in plan["tasks"]]

    def outcome(self, plan: Plan, number: int, results: Sequence[PeriodWritten]) -> Outcome:
        """Return what the plan commits."""
        return self._planner.outcome(plan["tasks"], results)

    def _task(self, task: dict[str, Any], plan: Plan, classes: Classes) -> ScoreTask:
        units = units_of(task)
        return ScoreTask(
            self._driver.location.uri,
            units,
            tuple(Model(m[0], m[1], m[2], tuple(m[3]), m[4], m[5]) for m in task["models"]),
            classes.of(units[0].device_uuid),
            plan["window_minutes"],
            tuple(task["features"]),
            targets(task, (SCORES,), self._planner)[0],
        )

    def _reads(self, group: Group) -> dict[str, Any]:
        read: set[str] = set()
        for unit in group.units:
            spec = self._features(unit.device_uuid)
            read |= {
                f.path for f in overlapping(self._driver.table(spec).files(), unit.device_uuid, unit.interval, "minute")
            }
        return {"features": sorted(read), "models": [self._model(u.device_uuid) for u in group.units]}

    def _features(self, device: str) -> TableSpec:
        return features_table(self._classes.of(device), self._window)

    def _model(self, device: str) -> list[Any]:
        m = self._models[device]
        return [m["model_version"], to_us(m["trained_to"]), m["calibration"], m["features"], m["path"], m["sha256"]]

    def _wanted(self) -> dict[tuple[str, int], int]:
        gold = self._state.memory("gold")
        return {
            (device, period): fingerprint(STEP, made.fingerprint, self._models[device]["model_version"])
            for (device, period), made in gold.items()
            if device in self._models and period + PERIOD_US > to_us(self._models[device]["trained_to"])
        }
