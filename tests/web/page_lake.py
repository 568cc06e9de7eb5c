"""A small lake for the pages' tests: seeded, with gaps, idle nights, episodes and a silent device."""

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
from deltalake import write_deltalake

from smelt.lake.reader import LakeReader
from smelt.terms.class_tables import minutes_table
from smelt.terms.interval import MINUTE_US, PERIOD_US, month_of, to_us
from smelt.terms.plant import Alarms, ClassMapping, Column, Device, Plant
from smelt.terms.tables import (
    COVERAGE,
    DATA_ITEMS,
    DOCUMENTS,
    EPISODES,
    MAINTENANCE,
    MODELS,
    QUALITY,
    QUARANTINE,
    RUNS,
    SCORES,
    TASKS,
    TableSpec,
)

START_US = to_us(datetime(2026, 3, 26, tzinfo=UTC))
MAPPING = ClassMapping(
    "mills",
    (
        Column("Sload", "spindle_load", "SAMPLE", "float64", "PERCENT"),
        Column("Srpm", "spindle_speed", "SAMPLE", "float64", "REVOLUTION/MINUTE"),
        Column("Xload", "x_load", "SAMPLE", "float64", "PERCENT"),
        Column("coolant", "coolant_temperature", "SAMPLE", "float64", "CELSIUS"),
        Column("exec", "execution", "EVENT", "string"),
        Column("mode", "mode", "EVENT", "string"),
        Column("program", "program", "EVENT", "string"),
        Column("servo", "servo", "CONDITION", "string"),
        Column("cool", "coolant_level", "CONDITION", "string"),
    ),
    "execution = 'ACTIVE'",
)
SIGNALS = tuple(c.name for c in MAPPING.columns if c.dtype == "float64")
MILLS = ("FOG1", "FOG2", "DIAMOND-NORTH", "DIAMOND-SOUTH")
DRILLS = ("FAD1", "FAD2")
SMALL = Plant(
    devices=tuple(Device(f"u-{n.lower()}", n, "mills") for n in MILLS[:2])
    + tuple(Device(f"u-{n.lower()}", n, "drills") for n in DRILLS),
    alarms=Alarms(2.0),
    timezone="Europe/Paris",
)


def build(root: Path, plant: Plant = SMALL, days: int = 3) -> LakeReader:
    """Write a lake of so many days of the plant's devices below the folder."""
    minutes: dict[str, list[pa.Table]] = {}
    scores, episodes, models, coverage, log, machines = [], [], [], [], [], []
    for number, device in enumerate(plant.devices):
        machine = _Machine(number, device, days, is_silent=number == len(plant.devices) - 1)
        machines.append(machine)
        minutes.setdefault(device.class_name, []).append(machine.minutes())
        scores.append(machine.scores())
        episodes += machine.episodes()
        models.append(machine.model())
        coverage += machine.coverage()
        log.append(machine.maintenance())
    for class_name, tables in minutes.items():
        spec = minutes_table(ClassMapping(class_name, MAPPING.columns, MAPPING.running))
        _write(root, spec, pa.concat_tables(tables))
    _write(root, SCORES, pa.concat_tables(scores))
    arrived = (arrival(machine, h) for machine in machines for h in range(24 * days))
    quality, tasks = zip(*arrived, strict=True)
    small = ((EPISODES, episodes), (MODELS, models), (COVERAGE, coverage), (MAINTENANCE, log), (QUALITY, quality))
    for spec, rows in (*small, (TASKS, tasks), *ingested(plant)):
        empty = dict.fromkeys(spec.schema.names)
        _write(root, spec, pa.Table.from_pylist([empty | row for row in rows], schema=spec.schema))
    return LakeReader(str(root))


def arrival(machine: "_Machine", hour: int) -> tuple[dict[str, object], dict[str, object]]:
    """How an hour of a machine arrived: its rows of ops/quality and ops/tasks."""
    count = 10 * int(machine.live[60 * hour : 60 * hour + 60].sum())
    period = START_US + hour * PERIOD_US
    key = {"device_uuid": machine.device.uuid, "period": period}
    late = {"lateness_steps": [8, 24], "lateness_rows": [count - count // 10, count // 10]}
    quality = {"month": month_of(period), **key, "observations": count, "unavailable": count // 100, **late}
    return quality, {"stage": "ingest", **key, "plan": 1, "rows": count, "fingerprint": 0}


def ingested(plant: Plant) -> list[tuple[TableSpec, list[dict[str, object]]]]:
    """An agent that restarted, errors, rejects, finished plans and a probe that changed."""
    start, first = START_US, plant.devices[0]
    streams = [
        {"path": f"2026/03/26/{i:02}/a.gz", "offset": i, "length": 9, "kind": "MTConnectStreams", "dialect": "xml"}
        | {"agent": "shop", "instance_id": 1 + i // 12, "first_sequence": 1, "next_sequence": 1 + 100 * i, "plan": 1}
        | {"observations": 100, "created_at": start + i * PERIOD_US, "received_at": start + i * PERIOD_US + 1_500_000}
        for i in range(24)
    ]
    rejects = [
        {
            "path": "2026/03/26/09/torn-1.gz",
            "offset": 1200,
            "length": 80,
            "reason": "torn document <b>here</b>",
            "batch": 1,
        },
        {"path": "2026/03/26/11/cut-2.gz", "offset": 0, "length": 512, "reason": "gzip ends in the middle", "batch": 1},
    ]
    runs = [
        {
            "stage": stage,
            "plan": 1,
            "started_at": start + PERIOD_US + i,
            "seconds": 2.5,
            "tasks": 3,
            "rows_written": 2400,
        }
        | {"files_written": 3, "bytes_written": 81_000, "rejects": 2 * (stage == "ingest")}
        for i, stage in enumerate(("ingest", "coverage", "silver", "gold"))
    ]
    item = {"agent": "shop", "device_uuid": first.uuid, "device_name": first.name, "id": "Sload", "name": "Sload"}
    item |= {"category": "SAMPLE", "type": "LOAD", "representation": "VALUE", "component": "", "is_agent": False}
    changed = start + 30 * PERIOD_US
    items = [item | {"units": "PERCENT", "valid_to": changed}, item | {"units": "NEWTON", "valid_from": changed}]
    return [(DOCUMENTS, streams), (QUARANTINE, rejects), (RUNS, runs), (DATA_ITEMS, items)]


def _write(root: Path, spec: TableSpec, rows: pa.Table) -> None:
    write_deltalake(str(root / spec.name), rows, partition_by=list(spec.partition_by) or None)


class _Machine:
    def __init__(self, number: int, device: Device, days: int, is_silent: bool) -> None:
        self.device, self.number, self.days = device, number, days
        rng = np.random.default_rng(number)
        n = days * 1440
        self.t = START_US + np.arange(n, dtype=np.int64) * MINUTE_US
        hour = np.arange(n) / 60 % 24
        self.live = np.ones(n, bool)
        outage = n // 2 + 60 * number
        self.live[outage : outage + 150] = False
        if is_silent:
            self.live[-400:] = False
        self.running = self.live & (hour > 6) & (hour < 21.5 + number % 3) & (np.arange(n) % 97 > 6)
        self.fault = np.zeros(n)
        for i in range(max(1, days // 3)):
            at = int(n * 0.55) + i * 2600 + 50 * number
            if number % 3 != 2 and at + 120 < n:
                self.fault[at : at + 90 + 30 * i] = 1
        self.fault[~self.running] = 0
        self.cut = n // 3
        noise = np.convolve(rng.gamma(2.0, 12.0, n), np.ones(5) / 5, "same")
        self.severity = np.clip(noise * 1.1 + self.fault * (52 + 8 * (number % 4)), 0, 100).astype(np.float32)
        self.rng = rng

    def minutes(self) -> pa.Table:
        n, rng, run, live = len(self.t), self.rng, self.running, self.live
        walk = np.cumsum(rng.normal(0, 0.3, n))
        walk -= np.convolve(walk, np.ones(301) / 301, "same")
        load = np.where(run, 42 + 9 * np.sin(np.arange(n) / 23) + walk + 24 * self.fault, 1.5)
        speed = np.where(run, np.where(np.arange(n) % 60 < 40, 8000.0, 12000.0), 0.0)
        x_load = np.where(run, 20 + rng.normal(0, 2.5, n) + 11 * self.fault, 3.0)
        coolant = 21 + 6 * run + 0.4 * rng.normal(0, 1, n) + 4 * self.fault
        execution = np.where(run, "ACTIVE", np.where(np.arange(n) % 97 < 4, "INTERRUPTED", "READY"))
        program = np.char.add("O", (1000 + (np.arange(n) // 240) % 7 * 11).astype(str))
        servo = np.where(self.fault * (np.arange(n) % 50 < 30) > 0, "WARNING", "NORMAL")
        level = np.where((self.number == 0) & (self.fault > 0) & (np.arange(n) % 90 < 12), "FAULT", "NORMAL")
        words = (execution, np.full(n, "AUTOMATIC"), program, servo, level)
        columns = {
            "month": [month_of(t) for t in self.t],
            "device_uuid": [self.device.uuid] * n,
            "minute": pa.array(self.t).cast(pa.timestamp("us", tz="UTC")),
            "is_live": live,
            "is_running": run,
            **{s: pa.array(v, mask=~live) for s, v in zip(SIGNALS, (load, speed, x_load, coolant), strict=True)},
            **{
                c.name: pa.array(w.tolist(), pa.string(), mask=~live)
                for c, w in zip(MAPPING.columns[4:], words, strict=True)
            },
            "origin": ["mmmmhhhhh" if is_live else "xxxxxxxxx" for is_live in live],
        }
        return pa.table(columns, schema=minutes_table(MAPPING).schema)

    def _shares(self, i: int) -> list[dict[str, object]]:
        raw = np.array([0.25, 0.2, 0.15, 0.1]) + self.fault[i] * np.roll([0.6, 0.25, 0.05, 0.02], self.number)
        order = np.argsort(-raw)
        return [{"signal": SIGNALS[k], "share": float(raw[k] / raw.sum())} for k in order]

    def _version(self) -> str:
        return f"{self.device.name.lower()}-3f9a1c"

    def scores(self) -> pa.Table:
        at = np.flatnonzero(self.running & (np.arange(len(self.t)) >= self.cut))
        quiet, loud = self._shares(0), self._shares(int(np.argmax(self.fault)))
        columns = {
            "month": [month_of(t) for t in self.t[at]],
            "device_uuid": [self.device.uuid] * len(at),
            "minute": pa.array(self.t[at]).cast(pa.timestamp("us", tz="UTC")),
            "model_version": [self._version()] * len(at),
            "score": 0.6 + self.severity[at] / 80,
            "severity": self.severity[at],
            "threshold": np.full(len(at), 0.6 + 75 / 80, np.float32),
            "contributions": [loud if f else quiet for f in self.fault[at]],
        }
        return pa.table(columns, schema=SCORES.schema)

    def episodes(self) -> list[dict[str, object]]:
        loud = np.flatnonzero(self.fault)
        groups = np.split(loud, np.flatnonzero(np.diff(loud) > 30) + 1) if len(loud) else []
        found = []
        for start, end in ((g[0], g[-1] + 1) for g in groups):
            peak = start + int(np.argmax(np.where(self.running, self.severity, 0)[start:end]))
            found.append(
                {
                    "episode_id": f"{self.device.name.lower()}-{start:06d}",
                    "device_uuid": self.device.uuid,
                    "start": int(self.t[start]),
                    "end": int(self.t[end - 1]) + MINUTE_US,
                    "is_open": False,
                    "model_version": self._version(),
                    "peak_time": int(self.t[peak]),
                    "peak_score": float(0.6 + self.severity[peak] / 80),
                    "peak_severity": float(self.severity[peak]),
                    "scored_minutes": int(self.running[start:end].sum()),
                    "alarm_minutes": int((self.running & (self.severity >= 75))[start:end].sum()),
                    "is_provisional": self.number == 1,
                    "contributions": self._shares(int(start)),
                }
            )
        return found

    def model(self) -> dict[str, object]:
        bands = {"spindle_load": [30.0, 56.0], "x_load": [13.0, 26.5], "coolant_temperature": [20.0, 28.5]}
        return {
            "model_version": self._version(),
            "device_uuid": self.device.uuid,
            "class_name": self.device.class_name,
            "trained_from": START_US,
            "trained_to": int(self.t[self.cut]),
            "calibrated_to": int(self.t[self.cut + self.cut // 2]),
            "training_minutes": int(self.running[: self.cut].sum()),
            "calibration_minutes": int(self.running[self.cut : self.cut + self.cut // 2].sum()),
            "running_minutes": int(self.running.sum()),
            "calibration": "{}",
            "is_provisional": self.number == 1,
            "days_wanted": 2.5 if self.number == 1 else 0.0,
            "plan": self.number,
            "threshold": 0.6 + 75 / 80,
            "factor": 2.2,
            "features": [f"{s}__rolling_avg_15m" for s in SIGNALS],
            "bands": json.dumps(bands),
            "path": f"models/forests/{self._version()}.npz",
            "sha256": "0" * 64,
        }

    def coverage(self) -> list[dict[str, object]]:
        kinds = np.where(self.live, "live", "silent").astype(object)
        kinds[725:728] = "restarted"
        kinds[1000:1030] = "lost"
        if self.number == 1:
            kinds[300:360] = "unavailable"
        edges = np.flatnonzero((kinds[1:] != kinds[:-1]) | (self.t[1:] % PERIOD_US == 0)) + 1
        starts = np.concatenate([[0], edges])
        ends = np.concatenate([edges, [len(self.t)]])
        return [
            {
                "month": month_of(int(self.t[a])),
                "device_uuid": self.device.uuid,
                "start": int(self.t[a]),
                "end": int(self.t[a]) + int(b - a) * MINUTE_US,
                "kind": kinds[a],
                "count": {"lost": 250 * (a == 1000)}.get(kinds[a]),
            }
            for a, b in zip(starts, ends, strict=True)
        ]

    def maintenance(self) -> dict[str, object]:
        return {
            "device_uuid": self.device.uuid,
            "time": int(self.t[int(len(self.t) * 0.8)]),
            "kind": "repair" if self.number == 0 else "planned",
            "component": "spindle",
            "note": "=bearing replaced" if self.number == 0 else "greased",
        }


def big_plant() -> Plant:
    """Return the seed plant, for looking at the pages."""
    names = {
        "autoclaves": [f"AC{i}" for i in range(1, 6)],
        "mills": list(MILLS),
        "drills": list(DRILLS),
        "benders": [f"CRIPPA_{d}" for d in ("NE", "NW", "SE", "SW")],
    }
    devices = tuple(Device(f"u-{n.lower()}", n, c) for c, ns in names.items() for n in ns)
    return Plant(devices=devices, timezone="Europe/Paris")
