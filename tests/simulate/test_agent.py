import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.simulate.agent import COUNT, HEARTBEAT_EVERY, POLL_MS, Agent
from smelt.simulate.channels import Channels
from smelt.simulate.model import model
from smelt.simulate.observations import Observations

CHANNELS = Channels(model())
LOAD = CHANNELS.of["FOG1", "Sload", None]
START_MS = 1_788_220_800_000


def loads(offsets_ms: list[int]) -> Observations:
    at_ms = np.asarray(sorted(offsets_ms), np.int64) + START_MS
    tokens = np.asarray([repr(float(n)) for n in range(at_ms.size)], dtype=object)
    return Observations(at_ms, at_ms, np.full(at_ms.size, LOAD), tokens)


def sequences(bodies: list[dict]) -> list[int]:
    def found(node: object) -> list[int]:
        if isinstance(node, dict):
            return ([node["sequence"]] if "sequence" in node else []) + [n for v in node.values() for n in found(v)]
        return [n for v in node for n in found(v)] if isinstance(node, list) else []

    return sorted(n for body in bodies for n in found(body["Streams"]))


def answers(agent: Agent, seen: Observations, minutes: int, first: int = 0) -> list[dict]:
    documents = agent.observe(seen, START_MS + first * POLL_MS, START_MS + (first + minutes) * POLL_MS)
    return [json.loads(d.body)["MTConnectStreams"] for d in documents]


@given(st.lists(st.integers(2_000, 10 * POLL_MS - 1), max_size=60))
def test_every_observation_gets_the_next_number(offsets_ms):
    bodies = answers(Agent(CHANNELS, START_MS), loads(offsets_ms), 10)
    numbers = sequences(bodies)
    assert numbers == list(range(1, len(numbers) + 1))
    assert bodies[-1]["Header"]["nextSequence"] == len(numbers) + 1


def test_header_says_what_was_examined_and_what_is_held():
    bodies = answers(Agent(CHANNELS, START_MS), loads(list(range(2_000, 50_000, 20))), 1)
    assert len(bodies) == 3
    for body in bodies[:-1]:
        assert len(sequences([body])) == COUNT
    for body in bodies:
        header = body["Header"]
        assert header["nextSequence"] == sequences([body])[-1] + 1
        assert header["lastSequence"] == bodies[-1]["Header"]["nextSequence"] - 1
        assert header["firstSequence"] == 1


def test_silence_is_answered_with_heartbeats():
    agent = Agent(CHANNELS, START_MS)
    bodies = answers(agent, loads([]), 1 + 3 * HEARTBEAT_EVERY)
    beats = [b for b in bodies if b["Streams"] == {}]
    assert len(beats) == 3 and len(bodies) == 4
    assert all(b["Header"]["nextSequence"] == b["Header"]["lastSequence"] + 1 for b in beats)


def test_restart_begins_at_one_with_everything_unavailable_then_known():
    agent = Agent(CHANNELS, START_MS)
    before = answers(agent, loads([5_000, 70_000]), 2)
    agent.restart(START_MS + 2 * POLL_MS)
    after = answers(agent, loads([130_000]), 1, first=2)
    assert after[0]["Header"]["instanceId"] > before[0]["Header"]["instanceId"]
    numbers = sequences(after)
    assert numbers == list(range(1, len(numbers) + 1))
    mill = next(d for d in after[0]["Streams"]["DeviceStream"] if d["uuid"] == "FOG1")
    spindle = next(c for c in mill["ComponentStream"] if c["name"] == "C")
    values = [o["value"] for o in spindle["Samples"]["Load"] if o["name"] == "Sload"]
    assert values == ["UNAVAILABLE", 1.0, 0.0]


@pytest.mark.parametrize("poll", [1, 7])
def test_feeding_by_the_minute_equals_feeding_at_once(poll):
    seen = loads(list(range(2_000, 14 * POLL_MS, 4_321)))
    at_once = answers(Agent(CHANNELS, START_MS), seen, 14)
    agent, piecewise = Agent(CHANNELS, START_MS), []
    for first in range(0, 14, poll):
        part = seen.between(START_MS + first * POLL_MS, START_MS + (first + poll) * POLL_MS)
        piecewise += answers(agent, part, poll, first)
    assert piecewise == at_once
