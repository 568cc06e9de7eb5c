"""The train stage: which devices want a model, and what each is trained from."""

from collections.abc import Collection, Sequence
from typing import Any

from smelt.gold.feature_view import default_features
from smelt.lake.memory import made_from
from smelt.lake.plan import Plan
from smelt.runs.driver import Driver
from smelt.runs.fingerprint import fingerprint
from smelt.runs.lake_state import LakeState
from smelt.runs.plant.classes import Classes, classes_of_plan
from smelt.runs.stage import MAX_TASKS, Outcome
from smelt.runs.stale import of_device
from smelt.runs.summary import latest_models
from smelt.runs.train_task import (
    FEWEST_CALIBRATION_MINUTES,
    FEWEST_TRAINING_MINUTES,
    TrainTask,
    split_counts,
    train_device,
)
from smelt.terms.class_tables import features_table, minutes_table
from smelt.terms.plant import Training
from smelt.terms.tables import MODELS
from smelt.terms.work import PeriodDone

STEP = 1  # raise when the same inputs give another model
GROWTH = 1.5


class Train:
    """gold → models/versions: a first model for each device, a better one while it is provisional.

    A device gets a model once enough minutes ran, and a new one when its mapping has changed, or when it has
    half as many minutes again and its model is provisional; `devices` (named by a person) get one from what is there.
    """

    name = "train"
    kernel = staticmethod(train_device)

    def __init__(self, driver: Driver, classes: Classes, state: LakeState, devices: Collection[str] | None) -> None:
        self._driver, self._classes, self._state = driver, classes, state
        self._plant = driver.folder.plant
        self._wanted = self._find(devices)

    def left(self) -> int:
        """Return the number of devices that want a model."""
        return len(self._wanted)

    def plan(self, number: int) -> Plan | None:
        """Plan the devices that want a model."""
        tasks = [self._task_json(*item) for item in list(self._wanted.items())[:MAX_TASKS]]
        training = self._plant.training
        settings = {name: getattr(training, name) for name in Training.__dataclass_fields__}
        budget = self._plant.alarms.budget_per_168h
        return (
            {"tasks": tasks, "mappings": self._classes.texts(), "training": settings, "budget": budget}
            if tasks
            else None
        )

    def tasks(self, plan: Plan, number: int) -> Sequence[TrainTask]:
        """Return the plan's tasks."""
        state = self._state
        classes = classes_of_plan(plan["mappings"], self._classes, state.data_items, state.ended_items)
        training = Training(**plan["training"])
        return [
            TrainTask(
                self._driver.location.uri,
                task["device"],
                task["version"],
                classes.of(task["device"]),
                default_features(classes.of(task["device"]), training.window_minutes),
                training,
                plan["budget"],
                tuple(task["features"]),
                tuple(task["minutes"]),
            )
            for task in plan["tasks"]
        ]

    def outcome(self, plan: Plan, number: int, results: Sequence[dict[str, Any] | None]) -> Outcome:
        """Return the rows of models/versions, and of whom nothing could be learnt from what there was."""
        rows = [row | {"plan": number} for row in results if row is not None]
        for task in plan["tasks"]:
            self._wanted.pop(task["device"], None)
        changes = (self._driver.small_change(MODELS, rows),) if rows else ()
        pairs = zip(plan["tasks"], results, strict=True)
        return Outcome(changes, tuple(_done(task, row is not None) for task, row in pairs), len(rows))

    def _find(self, named: Collection[str] | None) -> dict[str, str]:
        models = {row["device_uuid"]: row for row in latest_models(self._driver.reader).to_dicts()}
        memory = self._state.tasks()
        gold, tried = made_from(memory, "gold"), made_from(memory, self.name)
        wanted = {}
        for device, running in self._running_minutes().items():
            model = models.get(device)
            last = tried.get((device, 0))
            is_remapped = last is not None and last.rows > 0 and last.fingerprint != self._classes.fingerprints[device]
            if named is None and not is_remapped and not _is_due(running, model):
                continue
            if named and device not in named:
                continue
            train, calibration = split_counts(running, self._plant.training)
            if train < FEWEST_TRAINING_MINUTES or calibration < FEWEST_CALIBRATION_MINUTES:
                continue
            version = self._version(device, [s.fingerprint for (d, _), s in sorted(gold.items()) if d == device])
            is_tried = last is not None and last.rows == 0 and last.fingerprint == fingerprint(version)
            if not is_tried and (model is None or model["model_version"] != version):
                wanted[device] = version
        return wanted

    def _version(self, device: str, inputs: list[int]) -> str:
        found = self._plant.device(device)
        name = "".join(c if c.isalnum() or c in "-_" else "_" for c in (found.name if found else device))
        features = default_features(self._classes.of(device), self._plant.training.window_minutes)
        made = fingerprint(STEP, device, features, inputs, self._plant.training, self._plant.alarms)
        return f"{name}-{made & (1 << 64) - 1:016x}"

    def _running_minutes(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for mapping in self._classes.mappings.values():
            name = minutes_table(mapping).name
            if self._driver.reader.exists(name):
                running = self._driver.reader.scan(name).filter("is_live", "is_running").select("device_uuid").collect()
                found |= dict(running.group_by("device_uuid").len().rows())
        return {d.uuid: found[d.uuid] for d in self._plant.devices if d.uuid in found}

    def _task_json(self, device: str, version: str) -> dict[str, Any]:
        mapping = self._classes.of(device)
        specs = (features_table(mapping, self._plant.training.window_minutes), minutes_table(mapping))
        features, minutes = ([f.path for f in of_device(self._driver.table(s).files(), device)] for s in specs)
        mapped = self._classes.fingerprints[device]
        return {"device": device, "version": version, "features": features, "minutes": minutes, "mapping": mapped}


def _done(task: dict[str, Any], is_trained: bool) -> PeriodDone:
    """Remember the mapping that a model was trained on, or the version that there was too little to learn for."""
    made = task["mapping"] if is_trained else fingerprint(task["version"])
    return PeriodDone(task["device"], 0, int(is_trained), made)


def _is_due(running: int, model: dict[str, Any] | None) -> bool:
    return model is None or (model["is_provisional"] and running >= GROWTH * model["running_minutes"])
