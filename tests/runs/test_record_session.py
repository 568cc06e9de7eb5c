"""A session: a wrong source ends it; whatever ends it, what was read is delivered, or it is said that it is not."""

import asyncio
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.agents import GeneratedAgent
from tests.recorded import observations
from tests.replaying_agent import ReplayingAgent

from smelt.ingest.agent import AgentRecorder
from smelt.ingest.agent_requests import Pace
from smelt.ingest.delivery import Delivery
from smelt.ingest.landing_zone import LandingZone
from smelt.ingest.recorder import Recording
from smelt.ingest.recorder_state import RecorderState
from smelt.ingest.recording import LandingRecording, Rolling
from smelt.ingest.spool import Spool
from smelt.runs.record_session import RecordSession
from smelt.terms.errors import InputError, TransientError
from smelt.terms.plant import Agent


def now_us() -> int:
    return time.time_ns() // 1000


def ran(
    root: Path,
    urls: list[str],
    tick: Callable[[RecorderState], None] = lambda _: None,
    for_seconds: float | None = None,
) -> RecorderState:
    async def go() -> RecorderState:
        rng = random.Random(0)
        delivery = Delivery("shop", LandingZone(str(root / "landing")), Spool(root / "spool", 10_000), rng)
        agents = [Agent(f"a{n}", url=url) for n, url in enumerate(urls)]
        session = RecordSession(agents, Pace(interval_ms=5), now_us, rng, for_seconds, False, tick)
        return await session.run(LandingRecording(delivery, Rolling(3600), now_us, rng), "a test")

    return asyncio.run(go())


@pytest.fixture
def agent() -> GeneratedAgent:
    made = GeneratedAgent()
    made.add(60)
    return made


def test_a_wrong_url_ends_it_before_anything_is_asked(agent: GeneratedAgent, tmp_path: Path) -> None:
    with ReplayingAgent(agent) as server:
        with pytest.raises(InputError, match="expected"):
            ran(tmp_path, [server.url, "ftp://x"])
        assert server.asked == []


@pytest.mark.parametrize("error", [InputError("lease lost"), RuntimeError("broken")])
def test_what_ends_it_lets_what_was_read_be_delivered(agent: GeneratedAgent, tmp_path: Path, error: Exception) -> None:
    def tick(state: RecorderState) -> None:
        if state.sources[0].observations == 60:
            raise error

    with ReplayingAgent(agent) as server, pytest.raises(type(error), match=str(error)):
        ran(tmp_path, [server.url], tick)
    assert observations(tmp_path / "landing") == agent.made


def test_a_recorder_that_learns_that_it_is_wrong_ends_it(
    agent: GeneratedAgent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run(self: AgentRecorder, resume: object, recording: Recording, *, once: bool = False) -> None:
        raise InputError("no such topic")

    monkeypatch.setattr(AgentRecorder, "run", run)
    with pytest.raises(InputError, match="no such topic"):
        ran(tmp_path, ["http://x"])


def test_what_could_be_stored_nowhere_is_said(agent: GeneratedAgent, tmp_path: Path) -> None:
    agent.add(20_000)

    def tick(_: RecorderState) -> None:
        if not (tmp_path / "landing").is_file():
            (tmp_path / "landing/.recorders/shop.state.json").unlink()
            (tmp_path / "landing/.recorders").rmdir()
            (tmp_path / "landing").rmdir()
            (tmp_path / "landing").write_text("")

    with (
        ReplayingAgent(agent) as server,
        pytest.raises(TransientError, match=r"is full: .*[^.]\. What was .*read again from its sources"),
    ):
        ran(tmp_path, [server.url], tick, 0.8)
