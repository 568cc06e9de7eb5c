import csv

from smelt.simulate.day import Job
from smelt.simulate.faults import plan_faults
from smelt.simulate.fleet import FLEET
from smelt.simulate.records import MaintenanceLog, repairs, services, write_static
from smelt.terms.tables import MAINTENANCE, STATIC_DEVICES

START_MS = 1_788_220_800_000
DAY_MS = 86_400_000


def read(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_static_has_the_columns_of_its_table(tmp_path):
    write_static(tmp_path / "static.csv")
    rows = read(tmp_path / "static.csv")
    assert list(rows[0]) == STATIC_DEVICES.schema.names
    assert [r["device_uuid"] for r in rows] == [m.name for m in FLEET]


def test_log_has_the_columns_of_its_table_and_is_in_order(tmp_path):
    log = MaintenanceLog(tmp_path / "m.csv")
    log.add([("B", Job(START_MS + 5, "repair", "x", "a, b")), ("A", Job(START_MS, "planned", "y", ""))])
    log.add([("A", Job(START_MS + DAY_MS, "inspection", "y", ""))])
    rows = read(tmp_path / "m.csv")
    assert list(rows[0]) == MAINTENANCE.schema.names
    assert [r["time"] for r in rows] == ["2026-09-01T00:00:00Z", "2026-09-01T00:00:00.005Z", "2026-09-02T00:00:00Z"]
    assert rows[1]["note"] == "a, b"


def test_every_fault_is_repaired_once():
    faults = plan_faults(28, START_MS, 1)
    done = [j for day in range(30) for j in repairs(faults, START_MS + day * DAY_MS)]
    assert sorted(j.at_ms for j in done) == sorted(f.end_ms for f in faults)


def test_every_device_is_looked_after_in_two_weeks():
    for machine in FLEET:
        done = [pair for day in range(14) for pair in services(machine, day, START_MS + day * DAY_MS)]
        assert {j.kind for _, j in done} & {"planned", "inspection"}
        assert all(stop.start_ms <= job.at_ms for stop, job in done)
