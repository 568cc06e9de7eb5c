import csv
import hashlib
import itertools
from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from smelt.simulate.fleet import FLEET
from smelt.simulate.plant import simulate
from smelt.terms.errors import InputError

DEVICES = {m.name for m in FLEET}
SATURDAY = datetime(2026, 9, 5, tzinfo=UTC)


def truth(directory, name):
    with (directory / "truth" / name).open(newline="") as file:
        return list(csv.DictReader(file))


def digest(directory):
    out = {}
    for path in sorted(p for p in directory.rglob("*") if p.is_file()):
        out[path.relative_to(directory).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
    return out


def test_what_is_written_is_what_is_said(weekend):
    files = {p.relative_to(weekend.directory).parts[0] for p in weekend.directory.rglob("*") if p.is_file()}
    assert files == {"landing", "static.csv", "maintenance.csv", "truth"}
    result = weekend.result
    assert result.files == len(list(weekend.directory.rglob("*.gz")))
    assert result.documents == len({text for _, text, _, _ in weekend.documents})
    assert result.observations == len(weekend.observations)
    assert [d.uuid for d in result.devices] == [m.name for m in FLEET]
    assert (result.start, result.end) == (SATURDAY, SATURDAY + timedelta(days=2))


def test_sequences_of_an_instance_have_no_holes(weekend):
    by_instance: dict[int, list[int]] = {}
    for instance, _, _, _, observation in weekend.observations:
        by_instance.setdefault(instance, []).append(observation["sequence"])
    assert len(by_instance) == 2
    for numbers in by_instance.values():
        assert sorted(numbers) == list(range(1, len(numbers) + 1))


def test_headers_chain(weekend):
    seen = {(h["instanceId"], h["creationTime"], h["nextSequence"]): h for _, _, h, _ in weekend.documents}
    assert {h["sender"] for h in seen.values()} == {"seed-plant"}
    for _, group in itertools.groupby(sorted(seen), key=lambda k: k[0]):
        numbers = [key[2] for key in group]
        assert numbers == sorted(numbers)
    assert all(h["firstSequence"] <= h["nextSequence"] <= h["lastSequence"] + 1 for h in seen.values())


def test_everything_is_unavailable_after_the_restart_then_known(weekend):
    restart = next(f for f in truth(weekend.directory, "data_faults.csv") if f["kind"] == "agent_restart")
    second = max(row[0] for row in weekend.observations)
    assert abs(second - datetime.fromisoformat(restart["end"]).timestamp()) < 5
    values: dict[int, dict[tuple[str, str], list[object]]] = {}
    for instance, uuid, _, element, observation in sorted(weekend.observations, key=lambda r: r[4]["sequence"]):
        value = "UNAVAILABLE" if element == "Unavailable" else observation.get("value")
        values.setdefault(instance, {}).setdefault((uuid, observation["dataItemId"]), []).append(value)
    before, after = values[min(values)], values[second]
    assert len(after) > 400 and {said[0] for said in after.values()} == {"UNAVAILABLE"}
    known = [key for key, said in before.items() if said[-1] != "UNAVAILABLE" and key[0] in DEVICES]
    assert len(known) > 300 and all(after[key][1] != "UNAVAILABLE" for key in known)


def test_late_files_lie_hours_later_and_doubled_ones_twice(weekend):
    faults = truth(weekend.directory, "data_faults.csv")
    late = next(f for f in faults if f["kind"] == "late_file")
    held = [h["creationTime"] for p, _, h, _ in weekend.documents if p.as_posix().endswith(late["path"])]
    hour = late["path"].split("/")[4]
    assert int(hour) - int(min(held)[11:13]) >= 1
    copies = Counter(text for _, text, _, _ in weekend.documents)
    doubled = next(f for f in faults if f["kind"] == "duplicated_file")
    mine = [text for p, text, _, _ in weekend.documents if p.as_posix().endswith(doubled["path"])]
    assert {t for t, n in copies.items() if n > 1} == set(mine)


def test_quiet_times_have_heartbeats_so_that_contact_never_lapses(weekend):
    times = sorted({datetime.fromisoformat(h["creationTime"]) for _, _, h, _ in weekend.documents})
    assert any(streams == {} for _, _, _, streams in weekend.documents)
    assert max(b - a for a, b in itertools.pairwise(times)) <= timedelta(minutes=6)


def test_a_clock_set_back_is_in_the_stamps(weekend):
    fault = next(f for f in truth(weekend.directory, "data_faults.csv") if f["kind"] == "clock_set_back")
    rows = sorted(
        (r for r in weekend.observations if r[1] == fault["device_uuid"]), key=lambda r: (r[0], r[4]["sequence"])
    )
    stamps = [datetime.fromisoformat(r[4]["timestamp"]) for r in rows]
    back = timedelta(seconds=float(fault["shift_seconds"]))
    assert min((b - a for a, b in itertools.pairwise(stamps)), default=timedelta()) >= -back
    assert back > timedelta(minutes=2)


def test_rate_stays_within_the_budget(weekend):
    rows = Counter(r[1] for r in weekend.observations)
    assert max(rows.values()) < 2 * 30_000
    assert all(rows[m.name] > 50 for m in FLEET)


@pytest.fixture(scope="module")
def sunday(tmp_path_factory):
    directory = tmp_path_factory.mktemp("sunday")
    simulate(directory, days=1, seed=5, start=SATURDAY + timedelta(days=1))
    return directory


def test_equal_seeds_give_equal_bytes(sunday, tmp_path):
    simulate(tmp_path, days=1, seed=5, start=SATURDAY + timedelta(days=1))
    assert digest(tmp_path) == digest(sunday)


def test_another_seed_gives_others(sunday, tmp_path):
    simulate(tmp_path, days=1, seed=6, start=SATURDAY + timedelta(days=1))
    assert digest(tmp_path)["maintenance.csv"] != "" and digest(tmp_path) != digest(sunday)


def test_a_longer_run_begins_like_a_shorter_one(weekend, tmp_path):
    simulate(tmp_path, days=1, seed=7, start=SATURDAY)
    hours = [f"landing/raw/2026/09/05/{hour:02d}" for hour in range(12)]
    short, long = digest(tmp_path), digest(weekend.directory)
    mine = {k: v for k, v in short.items() if k.rsplit("/", 1)[0] in hours}
    assert len(mine) > 40
    assert mine == {k: v for k, v in long.items() if k.rsplit("/", 1)[0] in hours}


def test_progress_is_told_and_what_is_wrong_is_said(tmp_path):
    told = []
    simulate(tmp_path, days=1, seed=1, start=SATURDAY + timedelta(days=1), progress=lambda *done: told.append(done))
    assert told == [(1, 1)]
    with pytest.raises(InputError, match="landing/raw"):
        simulate(tmp_path, days=1, seed=1)
    with pytest.raises(InputError, match="days is 0"):
        simulate(tmp_path / "x", days=0, seed=1)
    with pytest.raises(InputError, match="midnight"):
        simulate(tmp_path / "x", days=1, seed=1, start=datetime(2026, 9, 1, 6, tzinfo=UTC))


@pytest.mark.slow
def test_faults_of_working_days_are_seen_in_the_documents(tmp_path, reading):
    read_documents, flatten = reading
    simulate(tmp_path, days=3, seed=2)
    faults = truth(tmp_path, "faults.csv")
    telling = {("mills", "bearing_wear"): ("Svib", 0.6), ("autoclaves", "seal_leak"): ("Kload", 0.1)}
    telling |= {("drills", "tool_breakage"): ("Thrust", 0.5), ("tube_benders", "seal_leak"): ("Clamp", 0.5)}
    class_of = {m.name: m.class_name for m in FLEET}
    values: dict[tuple[str, str], list[tuple[datetime, float]]] = {}
    for _, _, _, streams in read_documents(tmp_path):
        for uuid, _, _, observation in flatten(streams):
            if isinstance(observation.get("value"), float) and observation["value"] > 0:
                row = (datetime.fromisoformat(observation["timestamp"]), observation["value"])
                values.setdefault((uuid, observation.get("name", "")), []).append(row)
    assert len(faults) == 4
    for fault in faults:
        begin, failure = (datetime.fromisoformat(fault[k]) for k in ("start", "failure_time"))
        name, quantile = telling[class_of[fault["device_uuid"]], fault["kind"]]
        rows = values[fault["device_uuid"], name]
        healthy = np.quantile([v for t, v in rows if t < begin], quantile)
        late = np.quantile([v for t, v in rows if begin + (failure - begin) / 2 < t < failure], quantile)
        assert abs(late / healthy - 1) > 0.1, fault
