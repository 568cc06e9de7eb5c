"""XML and recorded streams: observations per CPU-second, medians of interleaved rounds, one thread.

"parser" is the way of odd documents (expat, element by element), "scan" that of plain ones; ElementTree builds
its tree and reads four fields of each observation, nothing more, as a mark.
`python benchmarks/mtconnect/bench_xml.py [--data DIR] [--rounds N]`; the documents are in DIR/mtconnect.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pyarrow as pa

from smelt.mtconnect.dialect import decode
from smelt.mtconnect.unpack import unpack
from smelt.mtconnect.xml import decode as xml
from smelt.terms.observation import Origin

DOCUMENTS = (
    "nist/streams_xml/qdr_input010.xml.gz",
    "nist/streams_xml/qdr_input370.xml.gz",
    "okuma_stepnc/sample_200ms.xml.gz",
    "demo_agent_2.7/sample_1000.xml",
    "captured/okuma_v2/current_mid.xml",
)
STREAMS = ("captured/okuma_v2/stream_xml.http.gz", "captured/okuma_v2/stream_current_json.http")
SIZE = 4 << 20


def parsed(data: bytes) -> None:
    known, xml._SMALL = xml._SMALL, len(data) + 1
    try:
        xml.decode_xml(data, Origin())
    finally:
        xml._SMALL = known


def tree(data: bytes) -> None:
    for element in ElementTree.fromstring(data).iter():
        get = element.get
        _ = get("dataItemId"), get("sequence"), get("timestamp"), element.text


def recorded(data: bytes) -> bytes:
    """Return a document as a recorder's part."""
    head = b"--smelt\r\nContent-Type: text/xml\r\nContent-Location: http://a/sample\r\n"
    return head + b"Received-At: 2026-01-01T00:00:00Z\r\nContent-Length: %d\r\n\r\n%s\r\n" % (len(data), data)


def cpu_seconds(run: Callable[[], object]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


def compare(name: str, observations: int, ways: dict[str, Callable[[], object]], rounds: int) -> None:
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way, run in ways.items():
            seconds[way].append(cpu_seconds(run))
    rates = ", ".join(f"{way} {observations / statistics.median(s) / 1e3:,.0f} k/s" for way, s in seconds.items())
    print(f"{name}: {observations} observations, {rates}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("SMELT_DATA", "../shared/data"))
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    pa.set_cpu_count(1)
    for name in DOCUMENTS:
        one = unpack((options.data / "mtconnect" / name).read_bytes()).data
        times = max(1, SIZE // len(one))
        data, parts = one * times, recorded(one) * times
        count = decode(data).rows.num_rows
        ways: dict[str, Callable[[], object]] = {
            "scan": lambda data=data: xml.decode_xml(data, Origin()),
            "recorded": lambda parts=parts: decode(parts),
            "parser": lambda data=data: parsed(data),
            "ElementTree": lambda one=one, times=times: [tree(one) for _ in range(times)],
        }
        compare(name, count, ways, options.rounds)
    for name in STREAMS:
        data = unpack((options.data / "mtconnect" / name).read_bytes()).data
        compare(name, decode(data).rows.num_rows, {"stream": lambda data=data: decode(data)}, options.rounds)


if __name__ == "__main__":
    main()
