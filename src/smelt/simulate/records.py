"""What people write down about the plant: its devices, its maintenance, and the truth that no stage reads."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from smelt.simulate.data_faults import DataFault
from smelt.simulate.day import Job, Stop
from smelt.simulate.document import time_text
from smelt.simulate.faults import DAY_MS, HOUR_MS, Fault
from smelt.simulate.fleet import FLEET, Machine

_SERVICE_DAYS = 14
_EARLY_REPAIR_DAY, _EARLY_REPAIR = 3, "FOG2"  # a door switch: benign, and no trace in any signal


def services(machine: Machine, day_index: int, day_start_ms: int) -> list[tuple[Stop, Job]]:
    """Return a device's planned service of the day, and the one early repair, with the time they take."""
    done = []
    if (day_index + 3 * machine.index) % _SERVICE_DAYS == 5 and machine.class_name != "autoclaves":
        stop = Stop(day_start_ms + 6 * HOUR_MS, day_start_ms + int(7.25 * HOUR_MS))
        done.append((stop, Job(stop.end_ms, "planned", "machine", "service: lubricated, filters and guides checked")))
    if machine.name == _EARLY_REPAIR and day_index == _EARLY_REPAIR_DAY:
        stop = Stop(day_start_ms + 11 * HOUR_MS, day_start_ms + 12 * HOUR_MS)
        done.append((stop, Job(stop.end_ms, "repair", "door switch", "door switch replaced")))
    if machine.class_name == "autoclaves" and (day_index + 3 * machine.index) % _SERVICE_DAYS == 5:
        at_ms = day_start_ms + 7 * HOUR_MS
        done.append((Stop(at_ms, at_ms), Job(at_ms, "inspection", "door seal", "seal and valves looked at, in order")))
    return done


def repairs(faults: Iterable[Fault], day_start_ms: int) -> list[Job]:
    """Return the repairs that end on a day."""
    today = (f for f in faults if day_start_ms <= f.end_ms < day_start_ms + DAY_MS)
    return [Job(f.end_ms, "repair", f.component, f"{f.component} replaced: {f.description}") for f in today]


class MaintenanceLog:
    """maintenance.csv, written a day at a time in order."""

    def __init__(self, path: Path) -> None:
        self._path = path
        _write(path, ("device_uuid", "time", "kind", "component", "note"), [])

    def add(self, jobs: Iterable[tuple[str, Job]]) -> None:
        """Append a day's jobs, given as (device, job)."""
        ordered = sorted(jobs, key=lambda pair: (pair[1].at_ms, pair[0]))
        with self._path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerows((d, time_text(j.at_ms), j.kind, j.component, j.note) for d, j in ordered)


def write_static(path: Path) -> None:
    """Write static.csv: a row for each device."""
    columns = ("device_uuid", "name", "class_name", "manufacturer", "model", "commissioned", "site", "criticality")
    rows = [
        (m.name, m.name, m.class_name, m.manufacturer, m.model, m.commissioned, m.site, str(m.criticality))
        for m in FLEET
    ]
    _write(path, columns, rows)


def write_truth(folder: Path, faults: Iterable[Fault], data_faults: Iterable[tuple[DataFault, str]]) -> None:
    """Write what really happened: faults.csv and data_faults.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(
        folder / "faults.csv",
        ("device_uuid", "kind", "start", "failure_time", "end", "description"),
        [
            (f.device, f.kind, time_text(f.start_ms), time_text(f.failure_ms), time_text(f.end_ms), f.description)
            for f in faults
        ],
    )
    _write(
        folder / "data_faults.csv",
        ("kind", "device_uuid", "data_item", "start", "end", "shift_seconds", "path"),
        [
            (f.kind, f.device, f.data_item, time_text(f.start_ms), time_text(f.end_ms), str(f.shift_ms / 1000), path)
            for f, path in data_faults
        ],
    )


def _write(path: Path, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
