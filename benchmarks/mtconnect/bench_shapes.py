"""Reading JSON of every shape of observation, so that none is a cliff: rows a CPU-second, and orjson's parsing alone.

Run `python benchmarks/mtconnect/bench_shapes.py [--observations N]`. Each shape is documents of fifty observations
of forty data items; smelt decodes to Arrow, orjson only parses to objects. Best of three turns each.
"""

import argparse
import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import orjson

from smelt.mtconnect.json.decode import decode_json

Told = tuple[str, str, dict[str, Any]]
A_DOCUMENT = 50
SHAPES: dict[str, Callable[[random.Random, int], Told]] = {
    "number": lambda rng, _: ("Samples", "Position", {"value": round(rng.random() * 100, 3)}),
    "number as text": lambda rng, _: ("Samples", "Position", {"value": f"{rng.random() * 100:.3f}"}),
    "number of 17 digits": lambda rng, _: ("Samples", "Position", {"value": rng.random() * 100}),
    "UNAVAILABLE": lambda _, __: ("Samples", "Position", {"value": "UNAVAILABLE"}),
    "reset": lambda _, n: ("Samples", "AccumulatedTime", {"value": float(n), "resetTriggered": "DAY"}),
    "text": lambda _, n: ("Events", "Program", {"value": f"PROG{n // 7 % 900}"}),
    "text, each another": lambda rng, n: ("Events", "Block", {"value": f"N{n} G1 X{rng.random():.3f}"}),
    "text with escapes": lambda _, n: ("Events", "Message", {"value": f'a "quoted" é {n % 50}'}),
    "condition": lambda _, n: ("Condition", ("Normal", "Fault")[n % 2], {"value": "hot", "nativeCode": f"E{n % 9}"}),
    "vector": lambda rng, _: ("Samples", "PathPosition", {"value": [round(rng.random() * 100, 3) for _ in range(3)]}),
    "data set": lambda _, n: ("Events", "VariableDataSet", {"value": {"a": n % 10, "b": "x"}, "count": 2}),
    "data set of 30, each another": lambda rng, _: (
        "Events",
        "VariableDataSet",
        {"value": {f"v{k}": round(rng.random(), 3) for k in range(30)}, "count": 30},
    ),
    "series of 4": lambda rng, _: ("Samples", "PositionTimeSeries", series(rng, 4)),
    "series of 1,000": lambda rng, _: ("Samples", "AccelerationTimeSeries", series(rng, 1000)),
    "time with a zone": lambda rng, _: ("Samples", "Position", {"value": round(rng.random(), 3), "zone": "+01:00"}),
}


def main() -> None:
    """Print a line a shape."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--observations", type=int, default=40_000)
    count = parser.parse_args().observations
    print(f"{'':30} {'rows/CPU-s':>12} {'ns a row':>9} {'orjson alone':>13}")
    for name, shape in SHAPES.items():
        few = max(count // 40, 200) if "1,000" in name else count
        found = list(documents(shape, few))
        data = b"".join(found)
        rows = decode_json(data).rows.num_rows
        ours, parsed = best(lambda d=data: decode_json(d)), best(lambda f=found: [orjson.loads(one) for one in f])
        print(f"{name:30} {rows / ours:12,.0f} {ours / rows * 1e9:9,.0f} {parsed / rows * 1e9:13,.0f}")


def best(read: Callable[[], object]) -> float:
    """Return the fewest CPU-seconds of three readings."""
    taken = []
    for _ in range(3):
        began = time.process_time()
        read()
        taken.append(time.process_time() - began)
    return min(taken)


def series(rng: random.Random, count: int) -> dict[str, Any]:
    """Return the members of a time series."""
    return {"value": [round(rng.random(), 4) for _ in range(count)], "sampleCount": count, "sampleRate": 100.0}


def documents(shape: Callable[[random.Random, int], Told], count: int) -> Iterator[bytes]:
    """Yield documents of one shape."""
    rng = random.Random(1)
    for first in range(0, count, A_DOCUMENT):
        component: dict[str, Any] = {"component": "Linear", "componentId": "x"}
        for n in range(first, first + A_DOCUMENT):
            category, element, said = shape(rng, n)
            time_of_day = f"2026-09-02T{n // 360000 % 24:02}:{n // 6000 % 60:02}:{n // 100 % 60:02}.{n % 100 * 10:03}"
            head = {"dataItemId": f"it{n % 40}", "name": f"n{n % 40}", "sequence": n}
            stamp = {"timestamp": time_of_day + said.pop("zone", "Z")}
            component.setdefault(category, {}).setdefault(element, []).append(said | head | stamp)
        header = {"instanceId": 1, "sender": "bench", "creationTime": "2026-09-02T14:16:00Z", "nextSequence": n + 1}
        device = {"name": "M", "uuid": "M", "ComponentStream": [component]}
        body = {"jsonVersion": 2, "Header": header, "Streams": {"DeviceStream": [device]}}
        yield orjson.dumps({"MTConnectStreams": body})


if __name__ == "__main__":
    main()
