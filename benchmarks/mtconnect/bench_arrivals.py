"""Reading records and small documents the way brokers' tools deliver them, so that no envelope is a cliff.

Run `python benchmarks/mtconnect/bench_arrivals.py [--rows N] [--only WORD]`: CPU-microseconds a row, best of three.
"""

import argparse
import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import orjson

from smelt.mtconnect.dialect import decode

RNG = random.Random(1)
Line = Callable[[int], bytes]


def stamp(n: int) -> str:
    """Return a time of the n-th hundredth of a second."""
    return f"2026-09-02T{n // 360000 % 24:02}:{n // 6000 % 60:02}:{n // 100 % 60:02}.{n % 100 * 10:03}"


def entity(n: int) -> dict[str, Any]:
    """Return an observation as the agent's entity topics have it."""
    head = {"dataItemId": f"it{n % 40}", "name": f"n{n % 40}", "sequence": n, "timestamp": stamp(n) + "Z"}
    return head | {"category": "SAMPLE", "type": "POSITION", "result": f"{RNG.random() * 100:.3f}"}


def mtc2kafka(n: int) -> dict[str, Any]:
    """Return an observation as python-mtc2kafka has it."""
    attributes = {"name": f"n{n % 40}", "timestamp": stamp(n) + "Z", "sequence": n}
    value = f"{RNG.random() * 100:.3f}"
    return {"id": f"it{n % 40}", "tag": "Position", "attributes": attributes, "value": value, "type": "Samples"}


def snapshot(n: int) -> bytes:
    """Return a poll of twenty values."""
    head = {"sequence": n * 20, "timestamp": stamp(n), "machine": "VTC"}
    return orjson.dumps(head | {f"X{k}": round(RNG.random() * 100, 3) for k in range(20)})


def trakhound(n: int) -> bytes:
    """Return a document of MTConnect.NET with fifty observations."""
    component = {"component": "Linear", "componentId": "x", "samples": [entity(n * 50 + k) for k in range(50)]}
    device = {"name": "M", "uuid": "M", "componentStream": [component]}
    return orjson.dumps({"header": {"instanceId": 1, "nextSequence": n * 50 + 50}, "streams": [device]})


def xml(n: int, count: int, zone: str = "Z") -> bytes:
    """Return a document of so many observations."""
    told = "".join(
        f'<Position dataItemId="it{k % 40}" sequence="{k}" timestamp="{stamp(k)}{zone}">{RNG.random():.3f}</Position>'
        for k in range(n * count, n * count + count)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><MTConnectStreams xmlns="urn:mtconnect.org:MTConnectStreams:1.3">'
        f'<Header creationTime="2026-09-02T14:16:00Z" instanceId="1" nextSequence="{n * count + count}"/>'
        '<Streams><DeviceStream name="M" uuid="M"><ComponentStream component="Linear" componentId="x">'
        f"<Samples>{told}</Samples></ComponentStream></DeviceStream></Streams></MTConnectStreams>\n"
    ).encode()


def kcat(n: int, payload: bytes) -> bytes:
    """Return a line of kcat -J."""
    head = {"topic": "mtc", "partition": 0, "offset": n, "tstype": "create", "ts": 1788358560000 + n, "broker": 0}
    return orjson.dumps(head | {"key": "M1", "payload": payload.decode()})


def mosquitto(n: int, payload: object) -> bytes:
    """Return a line of mosquitto_sub -F %J or %j."""
    topic = f"MTConnect/Devices/M{n % 3}/Observations/it{n % 40}"
    return orjson.dumps({"tst": stamp(n) + "Z+0000", "topic": topic, "qos": 0, "retain": 0, "payload": payload})


def torn(line: Line) -> Line:
    """Return lines of which one in a hundred is torn."""
    return lambda n: line(n)[: -RNG.randrange(2, 100)] if n % 100 == 50 else line(n)


SHAPES: dict[str, tuple[int, Line]] = {
    "entities": (1, lambda n: orjson.dumps(entity(n))),
    "entities, 1 % torn": (1, torn(lambda n: orjson.dumps(entity(n)))),
    "mtc2kafka": (1, lambda n: orjson.dumps(mtc2kafka(n))),
    "mtc2kafka, 1 % torn": (1, torn(lambda n: orjson.dumps(mtc2kafka(n)))),
    "mtc2kafka behind its key": (1, lambda n: b"M1\t" + orjson.dumps(mtc2kafka(n))),
    "mosquitto_sub -v": (1, lambda n: b"MTConnect/Devices/M/Observations/it%d " % (n % 40) + orjson.dumps(entity(n))),
    "mosquitto_sub %J": (1, lambda n: mosquitto(n, entity(n))),
    "mosquitto_sub %j": (1, lambda n: mosquitto(n, orjson.dumps(entity(n)).decode())),
    "kcat -J": (1, lambda n: kcat(n, orjson.dumps(mtc2kafka(n)))),
    "Kafka Connect": (1, lambda n: orjson.dumps({"schema": None, "payload": mtc2kafka(n)})),
    "kcat -J, XML of 50": (50, lambda n: kcat(n, xml(n, 50))),
    "snapshots of 20": (20, snapshot),
    "TrakHound documents of 50": (50, trakhound),
    "XML of 1": (1, lambda n: xml(n, 1)),
    "XML of 50": (50, lambda n: xml(n, 50)),
    "XML of 50 with a zone": (50, lambda n: xml(n, 50, "+01:00")),
}


def main() -> None:
    """Print a line a shape."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--only", default="")
    told = parser.parse_args()
    for name, data in made(told.rows, told.only):
        taken = []
        for _ in range(3):
            began = time.process_time()
            found = decode(data)
            taken.append(time.process_time() - began)
        print(f"{name:28} {min(taken) / found.rows.num_rows * 1e6:8.2f} us a row", flush=True)


def made(rows: int, only: str) -> Iterator[tuple[str, bytes]]:
    """Yield each shape's bytes."""
    for name, (size, line) in SHAPES.items():
        if only in name:
            yield name, b"\n".join(line(n) for n in range(rows // size))


if __name__ == "__main__":
    main()
