"""The episodes stage: scored minutes folded into episodes, for each device whose scores changed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from smelt.lake.location import Location
from smelt.lake.memory import Sum
from smelt.lake.parquet import write_files
from smelt.lake.plan import Plan
from smelt.lake.reader import scan_files
from smelt.runs.driver import Driver
from smelt.runs.fingerprint import fingerprint
from smelt.runs.lake_state import LakeState
from smelt.runs.stage import Change, Outcome
from smelt.runs.stale import of_device
from smelt.runs.summary import latest_models
from smelt.scores.episode import EpisodeSpan, episode_id, fold
from smelt.scores.severity import ALARM
from smelt.terms.interval import from_us
from smelt.terms.tables import EPISODES, SCORES
from smelt.terms.work import DataFile, PeriodDone

STEP = 1  # raise when the same inputs give other rows
REST = "other signals"


@dataclass(frozen=True)
class EpisodesTask:
    """Devices to fold anew, their score files, and the episode files that are replaced."""

    lake: str
    devices: tuple[str, ...]
    provisional: frozenset[str]
    scores: tuple[str, ...]
    replaces: tuple[str, ...]


@dataclass(frozen=True)
class EpisodesWritten:
    """The new file of episodes, and how many episodes each device has."""

    rows_written: int
    files: tuple[DataFile, ...]
    counts: tuple[tuple[str, int], ...]


def fold_devices(task: EpisodesTask) -> EpisodesWritten:
    """Fold the devices' scores, model version by model version; episodes of other devices stay as they are."""
    location = Location(task.lake)
    mine = pl.col("device_uuid").is_in(task.devices)
    scores = scan_files(location, SCORES, task.scores).filter(mine).sort("device_uuid", "minute").collect()
    kind = pl.DataFrame(EPISODES.schema.empty_table()).schema
    rows = [
        row
        for (device, version), group in scores.group_by("device_uuid", "model_version", maintain_order=True)
        for row in episodes_of(group, str(device), str(version), str(version) in task.provisional)
    ]
    fresh = pl.DataFrame(rows, schema=kind)
    others = scan_files(location, EPISODES, task.replaces).filter(~mine).collect()
    table = pl.concat([fresh, others]).sort(EPISODES.sort_by).to_arrow()
    counts = dict(fresh.group_by("device_uuid").len().rows())
    return EpisodesWritten(
        fresh.height,
        tuple(write_files(location, EPISODES, table, {})),
        tuple((device, counts.get(device, 0)) for device in task.devices),
    )


def episodes_of(scores: pl.DataFrame, device: str, version: str, provisional: bool) -> list[dict[str, object]]:
    """Fold one device's scores of one model version into rows of results/episodes.

    Parameters
    ----------
    scores : SCORES rows in order of time.
    """
    spans = fold(scores["minute"].dt.timestamp("us").to_numpy(), scores["severity"].to_numpy())
    return [_row(scores[s.first : s.end], s, device, version, provisional) for s in spans]


def _row(rows: pl.DataFrame, span: EpisodeSpan, device: str, version: str, provisional: bool) -> dict[str, object]:
    peak = int(np.argmax(rows["score"].to_numpy()))
    return {
        "episode_id": episode_id(device, span.interval.start_us, version),
        "device_uuid": device,
        "start": from_us(span.interval.start_us),
        "end": from_us(span.interval.end_us),
        "is_open": span.is_open,
        "model_version": version,
        "peak_time": rows["minute"][peak],
        "peak_score": rows["score"][peak],
        "peak_severity": rows["severity"].max(),
        "scored_minutes": span.scored_minutes,
        "alarm_minutes": span.alarm_minutes,
        "is_provisional": provisional,
        "contributions": shares(rows.filter(pl.col("severity") >= ALARM)["contributions"]),
    }


def shares(contributions: pl.Series) -> list[dict[str, object]]:
    """Return the mean share of each signal over minutes, largest first; what the minutes left out is the rest.

    Examples
    --------
    >>> shares(pl.Series([[{"signal": "load", "share": 0.5}], [{"signal": "load", "share": 1.0}]]))
    [{'signal': 'load', 'share': 0.75}, {'signal': 'other signals', 'share': 0.25}]
    """
    parts = contributions.explode().struct.unnest().drop_nulls()
    summed = parts.group_by("signal").agg((pl.col("share").cast(pl.Float64).sum() / len(contributions)).alias("share"))
    ordered = summed.sort(["share", "signal"], descending=[True, False]).to_dicts()
    rest = 1.0 - sum(row["share"] for row in ordered)
    return ordered + ([{"signal": REST, "share": rest}] if rest > 1e-6 else [])


class Episodes:
    """results/scores → results/episodes."""

    name = "episodes"
    kernel = staticmethod(fold_devices)

    def __init__(self, driver: Driver, state: LakeState) -> None:
        self._driver, self._state = driver, state
        self._provisional = [m["model_version"] for m in latest_models(driver.reader).to_dicts() if m["is_provisional"]]
        self._wanted = self._find()
        self._memory = state.memory(self.name)

    def left(self) -> int:
        """Return 1 if any device's scores changed."""
        return 1 if self._stale() else 0

    def plan(self, number: int) -> Plan | None:
        """Plan one task for all devices whose scores changed."""
        stale = self._stale()
        if not stale:
            return None
        files = self._driver.table(SCORES).files()
        read = {f.path for device in stale for f in of_device(files, device)}
        replaced = sorted(f.path for f in self._driver.table(EPISODES).files())
        return {
            "devices": [[device, self._wanted[device, 0]] for device in stale],
            "provisional": self._provisional,
            "scores": sorted(read),
            "replaces": replaced,
        }

    def tasks(self, plan: Plan, number: int) -> Sequence[EpisodesTask]:
        """Return the plan's one task."""
        return [
            EpisodesTask(
                self._driver.location.uri,
                tuple(device for device, _ in plan["devices"]),
                frozenset(plan["provisional"]),
                tuple(plan["scores"]),
                tuple(plan["replaces"]),
            )
        ]

    def outcome(self, plan: Plan, number: int, results: Sequence[EpisodesWritten]) -> Outcome:
        """Return the new file and what each device's episodes were made from."""
        (written,) = results
        counts = dict(written.counts)
        done = [PeriodDone(device, 0, counts[device], made) for device, made in plan["devices"]]
        self._memory |= {(d.device_uuid, 0): Sum(d.rows, d.fingerprint) for d in done}
        change = Change(EPISODES, written.files, tuple(plan["replaces"]))
        return Outcome((change,), tuple(done), written.rows_written)

    def _stale(self) -> list[str]:
        return sorted(
            device
            for (device, zero), made in self._wanted.items()
            if (known := self._memory.get((device, zero))) is None or known.fingerprint != made
        )

    def _find(self) -> dict[tuple[str, int], int]:
        made: dict[str, list[int]] = {}
        for (device, _), total in sorted(self._state.memory("scores").items()):
            made.setdefault(device, []).append(total.fingerprint)
        return {(device, 0): fingerprint(STEP, values) for device, values in made.items()}
