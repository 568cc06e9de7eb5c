"""gzip JSON → committed, sorted Parquet: smelt and general libraries, interleaved, each in processes of its own.

`python benchmarks/ingest/bench_ingest.py [--data DIR] [--fleet-days N] [--rounds N] [--stream-gb X]`. Figures are
observations a CPU-second (user and system, children included), medians over rounds, imports and a small warm run
left out; peak memory is of the largest process. Compare ratios of one run.
"""

import argparse
import gzip
import importlib.util
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

WAYS = ("smelt", "msgspec", "orjson", "duckdb", "pyspark")
PLANT = '[work]\nengine = "{engine}"\nworkers = {workers}\n[source]\nlanding = "{landing}"\n'


def main() -> None:
    """Measure and print one table a data set."""
    asked = arguments()
    with tempfile.TemporaryDirectory() as scratch:
        sets = {"the real month": Path(asked.data).resolve() / "landing/raw"}
        if asked.fleet_days:
            sets[f"a simulated fleet, {asked.fleet_days} days"] = simulated(Path(scratch), asked.fleet_days)
        for name, landing in sets.items():
            compare(name, landing, Path(scratch), asked.rounds)
        two_processes(Path(scratch), sets["the real month"], asked.rounds)
        if asked.stream_gb:
            large_stream(Path(scratch), sets["the real month"], asked.stream_gb)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default=os.environ.get("SMELT_DATA", "../shared/data"))
    parser.add_argument("--fleet-days", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--stream-gb", type=float, default=2.0)
    parser.add_argument("--one", nargs=4, metavar=("WAY", "LANDING", "SCRATCH", "PLANT"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        one(*asked.one)
        sys.exit()
    return asked


def simulated(scratch: Path, days: int) -> Path:
    plant = scratch / "fleet"
    smelt = [sys.executable, "-m", "smelt", "simulate", str(plant), "--days", str(days)]
    subprocess.run(smelt, check=True, stdout=subprocess.DEVNULL)
    return plant / "landing" / "raw"


def compare(name: str, landing: Path, scratch: Path, rounds: int) -> None:
    print(f"\n{name}: {landing}", flush=True)
    found: dict[str, list[dict[str, float]]] = {}
    for _ in range(rounds):
        for way in WAYS:
            if importlib.util.find_spec({"smelt": "smelt"}.get(way, way)) is None:
                continue
            found.setdefault(way, []).append(measured(way, landing, scratch))
    rows = {run["rows"] for runs in found.values() for run in runs}
    print(f"{'':10}{'observations/CPU-s':>20}{'CPU-s':>8}{'MB':>7}{'smelt is':>10}   rows {sorted(rows)}")
    speed = {way: statistics.median(r["rows"] / r["cpu"] for r in runs) for way, runs in found.items()}
    for way, runs in found.items():
        cpu, peak = statistics.median(r["cpu"] for r in runs), max(r["mb"] for r in runs)
        print(f"{way:10}{speed[way]:20,.0f}{cpu:8.2f}{peak:7.0f}{speed['smelt'] / speed[way]:9.1f}×")
    for way in WAYS:
        if way not in found:
            print(f"{way:10}skipped: not installed (pip install {way})")


def measured(way: str, landing: Path, scratch: Path, plant: str = "") -> dict[str, float]:
    return result_of(started(way, landing, scratch, plant))


def started(way: str, landing: Path, scratch: Path, plant: str = "") -> subprocess.Popen[str]:
    command = [sys.executable, __file__, "--one", way, str(landing), str(scratch), plant]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def result_of(process: subprocess.Popen[str]) -> dict[str, float]:
    told, errors = process.communicate()
    if process.returncode:
        sys.exit(errors)
    result: dict[str, float] = json.loads(told.splitlines()[-1])
    return result


def one(way: str, landing: str, scratch: str, plant: str) -> None:
    """Run one way in this process: a few files to warm it, then all."""
    files = sorted(p for p in Path(landing).rglob("*") if p.is_file() and p.suffix == ".gz" and "shdr" not in p.parts)
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        warm = Path(folder, "warm")
        warm.mkdir()
        Path(warm, "few.gz").symlink_to(files[0].resolve())
        execute(way, warm, [files[0]], Path(folder, "first"), plant)
        before, began = spent(), time.perf_counter()
        rows = execute(way, Path(landing), files, Path(folder, "second"), plant)
        seconds, cpu = time.perf_counter() - began, spent() - before
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(json.dumps({"rows": rows, "cpu": cpu, "seconds": seconds, "mb": peak / 1024}))


def spent() -> float:
    """Return CPU seconds of this process, of children that ended, and of those that run on, as Spark's does."""
    times = os.times()
    ended = times.user + times.system + times.children_user + times.children_system
    return ended + sum(living(os.getpid()))


def living(parent: int) -> Iterator[float]:
    """Yield the CPU seconds of each process below one."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            yield sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
            yield from living(int(stat.parent.name))


def execute(way: str, landing: Path, files: list[Path], target: Path, plant: str) -> int:
    if way == "smelt":
        return ingest(landing, target, plant or PLANT.format(engine="in-process", workers=1, landing=landing))
    sys.path.insert(0, str(Path(__file__).parent))
    import peers

    ways = {
        "msgspec": peers.flatten_msgspec, "orjson": peers.flatten_orjson, "duckdb": peers.flatten_duckdb,
        "pyspark": peers.flatten_spark,
    }  # fmt: skip
    return ways[way](files, target.with_suffix(".parquet"))


def ingest(landing: Path, target: Path, plant: str) -> int:
    """Run `smelt ingest` as its command does, on a new lake; returns the rows."""
    from datetime import UTC, datetime

    from smelt.runs.run import Request, run

    target.mkdir()
    (target / "plant.toml").write_text(re.sub(r'landing = ".*"', f'landing = "{landing}"', plant))
    report = run(Request(target, {}, parts=("ingest",)), lambda: datetime(2026, 11, 24, tzinfo=UTC))
    return report.stages[0].rows_written


def two_processes(scratch: Path, month: Path, rounds: int) -> None:
    """Eight agents that each tell the real month: wall time of one worker process, of two, and of two whole smelts.

    Two smelts that know nothing of each other, each with a lake of its own, do twice the work; how much faster they
    are than one after the other is what this machine's two cores can give at all.
    """
    landing = scratch / "eight"
    copies(month, landing, 8)
    seconds: dict[str, list[float]] = {"one": [], "two": [], "apart": []}
    for _ in range(rounds):
        for workers, name in ((1, "one"), (2, "two")):
            plant = PLANT.format(engine="process-pool", workers=workers, landing=landing)
            found = measured("smelt", landing, scratch, plant)
            seconds[name].append(found["seconds"])
        plant = PLANT.format(engine="process-pool", workers=1, landing=landing)
        beside = [started("smelt", landing, scratch, plant) for _ in range(2)]
        seconds["apart"].append(max(result_of(process)["seconds"] for process in beside))
    one_s, two_s, apart_s = (statistics.median(runs) for runs in seconds.values())
    print(
        f"\ntwo processes: {found['rows']:,.0f} observations in {one_s:.2f} s with one, {two_s:.2f} s with two: "
        f"{one_s / two_s:.2f}× (two smelts of nothing in common: {2 * one_s / apart_s:.2f}×)"
    )


def copies(month: Path, landing: Path, count: int) -> None:
    for file in sorted(month.rglob("*.gz")):
        data = gzip.decompress(file.read_bytes())
        for k in range(count):
            target = landing / file.relative_to(month).with_name(f"{k}-{file.name}")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(gzip.compress(told_by(data, k), 6))


def told_by(data: bytes, k: int) -> bytes:
    """Return the same documents as another agent's, of other devices."""
    instance = re.sub(rb'"instanceId":(\d+)', lambda m: b'"instanceId":%d' % (int(m[1]) + k), data)
    sender = re.sub(rb'"sender":"([^"]*)"', lambda m: b'"sender":"%s-%d"' % (m[1], k), instance)
    return re.sub(rb'"uuid":"([^"]*)"', lambda m: b'"uuid":"%s-%d"' % (m[1], k), sender)


def large_stream(scratch: Path, month: Path, gigabytes: float) -> None:
    """One file of so many plain bytes, as it is and as one .gz: memory must not grow with it."""
    for name, opened in (("stream.json", open), ("stream.json.gz", gzip_writer)):
        landing = scratch / f"large-{name}"
        landing.mkdir()
        size = k = 0
        with opened(landing / name, "wb") as out:
            while size < gigabytes * (1 << 30):
                for file in sorted(month.rglob("*.gz")):
                    data = told_by(gzip.decompress(file.read_bytes()), k)
                    size += out.write(data)
                k += 1
        found = large(landing, scratch)
        (landing / name).unlink()
        print(
            f"\n{name} of {size / (1 << 30):.1f} GB plain: {found['rows']:,.0f} observations, "
            f"{found['rows'] / found['cpu']:,.0f} a CPU-second, {found['mb']:.0f} MB at most"
        )


def gzip_writer(path: Path, mode: str) -> gzip.GzipFile:
    return gzip.GzipFile(path, mode, compresslevel=1)


def large(landing: Path, scratch: Path) -> dict[str, float]:
    command = [sys.executable, "-c", _LARGE, str(landing), str(scratch)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


_LARGE = """
import json, resource, sys, tempfile
from pathlib import Path
sys.path.insert(0, "benchmarks/ingest")
from bench_ingest import PLANT, ingest, spent
with tempfile.TemporaryDirectory(dir=sys.argv[2]) as folder:
    before = spent()
    rows = ingest(Path(sys.argv[1]), Path(folder, "plant"), PLANT.format(engine="in-process", workers=1, landing="x"))
    cpu = spent() - before
print(json.dumps({"rows": rows, "cpu": cpu, "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""


if __name__ == "__main__":
    main()
