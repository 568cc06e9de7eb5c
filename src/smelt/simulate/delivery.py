"""Delivery as Kinesis Data Firehose does it: documents joined without a delimiter, an object a quarter of an hour."""

import gzip
import uuid
from pathlib import Path

import numpy as np

from smelt.simulate.agent import Document
from smelt.simulate.data_faults import DataFault
from smelt.simulate.document import time_text
from smelt.simulate.fleet import STREAM

BUFFER_MS = 15 * 60_000


class Delivery:
    """Writes objects below `landing/raw`; some come late, some come twice.

    The folder and the key name the arrival of the oldest document, so an object's last documents
    may belong to the next hour. A late object is named by the hour in which it came at last.
    """

    def __init__(self, landing: Path, seed: int) -> None:
        self._raw = landing / "raw"
        self._rng = np.random.default_rng([seed, 5])
        self._faults: list[DataFault] = []
        self._bodies: list[bytes] = []
        self._opened_ms = 0
        self._closed_ms = 0
        self.files = 0
        self.spoiled: list[tuple[DataFault, str]] = []

    def expect(self, faults: tuple[DataFault, ...]) -> None:
        """Take note of files that will be late or doubled."""
        self._faults += [f for f in faults if f.kind in ("late_file", "duplicated_file")]

    def put(self, document: Document) -> None:
        """Take a document; write an object when the oldest has waited long enough."""
        if self._bodies and document.created_ms - self._opened_ms >= BUFFER_MS:
            self.flush()
        if not self._bodies:
            self._opened_ms = document.created_ms
        self._bodies.append(document.body)
        self._closed_ms = document.created_ms

    def flush(self) -> None:
        """Write what has been taken."""
        if not self._bodies:
            return
        data = gzip.compress(b"".join(self._bodies), 1, mtime=0)
        self._bodies = []
        due = [f for f in self._faults if f.start_ms <= self._closed_ms]
        self._faults = [f for f in self._faults if f.start_ms > self._closed_ms]
        late_ms = sum(f.end_ms - f.start_ms for f in due if f.kind == "late_file")
        key = self._write(self._opened_ms + late_ms, data)
        self.spoiled += [(f, key) for f in due if f.kind == "late_file"]
        for fault in due:
            if fault.kind == "duplicated_file":
                again = self._write(self._opened_ms + fault.end_ms - fault.start_ms, data)
                self.spoiled.append((fault, again))

    def _write(self, at_ms: int, data: bytes) -> str:
        day, clock = time_text(at_ms // 1000 * 1000).rstrip("Z").split("T")
        number = uuid.UUID(bytes=self._rng.bytes(16), version=4)
        folder = self._raw / day.replace("-", "/") / clock[:2]
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{STREAM}-1-{day}-{clock.replace(':', '-')}-{number}.gz"
        path.write_bytes(data)
        self.files += 1
        return path.relative_to(self._raw.parent).as_posix()
