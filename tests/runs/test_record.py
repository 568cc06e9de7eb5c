"""Recording as a run: settings, one process a name, ends in good order, whatever its sources do."""

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.agents import GeneratedAgent
from tests.recorded import observations
from tests.replaying_agent import ReplayingAgent

from smelt.ingest.agent import AgentRecorder
from smelt.ingest.recorder_state import RecorderState, recorder_states
from smelt.runs.plant.config import read_plant
from smelt.runs.record import RecordRequest, record, spool_folder
from smelt.terms.errors import InputError, LeaseError, TransientError


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 as the command line does


def recorded(root: Path, *urls: str, **more: object) -> RecorderState:
    flags: dict[str, object] = {"source.landing": str(root / "landing"), "record.interval_ms": 5}
    seen: list[RecorderState] = []
    request = RecordRequest(root, flags | dict(more.pop("flags", {})), urls, **more)  # type: ignore[arg-type, call-overload]
    return record(request, now, random.Random(0), seen.append)


def test_sources_named_on_the_way_are_recorded_without_a_plant(tmp_path: Path) -> None:
    mill, drill = GeneratedAgent(instance_id=1), GeneratedAgent(instance_id=2)
    mill.add(200)
    drill.add(300)
    with ReplayingAgent(mill) as first, ReplayingAgent(drill) as second:
        state = recorded(tmp_path, first.url, second.url, once=True)
    assert observations(tmp_path / "landing") == mill.made | drill.made
    assert [s.observations for s in state.sources] == [200, 300]
    assert state.is_ended and state.files == 1 and state.who.startswith("process ")


def test_it_ends_after_its_time_with_all_that_was_read(tmp_path: Path) -> None:
    agent = GeneratedAgent()
    agent.add(50)
    with ReplayingAgent(agent) as server:
        state = recorded(tmp_path, server.url, for_seconds=0.8)
    assert observations(tmp_path / "landing") == agent.made
    [told] = recorder_states(str(tmp_path / "landing"))
    assert told.is_ended and told.sources == state.sources


def test_a_source_that_is_away_does_not_stop_the_others(tmp_path: Path) -> None:
    agent = GeneratedAgent()
    agent.add(50)
    with ReplayingAgent(GeneratedAgent()) as gone:
        pass
    with ReplayingAgent(agent) as server:
        state = recorded(tmp_path, gone.url, server.url, for_seconds=0.8)
    assert observations(tmp_path / "landing") == agent.made
    assert [s.error is None for s in state.sources] == [False, True]


@pytest.mark.system
def test_once_says_which_source_is_away_and_keeps_what_the_others_had(tmp_path: Path) -> None:
    agent = GeneratedAgent()
    agent.add(50)
    with ReplayingAgent(GeneratedAgent()) as gone:
        pass
    with ReplayingAgent(agent) as server, pytest.raises(TransientError, match=gone.url):
        recorded(tmp_path, gone.url, server.url, once=True)
    assert observations(tmp_path / "landing") == agent.made


def test_a_recorder_that_fails_oddly_is_begun_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    agent, failures = GeneratedAgent(), [ValueError("odd")]
    agent.add(50)
    take = AgentRecorder._take

    async def sometimes(self: AgentRecorder, *of: object) -> bool:
        if failures:
            raise failures.pop()
        return await take(self, *of)  # type: ignore[arg-type]

    monkeypatch.setattr(AgentRecorder, "_take", sometimes)
    monkeypatch.setattr("smelt.ingest.backoff.LONGEST_WAIT_SECONDS", 0.01)
    with ReplayingAgent(agent) as server:
        recorded(tmp_path, server.url, once=True)
    assert failures == [] and observations(tmp_path / "landing") == agent.made


def test_a_second_process_of_the_same_name_is_told_who_records(tmp_path: Path) -> None:
    agent = GeneratedAgent()
    with ReplayingAgent(agent) as server:

        def again(_: RecorderState) -> None:
            with pytest.raises(LeaseError, match=r"is held by process \d+ .*two names: \[record\] name"):
                recorded(tmp_path, server.url, once=True)
            other = recorded_in_thread(tmp_path, server.url)
            assert other.name == "other"
            raise KeyboardInterrupt

        flags: dict[str, object] = {"source.landing": str(tmp_path / "landing")}
        with pytest.raises(KeyboardInterrupt):
            record(RecordRequest(tmp_path, flags, (server.url,)), now, random.Random(1), again)


def recorded_in_thread(root: Path, url: str) -> RecorderState:
    """Record beside the loop that runs in this thread."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(recorded, root, url, once=True, flags={"record.name": "other"}).result()


def test_what_is_missing_or_wrong_is_said_before_anything_is_written(tmp_path: Path) -> None:
    request = RecordRequest(tmp_path, {}, ("http://mill:5000",))
    with pytest.raises(InputError, match="no landing zone; expected --landing DIR or URL"):
        record(request, now, random.Random(0), lambda _: None)
    with pytest.raises(InputError, match=r"expected http\(s\)://host:5000"):
        recorded(tmp_path, "ftp://mill", once=True)
    with pytest.raises(InputError, match=r"record\.name = '\.\./x': expected letters"):
        recorded(tmp_path, "http://mill", flags={"record.name": "../x"})


def test_the_spool_is_in_the_plants_folder(tmp_path: Path) -> None:
    assert spool_folder(read_plant(tmp_path, {}, {})) == tmp_path / "spool"
