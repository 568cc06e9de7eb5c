"""Bytes at a known place, as compiled code wants them: with room behind them, for it looks at 32 at once."""

from dataclasses import dataclass

import numpy as np

from smelt.mtconnect.xml_scanner.template import SLACK


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
