import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import numpy as np
import pytest

from smelt.simulate.classes import CLASSES
from smelt.simulate.day import Day, Readings, Stop
from smelt.simulate.faults import DAY_MS, HOUR_MS, Fault
from smelt.simulate.plant import Simulated, simulate
from smelt.simulate.shifts import staffed

MONDAY_MS = int(datetime(2026, 9, 7, tzinfo=UTC).timestamp() * 1000)
SATURDAY = datetime(2026, 9, 5, tzinfo=UTC)
Live = Callable[..., list[Readings]]


@dataclass
class Written:
    """A simulated weekend: its folder, its result, and its documents as (path, start of bytes, header, streams)."""

    directory: Path
    result: Simulated
    documents: list[tuple[Path, str, dict, dict]]

    @cached_property
    def observations(self) -> list[tuple[int, str, str, str, dict]]:
        """Every observation as (instance, device, category, element, itself), doubled files left out."""
        seen, out = set(), []
        for _, text, header, streams in self.documents:
            if text in seen:
                continue
            seen.add(text)
            out += [(header["instanceId"], *row) for row in flatten(streams)]
        return out


def flatten(streams: dict) -> list[tuple[str, str, str, dict]]:
    return [
        (device["uuid"], category, element, observation)
        for device in streams.get("DeviceStream", [])
        for component in device["ComponentStream"]
        for category in ("Samples", "Events", "Condition")
        for element, found in component.get(category, {}).items()
        for observation in found
    ]


def read_documents(directory: Path) -> list[tuple[Path, str, dict, dict]]:
    """Read every object with json's own decoder, key order kept."""
    decoder, out = json.JSONDecoder(), []
    for path in sorted((directory / "landing" / "raw").rglob("*.gz")):
        text, at = gzip.decompress(path.read_bytes()).decode(), 0
        while at < len(text):
            document, end = decoder.raw_decode(text, at)
            body = document["MTConnectStreams"]
            out.append((path, text[at:end], body["Header"], body["Streams"]))
            at = end
    return out


@pytest.fixture(scope="session")
def reading() -> tuple[Callable[[Path], list], Callable[[dict], list]]:
    """The two readers, for tests that simulate for themselves."""
    return read_documents, flatten


@pytest.fixture(scope="session")
def weekend(tmp_path_factory: pytest.TempPathFactory) -> Written:
    directory = tmp_path_factory.mktemp("weekend")
    result = simulate(directory, days=2, seed=7, start=SATURDAY)
    return Written(directory, result, read_documents(directory))


@pytest.fixture(scope="session")
def live() -> Live:
    """Let one device of a class live some weekdays, with a fault if asked for; days of equal seeds are equal."""

    def run(class_name: str, days: int = 1, fault: Fault | None = None, seed: int = 3) -> list[Readings]:
        body = CLASSES[class_name].make(np.random.default_rng([seed, 99]))
        out = []
        for index in range(days):
            start_ms = MONDAY_MS + index * DAY_MS
            faults = (fault,) if fault is not None else ()
            stops = tuple(Stop(f.stop_ms, f.end_ms) for f in faults)
            blocks = staffed(start_ms, np.random.default_rng([seed, index]))
            rng, noise = (np.random.default_rng([seed, purpose, index]) for purpose in (1, 2))
            out.append(body.live(Day(index, start_ms, rng, noise, blocks, faults, stops)))
        return out

    return run


@pytest.fixture(scope="session")
def make_fault() -> Callable[[str], Fault]:
    """Make a fault that grows through Monday, fails at 16:00 and is repaired by 20:00."""

    def make(kind: str) -> Fault:
        return Fault("X", kind, "part", "", MONDAY_MS + 4 * HOUR_MS, MONDAY_MS + 16 * HOUR_MS, MONDAY_MS + 20 * HOUR_MS)

    return make
