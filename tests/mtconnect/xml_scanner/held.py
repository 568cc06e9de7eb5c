"""Bytes at a known place, as compiled code wants them: with room behind them, for it looks at 32 at once; scanned."""

from dataclasses import dataclass

import numpy as np

from smelt.mtconnect.xml_scanner import rows as r
from smelt.mtconnect.xml_scanner.scan import Scanned, scan
from smelt.mtconnect.xml_scanner.template import SLACK, TEMPLATE, TEMPLATES

ROOM = 99


@dataclass(frozen=True)
class Held:
    """Bytes that stay where they are; places in them are addresses from `at` to `end`."""

    buffer: np.ndarray
    at: int
    end: int

    def text(self, start: int, end: int) -> bytes:
        """Return the bytes between two addresses."""
        return self.buffer.tobytes()[start - self.at : end - self.at]


def held(data: bytes) -> Held:
    """Keep bytes in memory."""
    buffer = np.frombuffer(data + bytes(SLACK), np.uint8)
    return Held(buffer, buffer.ctypes.data, buffer.ctypes.data + len(data))


def scanned(*documents: bytes) -> tuple[Held, Scanned, np.ndarray]:
    """Scan documents that stand behind one another; returns the templates that were learned, too."""
    one = held(b"".join(documents))
    ends = one.at + np.cumsum([0, *map(len, documents)])
    out = Scanned(
        np.full((len(documents), 3), -1), np.empty((ROOM, 3), np.int64), np.zeros((ROOM, r.ROW_WIDTH), np.int64),
        np.zeros(ROOM), np.empty((ROOM, r.OTHER_WIDTH), np.int64), np.zeros(3, np.int64),
    )  # fmt: skip
    templates = np.zeros(TEMPLATES, TEMPLATE)
    scan(np.stack([ends[:-1], ends[1:]], axis=1), out, templates.ctypes.data)
    return one, out, templates
