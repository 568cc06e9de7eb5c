"""Recorded landing files as tests read them: parts, observations by key; written apart from the product's reader."""

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LENGTH = re.compile(rb"Content-Length: (\d+)")


@dataclass(frozen=True)
class RecordedPart:
    """A part of a landing file: its headers and its body."""

    headers: dict[str, str]
    body: bytes


def recorded_parts(landing: Path) -> Iterator[RecordedPart]:
    """Give the parts of all multipart files of a landing zone, in the order of their keys."""
    for path in sorted(landing.glob("2*/**/*.gz"), key=lambda p: p.stat().st_mtime_ns):
        rest = gzip.decompress(path.read_bytes())
        while rest:
            head, _, rest = rest.partition(b"\r\n\r\n")
            lines = head.decode().split("\r\n")
            assert lines[0] == "--smelt"
            headers = dict(line.split(": ", 1) for line in lines[1:])
            size = int(headers["Content-Length"])
            assert rest[size : size + 2] == b"\r\n"
            yield RecordedPart(headers, rest[:size])
            rest = rest[size + 2 :]


def observations(landing: Path) -> dict[tuple[int, int], tuple[str, Any]]:
    """Return every observation of JSON v1 and v2 documents by (instance id, sequence)."""
    found = {}
    for part in recorded_parts(landing):
        document = json.loads(part.body)
        instance = next(iter(document.values()))["Header"]["instanceId"]
        for row in _leaves(document):
            found[instance, row["sequence"]] = (row["dataItemId"], row.get("value"))
    return found


def _leaves(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "sequence" in value and "dataItemId" in value:
            yield value
        else:
            for inner in value.values():
                yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
