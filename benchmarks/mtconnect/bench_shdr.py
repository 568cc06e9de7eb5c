"""Adapter logs to rows: ours against Polars and DuckDB, which only split lines and cast; lines per CPU-second.

The peers know no probe: no units, no conditions, no torn lines, no ordinals. Interleaved, medians of five.
"""

import gzip
import io
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl

from smelt.mtconnect.probe.decode import parse_probe
from smelt.mtconnect.shdr.decode import decode_shdr
from smelt.terms.observation import ProbedDevice

DATA = Path(os.environ.get("SMELT_DATA", Path(__file__).parents[3] / "shared" / "data"))
MACHINES, LOGS, ROUNDS = ("Mazak01", "Mazak03", "GFAgie01"), 6, 5


def by_polars(data: bytes) -> int:
    columns = pl.read_csv(
        io.BytesIO(data), separator="|", has_header=False, new_columns=["time", "key", "value"],
        infer_schema=False, extra_columns="ignore", truncate_ragged_lines=True, quote_char=None,
    )  # fmt: skip
    time_us = pl.col("time").str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", time_unit="us", strict=False)
    return columns.with_columns(time_us, number=pl.col("value").cast(pl.Float64, strict=False)).height


def by_duckdb(path: Path) -> int:
    """Read the same bytes from a file in memory's page cache."""
    found = duckdb.sql(
        f"""select strptime(time, '%Y-%m-%dT%H:%M:%S.%fZ') t, key, value, try_cast(value as double) number
        from read_csv('{path}', delim='|', header=false, names=['time', 'key', 'value'], all_varchar=true,
            null_padding=true, ignore_errors=true, quote='', strict_mode=false)"""
    )
    return len(found.to_arrow_table())


def logs_of(machine: str) -> bytes:
    """Return a machine's largest logs, one behind the other."""
    found = sorted((DATA / "nist_sms" / machine).glob("*.gz"), key=lambda path: path.stat().st_size)[-LOGS:]
    return b"".join(gzip.decompress(path.read_bytes()) for path in found)


def cpu_seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def measure(machine: str, device: ProbedDevice, scratch: Path) -> None:
    data = logs_of(machine)
    scratch.write_bytes(data)
    lines = data.count(b"\n")
    ways: dict[str, Callable[[], object]] = {
        "smelt": lambda: decode_shdr(data, device, device.uuid),
        "polars": lambda: by_polars(data),
        "duckdb": lambda: by_duckdb(scratch),
    }
    ways["smelt"]()  # compiles
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, work in ways.items():
            taken[name].append(cpu_seconds(work))
    rates = {name: lines / statistics.median(seconds) for name, seconds in taken.items()}
    print(f"{machine:<9} {lines:>8,} lines  " + "  ".join(f"{n} {r / 1e6:.2f} M/s" for n, r in rates.items()))


def main() -> None:
    """Measure each machine's logs."""
    import tempfile

    probe = parse_probe((DATA / "mtconnect" / "nist" / "Devices.xml").read_bytes())
    with tempfile.TemporaryDirectory() as folder:
        for machine in MACHINES:
            device = next(d for d in probe.devices if d.name == machine)
            measure(machine, device, Path(folder) / "log.txt")


if __name__ == "__main__":
    main()
