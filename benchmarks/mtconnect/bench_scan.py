"""Reading JSON alone, in observations a CPU-second: the scanner, msgspec's typed decoding, orjson and a walk.

Run `python benchmarks/mtconnect/bench_scan.py [--landing FOLDER]`. The contenders take turns on the
same plain bytes, so that a busy machine slows all of them; printed are medians, and the ratio to msgspec within
each turn. msgspec gets a struct with the three members that a row needs and the value; times stay text there,
the scanner parses them.
"""

import argparse
import os
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from statistics import median

import msgspec
import orjson

from smelt.mtconnect.json.decode import decode_json, decode_plain, find_documents
from smelt.mtconnect.scanner.scan import Scan
from smelt.mtconnect.unpack import unpack

REFERENCE = "msgspec, typed, rows"
DATA = Path(os.environ.get("SMELT_DATA", "../shared/data")) / "landing"


class Observation(msgspec.Struct):
    """What a row needs."""

    dataItemId: str
    sequence: int
    timestamp: str
    value: float | str | list[float | str] | dict[str, object] | None = None
    nativeCode: str | None = None


class Component(msgspec.Struct):
    """A ComponentStream of version 2."""

    Samples: dict[str, list[Observation]] = {}
    Events: dict[str, list[Observation]] = {}
    Condition: dict[str, list[Observation]] = {}


class Device(msgspec.Struct):
    """A DeviceStream of version 2."""

    uuid: str
    ComponentStream: list[Component] = []


class Streams(msgspec.Struct):
    """The devices."""

    DeviceStream: list[Device] = []


class Header(msgspec.Struct):
    """What a document's row needs."""

    instanceId: int
    firstSequence: int
    lastSequence: int
    nextSequence: int


class Content(msgspec.Struct):
    """A document below its root."""

    Header: Header
    Streams: Streams


class Root(msgspec.Struct):
    """A document."""

    MTConnectStreams: Content


def msgspec_typed(documents: list[bytes]) -> int:
    """Decode into structs; returns how many documents."""
    decode = msgspec.json.Decoder(Root).decode
    return sum(1 for document in documents if decode(document))


def msgspec_walk(documents: list[bytes]) -> int:
    """Decode into structs, and append what a row needs to lists: what the scan does, without its dictionaries."""
    decode = msgspec.json.Decoder(Root).decode
    items, sequences, times, values = [], [], [], []
    for document in documents:
        for device in decode(document).MTConnectStreams.Streams.DeviceStream:
            for component in device.ComponentStream:
                for category in (component.Samples, component.Events, component.Condition):
                    for observations in category.values():
                        for observation in observations:
                            items.append(observation.dataItemId)
                            sequences.append(observation.sequence)
                            times.append(observation.timestamp)
                            values.append(observation.value)
    return len(items)


def orjson_walk(documents: list[bytes]) -> int:
    """Parse, and append what a row needs to lists."""
    items, sequences, times, values = [], [], [], []
    for document in documents:
        for device in orjson.loads(document)["MTConnectStreams"]["Streams"].get("DeviceStream", ()):
            for component in device["ComponentStream"]:
                for category in ("Samples", "Events", "Condition"):
                    for observations in component.get(category, {}).values():
                        for observation in observations:
                            items.append(observation["dataItemId"])
                            sequences.append(observation["sequence"])
                            times.append(observation["timestamp"])
                            values.append(observation.get("value"))
    return len(items)


def scan(data: bytes) -> int:
    """Scan into columns."""
    found = Scan()
    found.open(data)
    found.resume(0)
    return found.rows


def contenders(data: bytes) -> dict[str, Callable[[], int]]:
    """Return what takes turns, by name."""
    starts = [*find_documents(data), len(data)]
    documents = [data[start:end] for start, end in pairwise(starts)]
    return {
        "smelt, scan alone": lambda: scan(data),
        "smelt, to Arrow": lambda: decode_json(data).rows.num_rows,
        "smelt, plain decoder": lambda: decode_plain(data).rows.num_rows,
        "msgspec, typed, no rows": lambda: msgspec_typed(documents),
        REFERENCE: lambda: msgspec_walk(documents),
        "orjson and a walk": lambda: orjson_walk(documents),
    }


def measure(name: str, data: bytes, turns: int) -> None:
    """Print a line for each contender."""
    running = contenders(data)
    for run in running.values():
        run()
    rows = scan(data)
    rates: dict[str, list[float]] = {contender: [] for contender in running}
    for _ in range(turns):
        for contender, run in running.items():
            start = time.process_time()
            run()
            rates[contender].append(rows / (time.process_time() - start) / 1e6)
    for contender, rate in rates.items():
        ratio = median(one / other for one, other in zip(rate, rates[REFERENCE], strict=True))
        figures = f"{median(rate):8.2f} M/s   best {max(rate):6.2f}   × msgspec {ratio:5.1f}"
        print(f"{name:<12} {contender:<24} {figures}", flush=True)


def main() -> None:
    """Measure the real month, and one document again and again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--landing", type=Path, default=DATA)
    parser.add_argument("--turns", type=int, default=9)
    parser.add_argument("--megabytes", type=int, default=16)
    asked = parser.parse_args()
    files = sorted(asked.landing.rglob("*.gz"))
    month = b"".join(unpack(file.read_bytes()).data for file in files)
    middle = len(month) // 2
    size = asked.megabytes << 20
    starts = list(find_documents(month[middle : middle + size]))
    measure("month", month[middle + starts[0] : middle + starts[-1]], asked.turns)
    one = month[middle + starts[0] : middle + starts[1]]
    measure("one document", one * (size // len(one)), asked.turns)


if __name__ == "__main__":
    main()
