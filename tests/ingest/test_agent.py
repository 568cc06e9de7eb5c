"""An agent recorded without loss, whatever goes wrong between it and us."""

import asyncio
import contextlib
import random
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.agents import CapturedAgent, GeneratedAgent
from tests.recorded import observations, recorded_parts
from tests.replaying_agent import Fault, ReplayingAgent, some_faults

from smelt.ingest.agent import AgentRecorder
from smelt.ingest.agent_requests import Pace, Requests, open_client
from smelt.ingest.delivery import Delivery
from smelt.ingest.landing_zone import LandingZone
from smelt.ingest.recorder_state import SourceState
from smelt.ingest.recording import LandingRecording, Rolling
from smelt.ingest.spool import Spool
from smelt.mtconnect.header import read_header
from smelt.terms.errors import TransientError

FAST = Pace(interval_ms=2, heartbeat_ms=300, count=100)


def now_us() -> int:
    return time.time_ns() // 1000


def record(
    root: Path, url: str, work: Callable[[], bool] | None = None, *, pace: Pace = FAST, seed: int = 0
) -> SourceState:
    """Record until `work` says that it is enough; without it, once."""

    async def go() -> SourceState:
        zone, spool, rng = LandingZone(str(root / "landing")), Spool(root / "spool", 1 << 20), random.Random(seed)
        recording = LandingRecording(Delivery("shop", zone, spool, rng), Rolling(3600), now_us, rng)
        async with open_client() as client:
            requests = Requests(url, client, read_header, pace)
            recorder = AgentRecorder("mill", requests, now_us, rng, first_wait_seconds=0.002)
            await recording.begin([recorder], "a test")
            running = asyncio.create_task(recorder.run(recording.cursor("mill"), recording, once=work is None))
            until = time.monotonic() + 20
            while work is not None and not running.done() and not work() and time.monotonic() < until:
                await asyncio.sleep(0.002)
            if work is not None:
                running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
            assert await recording.close()
            return recording.state().sources[0]

    return asyncio.run(go())


def kinds(root: Path) -> list[str]:
    return [p.body[2 : p.body.index(b'":')].decode() for p in recorded_parts(root / "landing")]


def test_once_takes_all_that_the_agent_has_and_its_device_model(tmp_path: Path) -> None:
    agent = GeneratedAgent()
    agent.add(950)
    with ReplayingAgent(agent) as server:
        state = record(tmp_path, server.url)
        assert server.asked[:4] == ["/probe", "/current", "/assets", "/sample?from=1&count=100"]
    assert observations(tmp_path / "landing") == agent.made
    told = ["MTConnectDevices", "MTConnectStreams", "MTConnectAssets", "MTConnectStreams"]
    assert kinds(tmp_path)[:4] == told
    assert (state.observations, state.lost, state.restarts, state.error) == (950, 0, 0, None)


def test_bodies_are_recorded_as_they_came_with_their_url_and_time(tmp_path: Path) -> None:
    agent = GeneratedAgent()
    agent.add(10)
    with ReplayingAgent(agent) as server:
        record(tmp_path, server.url.replace("//", "//me:secret@"))
    probe, _, _, sample = recorded_parts(tmp_path / "landing")
    assert probe.body == agent.answer("/probe", {})[1]
    assert sample.headers["Content-Location"] == f"{server.url}/sample?from=1&count=100"
    assert sample.headers["Content-Type"] == "application/mtconnect+json"
    assert sample.headers["Received-At"].endswith("Z")


def test_it_resumes_where_it_was_without_asking_for_the_model_again(tmp_path: Path) -> None:
    agent = GeneratedAgent()
    agent.add(120)
    with ReplayingAgent(agent) as server:
        record(tmp_path, server.url)
        agent.add(30)
        server.asked.clear()
        state = record(tmp_path, server.url, seed=1)
        assert server.asked == ["/sample?from=121&count=100"]
    assert state.observations == 30
    assert observations(tmp_path / "landing") == agent.made


def test_a_cursor_of_another_kind_of_source_is_none(tmp_path: Path) -> None:
    agent = GeneratedAgent()
    agent.add(10)
    (tmp_path / "landing/.recorders").mkdir(parents=True)
    (tmp_path / "landing/.recorders/shop.json").write_text('{"mill": {"offsets": [1, 2]}}')
    with ReplayingAgent(agent) as server:
        record(tmp_path, server.url)
    assert observations(tmp_path / "landing") == agent.made


def test_the_stream_is_followed(tmp_path: Path) -> None:
    agent = GeneratedAgent()
    agent.add(50)

    def work() -> bool:
        agent.add(7)
        return agent.next_sequence > 400

    with ReplayingAgent(agent) as server:
        record(tmp_path, server.url, work)
        assert any("interval=2&heartbeat=300" in a for a in server.asked)
        record(tmp_path, server.url, seed=1)
    assert observations(tmp_path / "landing") == agent.made


def test_chunk_borders_may_be_anywhere(tmp_path: Path) -> None:
    agent, rng = GeneratedAgent(), random.Random(1)

    def work() -> bool:
        agent.add(7)
        return agent.next_sequence > 300

    with ReplayingAgent(agent, chunk=lambda size: rng.randint(1, size)) as server:
        record(tmp_path, server.url, work)
        record(tmp_path, server.url, seed=1)
    assert observations(tmp_path / "landing") == agent.made


def test_an_agent_that_does_not_stream_is_polled(tmp_path: Path) -> None:
    agent = GeneratedAgent()

    def work() -> bool:
        agent.add(7)
        return agent.next_sequence > 300

    with ReplayingAgent(agent, can_stream=False) as server:
        record(tmp_path, server.url, work)
        record(tmp_path, server.url, seed=1)
    assert observations(tmp_path / "landing") == agent.made


def test_what_fell_out_of_the_buffer_is_counted_as_lost(tmp_path: Path) -> None:
    agent = GeneratedAgent(buffer_size=100)
    agent.add(60)
    with ReplayingAgent(agent) as server:
        record(tmp_path, server.url)
        agent.add(1000)
        state = record(tmp_path, server.url, seed=1)
    assert state.lost == 1000 - 100
    [gap] = state.gaps
    assert gap.text == (
        "gap on agent 'mill': asked for sequence 61, its first is 961; 900 observations lost. "
        "Recording goes on from 961."
    )
    assert len(observations(tmp_path / "landing")) == len(agent.made) - 900
    assert "MTConnectError" in kinds(tmp_path)


def test_a_restart_is_followed_from_the_new_instances_oldest(tmp_path: Path) -> None:
    agent = GeneratedAgent()
    agent.add(300)
    with ReplayingAgent(agent) as server:
        record(tmp_path, server.url)
        agent.restart()
        agent.add(20)  # fewer than before: the old place is out of range
        state = record(tmp_path, server.url, seed=1)
        assert (state.restarts, state.lost) == (1, 0)
        agent.restart()
        agent.add(500)  # more than before: the old place is within the new instance's range
        state = record(tmp_path, server.url, seed=2)
        assert state.restarts == 1
    assert observations(tmp_path / "landing") == agent.made
    assert kinds(tmp_path).count("MTConnectDevices") == 3


def stamps(bodies: Iterable[bytes]) -> set[bytes]:
    """Return the times of observations: of one agent, they tell them apart."""
    return {stamp for body in bodies for stamp in re.findall(rb'"timestamp":"([^"]+)"', body)}


@pytest.mark.parametrize("again", [0, 1, 20, 299, 900])
def test_numbers_that_begin_anew_under_the_same_instance_id_are_followed_and_told(tmp_path: Path, again: int) -> None:
    agent = GeneratedAgent(buffer_size=400)
    agent.add(1300)
    with ReplayingAgent(agent) as server:
        record(tmp_path, server.url)
        agent.restart(agent.instance_id)
        first = agent.clock
        agent.add(again)
        state = record(tmp_path, server.url, seed=1)
        assert (state.restarts, state.lost) == (1, 0)
        assert "It kept its instance id" in state.gaps[0].text
        server.asked.clear()
        assert record(tmp_path, server.url, seed=2).restarts == 0 and len(server.asked) == 1
    bodies = [p.body for p in recorded_parts(tmp_path / "landing")]
    told = {s for s in stamps(bodies) if s.decode() > f"{first:%Y-%m-%dT%H:%M:%S.%fZ}"}
    assert len(told) == min(again, 400)


def test_an_agent_that_answers_beyond_its_numbers_without_an_error_is_not_asked_for_ever(tmp_path: Path) -> None:
    class Lenient(GeneratedAgent):
        def answer(self, path: str, query: dict[str, int]) -> tuple[int, bytes]:
            asked = query | {"from": min(query.get("from", 1), self.next_sequence)}
            return super().answer(path, asked)

    agent = Lenient()
    agent.add(300)
    with ReplayingAgent(agent) as server:
        record(tmp_path, server.url)
        agent.restart(agent.instance_id)
        agent.add(40)
        assert record(tmp_path, server.url, seed=1).restarts == 1
    bodies = [p.body for p in recorded_parts(tmp_path / "landing")]
    assert len(stamps(bodies)) == 340


def test_numbers_that_begin_anew_within_the_range_that_was_asked_are_seen(tmp_path: Path) -> None:
    agent = GeneratedAgent(buffer_size=10_000)
    agent.add(1000)
    with ReplayingAgent(agent) as server:
        record(tmp_path, server.url)
        agent.add(5000)
        server.asked.clear()
        record(tmp_path, server.url, lambda: len(server.asked) > 3, seed=1, pace=replace(FAST, count=1))
        agent.restart(agent.instance_id)
        agent.add(3000)  # the place is within the new numbers too
        state = record(tmp_path, server.url, seed=2)
    assert state.restarts == 1


def test_a_restart_within_the_stream_is_followed(tmp_path: Path) -> None:
    agent = GeneratedAgent()
    agent.add(100)
    restarts = [150, 290]
    server = ReplayingAgent(agent)

    def work() -> bool:
        streaming = "interval" in server.asked[-1] if server.asked else False
        if streaming and restarts and len(agent.made) > restarts[0]:
            time.sleep(0.02)  # it has sent all
            restarts.pop(0)
            agent.restart()
        agent.add(5)
        return len(agent.made) > 600

    with server:
        state = record(tmp_path, server.url, work)
        record(tmp_path, server.url, seed=1)
    assert state.restarts == 2
    missing = set(agent.made) - set(observations(tmp_path / "landing"))
    assert {i for i, _ in missing} <= {1_700_000_000, 1_700_000_001}  # what ended instances had not sent yet
    assert len(missing) < 30


def test_another_device_model_is_fetched(tmp_path: Path) -> None:
    agent = GeneratedAgent()
    agent.add(10)
    with ReplayingAgent(agent) as server:
        record(tmp_path, server.url)
        agent.change_model()
        agent.add(10)
        record(tmp_path, server.url, seed=1)
        record(tmp_path, server.url, seed=2)
    probes = [p.body for p in recorded_parts(tmp_path / "landing") if p.body.startswith(b'{"MTConnectDevices')]
    assert [b'"model":"1"' in p.replace(b'": "', b'":"') for p in probes] == [False, True]


def test_assets_are_fetched_when_one_changes(tmp_path: Path) -> None:
    agent = GeneratedAgent()
    agent.add(10)
    with ReplayingAgent(agent) as server:
        record(tmp_path, server.url)
        agent.change_asset("T17")
        record(tmp_path, server.url, seed=1)
        agent.add(10)
        record(tmp_path, server.url, seed=2)
    assets = [p.body for p in recorded_parts(tmp_path / "landing") if p.body.startswith(b'{"MTConnectAssets')]
    assert [b"T17" in body for body in assets] == [False, True]


def test_an_agent_without_assets_is_recorded_all_the_same(tmp_path: Path) -> None:
    class Assetless(GeneratedAgent):
        def answer(self, path: str, query: dict[str, int]) -> tuple[int, bytes]:
            return (404, b"<html>") if path == "/assets" else super().answer(path, query)

    agent = Assetless()
    agent.add(10)
    with ReplayingAgent(agent) as server:
        record(tmp_path, server.url)
    assert observations(tmp_path / "landing") == agent.made


def test_a_clock_that_jumps_changes_nothing(tmp_path: Path) -> None:
    agent = GeneratedAgent()
    agent.add(50)
    with ReplayingAgent(agent) as server:
        record(tmp_path, server.url)
        agent.clock = agent.clock.replace(year=1761)
        agent.add(50)
        record(tmp_path, server.url, seed=1)
    assert observations(tmp_path / "landing") == agent.made


@pytest.mark.parametrize("seed", range(6))
def test_no_fault_loses_anything(tmp_path: Path, seed: int) -> None:
    agent, rng = GeneratedAgent(), random.Random(seed)
    agent.add(rng.randint(0, 300))

    def work() -> bool:
        agent.add(rng.randint(0, 12))
        return not server.faults and agent.next_sequence > 400

    with ReplayingAgent(agent, some_faults(rng, 40), chunk=lambda size: rng.randint(1, size)) as server:
        state = record(tmp_path, server.url, work)
        record(tmp_path, server.url, seed=1)
    assert state.lost == 0
    assert observations(tmp_path / "landing") == agent.made


def test_a_silent_agent_is_dead_after_two_heartbeats(tmp_path: Path) -> None:
    agent = GeneratedAgent()
    agent.add(10)
    with ReplayingAgent(agent, ["none", "none", "none", "none", "silent"]) as server:
        record(
            tmp_path,
            server.url,
            lambda: sum("interval" in a for a in server.asked) > 1,
            pace=Pace(interval_ms=2, heartbeat_ms=40),
        )
        assert sum("interval" in a for a in server.asked) > 1


def test_a_slow_agent_with_a_tiny_buffer_loses_only_what_is_counted(tmp_path: Path) -> None:
    agent = GeneratedAgent(buffer_size=40)
    agent.add(30)

    def work() -> bool:
        agent.add(25)
        return agent.next_sequence > 1200

    with ReplayingAgent(agent) as server:
        state = record(tmp_path, server.url, work)
        last = record(tmp_path, server.url, seed=1)
    found = observations(tmp_path / "landing")
    assert set(found) <= set(agent.made)
    had = {key for key in agent.made if key >= min(found)}  # what was overwritten before we came nobody promised
    assert len(had - set(found)) <= state.lost + last.lost


def test_the_captured_polls_are_walked_to_their_end(tmp_path: Path, smelt_data: Path) -> None:
    agent = CapturedAgent(smelt_data / "mtconnect/captured/nist_v1")
    with ReplayingAgent(agent) as server:
        state = record(tmp_path, server.url, lambda: agent.reached >= agent.next_sequence)
    found = observations(tmp_path / "landing")
    walked = {s for _, s in found if s >= agent.first}
    assert walked >= set(range(agent.first, agent.next_sequence))
    assert state.observations == agent.next_sequence - agent.first


def test_an_agent_that_is_away_is_said_in_a_sentence(tmp_path: Path) -> None:
    with ReplayingAgent(GeneratedAgent()) as server:
        url = server.url
    with pytest.raises(TransientError, match=rf"{url}: .*[Cc]onnect"):
        record(tmp_path, url)


@pytest.mark.parametrize("answer", ["500", "garbage"])
def test_what_is_no_agent_is_said_in_a_sentence(tmp_path: Path, answer: Fault) -> None:
    with (
        ReplayingAgent(GeneratedAgent(), [answer] * 9) as server,
        pytest.raises(TransientError, match=r"/probe answered no MTConnect document: HTTP (500|200) .*(Internal|busy)"),
    ):
        record(tmp_path, server.url)
