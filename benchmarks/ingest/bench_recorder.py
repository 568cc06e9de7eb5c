"""`python benchmarks/ingest/bench_recorder.py`: CPU of one recording process for a fleet of agents.

The agents live in another process; a landing zone in a temporary folder takes the files.
"""

import argparse
import multiprocessing
import random
import re
import resource
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.agents import JSON_TYPE, GeneratedAgent
from tests.replaying_agent import ReplayingAgent

from smelt.ingest.recorder_state import RecorderState
from smelt.runs.record import RecordRequest, record

WARM_SECONDS = 5.0


@dataclass
class Fleet:
    """Agents by the first component of the path; each makes observations as time goes by."""

    agents: list[GeneratedAgent]
    rate: float
    content_type: str = JSON_TYPE
    started: list[float] = field(default_factory=list)

    def answer(self, path: str, query: dict[str, int]) -> tuple[int, bytes]:
        number = int(path.split("/")[1])
        agent = self.agents[number]
        due = int((time.monotonic() - self.started[number]) * self.rate) - agent.next_sequence + 1
        agent.add(max(0, due))
        agent.made.clear()
        return agent.answer(path, query)

    def next_after(self, body: bytes) -> int:
        return int(re.search(rb'"nextSequence":(\d+)', body)[1])


def serve(count: int, rate: float, out: Connection) -> None:
    fleet = Fleet([GeneratedAgent(device=f"M{n}") for n in range(count)], rate)
    fleet.started = [time.monotonic()] * count
    with ReplayingAgent(fleet) as server:
        out.send(server.url)
        out.recv()


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


class Meter:
    """CPU and observations between the end of the warm-up and the end."""

    def __init__(self) -> None:
        self.first: tuple[float, float, int] | None = None
        self.last: tuple[float, float, int] = (0.0, 0.0, 0)
        self.began = time.monotonic()

    def watch(self, state: RecorderState) -> None:
        now = time.monotonic()
        self.last = (now, cpu_seconds(), sum(s.observations for s in state.sources))
        if self.first is None and now - self.began >= WARM_SECONDS:
            self.first = self.last


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--agents", type=int, default=100)
    parser.add_argument("--rate", type=float, default=200.0, help="observations a second of each agent")
    parser.add_argument("--seconds", type=float, default=20.0)
    asked = parser.parse_args()
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(asked.agents, asked.rate, theirs))
    server.start()
    url = ours.recv()
    meter = Meter()
    with tempfile.TemporaryDirectory() as root:
        request = RecordRequest(
            Path(root),
            {"source.landing": f"{root}/landing", "record.roll_seconds": 10.0},
            tuple(f"{url}/{n}" for n in range(asked.agents)),
            WARM_SECONDS + asked.seconds,
        )
        state = record(request, lambda: datetime.now(UTC), random.Random(0), meter.watch)  # noqa: TID251
    ours.send("end")
    server.join()
    assert meter.first is not None
    seconds, cpu, observations = (b - a for a, b in zip(meter.first, meter.last, strict=True))
    parts = sum(s.parts for s in state.sources)
    print(
        f"{asked.agents} agents: {observations / seconds:,.0f} observations/s, {cpu / seconds:.2f} cores, "
        f"{1e6 * cpu / observations:.1f} µs an observation, {parts:,} parts, "
        f"{sum(s.lost for s in state.sources)} lost, {sum(s.error is not None for s in state.sources)} errors, "
        f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f} MB"
    )


if __name__ == "__main__":
    main()
