"""Two devices of one agent over four hours: a loss, a restart, a silence, rejects and a probe that changed."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from deltalake import write_deltalake

from smelt.lake.reader import LakeReader
from smelt.terms.interval import Interval, to_us
from smelt.terms.plant import Device, Plant
from smelt.terms.tables import (
    COVERAGE,
    DATA_ITEMS,
    DOCUMENTS,
    LAST_VALUES,
    OBSERVATIONS,
    QUALITY,
    QUARANTINE,
    RUNS,
    TASKS,
    TableSpec,
)

START = datetime.fromisoformat("2026-03-26T00:00:00+00:00")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
MILL, DRILL = Device("u-mill", "MILL", "mills"), Device("u-drill", "DRILL", "drills")
PLANT = Plant(devices=(MILL, DRILL))
WHOLE = Interval(to_us(START), to_us(START + 4 * HOUR))


def write(root: Path, spec: TableSpec, rows: list[dict[str, Any]]) -> None:
    """Append rows to a table; what a row leaves out is null."""
    empty = dict.fromkeys(spec.schema.names)
    table = pa.Table.from_pylist([empty | row for row in rows], schema=spec.schema)
    write_deltalake(str(root / spec.name), table, mode="append", partition_by=list(spec.partition_by) or None)


def covered(device: Device, *pieces: tuple[str, int, int, int | None]) -> list[dict[str, Any]]:
    """Coverage rows of (kind, first minute, last minute, count)."""
    return [
        {"month": "2026-03", "device_uuid": device.uuid, "kind": kind, "count": count}
        | {"start": START + a * MINUTE, "end": START + b * MINUTE}
        for kind, a, b, count in pieces
    ]


def at(moment: datetime) -> dict[str, datetime]:
    """A document's times."""
    return {"created_at": moment, "received_at": moment + timedelta(seconds=2)}


def build(root: Path) -> LakeReader:
    """Write the lake."""
    both = [("restarted", 90, 95, None), ("live", 95, 110, None), ("lost", 110, 120, 700), ("lost", 120, 130, 0)]
    mill = covered(MILL, ("live", 0, 60, None), ("live", 60, 90, None), *both, ("live", 130, 180, None))
    drill = covered(DRILL, ("unavailable", 0, 60, None), ("live", 60, 90, None), *both, ("live", 130, 180, None))
    write(root, COVERAGE, [*mill, *drill, *covered(DRILL, ("silent", 180, 240, None))])
    received = {MILL: (600, 400, 500), DRILL: (0, 300, 200)}
    periods = [(d, h, n) for d, counts in received.items() for h, n in enumerate(counts)]
    write(
        root,
        TASKS,
        [
            {
                "stage": stage,
                "device_uuid": d.uuid,
                "period": START + h * HOUR,
                "plan": plan,
                "rows": n,
                "fingerprint": 0,
            }
            for d, h, n in periods
            for stage, plan, n in (("ingest", 1, n), ("silver", 1, n // 10), ("gold", 1, 60), ("ingest", 2, 0))
        ],
    )
    write(
        root,
        QUALITY,
        [
            {"month": "2026-03", "device_uuid": d.uuid, "period": START + h * HOUR, "observations": n, "unavailable": h}
            | {"lateness_steps": [4, 20], "lateness_rows": [n - n // 10, n // 10]}
            for d, h, n in periods
        ],
    )
    _documents(root)
    runs = [("ingest", 1, 1500, 3), ("coverage", 1, 20, 0), ("silver", 1, 150, 0), ("gold", 1, 360, 0)]
    write(
        root,
        RUNS,
        [
            {"stage": stage, "plan": plan, "started_at": START + 5 * HOUR + i * MINUTE, "seconds": 1.5, "tasks": 2}
            | {"rows_written": n, "files_written": 4, "bytes_written": 4000, "rejects": rejects}
            for i, (stage, plan, n, rejects) in enumerate(runs)
        ],
    )
    _items(root)
    return LakeReader(str(root))


def _documents(root: Path) -> None:
    told = [
        (0, 1, 1, 601, 600),
        (60, 1, 1, 901, 300),
        (89, 1, 1, 901, 0),
        (95, 2, 1, 301, 300),
        (129, 2, 1001, 1301, 300),
    ]
    streams = [
        {
            "path": f"2026/03/26/0{m // 60}/a.gz",
            "offset": m,
            "length": 9,
            "kind": "MTConnectStreams",
            "dialect": "json-v2",
        }
        | {"agent": "shop", "instance_id": i, "first_sequence": f, "next_sequence": n, "observations": c, "plan": 1}
        | at(START + m * MINUTE)
        for m, i, f, n, c in told
    ]
    error = streams[-1] | {"offset": 7, "kind": "MTConnectError", "next_sequence": None, "observations": 0}
    write(root, DOCUMENTS, [*streams, error])
    rejects = [
        ("2026/03/26/01/a.gz", 10, 40, "torn"),
        ("2026/03/26/02/b.gz", 0, 2, "not gzip"),
        ("odd.gz", 5, 1, "torn"),
    ]
    columns = ("path", "offset", "length", "reason")
    write(root, QUARANTINE, [dict(zip(columns, r, strict=True)) | {"batch": 1} for r in rejects])


def _items(root: Path) -> None:
    def item(device: Device, name: str, since: datetime | None, until: datetime | None, units: str) -> dict[str, Any]:
        row = {"agent": "shop", "device_uuid": device.uuid, "device_name": device.name, "id": name, "name": name}
        row |= {"category": "SAMPLE", "type": "LOAD", "units": units, "representation": "VALUE", "component": ""}
        return row | {"is_agent": False, "valid_from": since, "valid_to": until}

    changed = START + 2 * HOUR
    rows = [item(MILL, "load", None, changed, "PERCENT"), item(MILL, "load", changed, None, "NEWTON")]
    write(
        root,
        DATA_ITEMS,
        [*rows, item(MILL, "gone", None, changed, "PERCENT"), item(DRILL, "load", None, None, "PERCENT")],
    )
    said = {"category": "SAMPLE", "native_units": False, "batch": 1}
    keys = [(MILL, "load"), (DRILL, "load"), (DRILL, "extra")]
    write(
        root,
        LAST_VALUES,
        [
            said | {"device_uuid": d.uuid, "data_item": i, "period": START + HOUR, "event_time": START + HOUR}
            for d, i in keys
        ],
    )
    observation = {
        "month": "2026-03",
        "bucket": 0,
        "agent": "shop",
        "part": 0,
        "data_item": "load",
        "category": "SAMPLE",
    }
    for moment in (START, START + HOUR):
        write(
            root, OBSERVATIONS, [observation | {"device_uuid": MILL.uuid, "event_time": moment, "native_units": False}]
        )
