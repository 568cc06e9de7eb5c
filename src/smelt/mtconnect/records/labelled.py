"""Lines that are an object behind some words, such as a topic (mosquitto_sub -v) or a key: parsed many at once."""

import re

import numpy as np

from smelt.mtconnect.json.values import BETWEEN
from smelt.mtconnect.records.runs import Run, parse_line, parse_whole

_LABEL = re.compile(rb'[^{"<\n][^{<\n]*+(?=\{[ \t]*+")')
_SMALLEST, _LARGEST = 1 << 10, 1 << 20
_GROWTH = 4


class Labelled:
    """Parses lines; looks at more bytes at once as long as all lines in them are such."""

    def __init__(self) -> None:
        self._window = _SMALLEST

    def parse(self, data: bytes, at: int, end: int) -> Run | None:
        """Return the objects of some lines from byte `at` on, each with the gap before it; None if there is none."""
        if _LABEL.match(data, at, end) is None:
            return None
        stop = min(end, at + self._window)
        stop = end if stop == end else data.rfind(b"\n", at, stop)
        gaps, objects, starts = _split(data[at:stop], at) if stop > at else ([], [], [])
        is_whole = bool(objects) and starts[-1] + len(objects[-1]) >= at + len(data[at:stop].rstrip(BETWEEN))
        self._window = min(self._window * _GROWTH, _LARGEST) if is_whole or stop < at else _SMALLEST
        values = _parse(objects)
        if not values:
            return None
        count = len(values)
        ends = [start + len(object_) for start, object_ in zip(starts, objects, strict=True)]
        return Run(values, np.array(starts[:count]), np.array(ends[:count]), gaps=tuple(gaps[:count]))


def _split(chunk: bytes, at: int) -> tuple[list[tuple[int, int]], list[bytes], list[int]]:
    """Return of each line, up to the first that is none, the span of its words, its object and where that begins."""
    gaps, objects, starts = [], [], []
    for line in chunk.split(b"\n"):
        bare = line.strip(BETWEEN)
        label = _LABEL.match(bare)
        if label is not None and bare.endswith(b"}"):
            start = at + len(line) - len(line.lstrip(BETWEEN))
            gaps.append((start, start + len(label[0].rstrip(BETWEEN))))
            objects.append(bare[label.end() :])
            starts.append(start + label.end())
        elif bare:
            break
        at += len(line) + 1
    return gaps, objects, starts


def _parse(objects: list[bytes]) -> list[dict[str, object]]:
    """Parse objects, up to the first that is none."""
    together = parse_whole(b"\n".join(objects), 0)
    if together is not None and len(together) == len(objects):
        return together.values
    values: list[dict[str, object]] = []
    for object_ in objects:
        value = parse_line(object_)
        if value is None:
            break
        values.append(value)
    return values
