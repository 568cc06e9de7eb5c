"""Recording into a real S3 store, which goes away and comes back."""

import asyncio
import gzip
import random
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.agents import GeneratedAgent
from tests.recorded import observations
from tests.replaying_agent import ReplayingAgent
from tests.s3 import BUCKET, s3_store, use_s3
from tests.servers import free_port

from smelt.ingest import landing_zone
from smelt.ingest.delivery import Delivery
from smelt.ingest.landing_zone import LandingZone
from smelt.ingest.recorder import Cursor, Part, Recording
from smelt.ingest.recorder_state import RecorderState, recorder_states
from smelt.ingest.recording import LandingRecording, Rolling
from smelt.ingest.spool import Spool
from smelt.runs.record import RecordRequest, record
from smelt.terms.errors import TransientError

pytestmark = pytest.mark.system


@dataclass
class Source:
    """A recorder that only remembers what it is told."""

    name: str = "mill"
    url: str = "http://mill:5000"
    told: list[Cursor] = field(default_factory=list)

    async def run(self, resume: Cursor | None, recording: Recording, *, once: bool = False) -> None:
        raise NotImplementedError

    async def committed(self, cursor: Cursor) -> None:
        self.told.append(cursor)


def now_us() -> int:
    return time.time_ns() // 1000


async def until_told(source: Source, count: int) -> None:
    async with asyncio.timeout(30):
        while len(source.told) < count:
            await asyncio.sleep(0.01)


def test_a_store_that_goes_away_and_comes_back_misses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    use_s3(monkeypatch, port)
    quick = {"max_retries": 0, "retry_timeout": timedelta(seconds=1)}
    monkeypatch.setattr(landing_zone, "RETRIES", quick)
    zone, spool, rng = LandingZone.at(f"s3://{BUCKET}/raw"), Spool(tmp_path / "spool/shop", 1 << 20), random.Random(0)
    source = Source()

    async def put(recording: LandingRecording, n: int) -> None:
        await recording.put("mill", [Part(b"%d" % n, "text/xml", "http://mill:5000/sample", 10**15)], {"next": n})
        await until_told(source, n)

    async def work() -> None:
        recording = LandingRecording(
            Delivery("shop", zone, spool, rng, 0.05), Rolling(0.02), lambda: time.time_ns() // 1000, rng
        )
        with s3_store(tmp_path, port):
            await recording.begin([source], "a test")
            keeping = asyncio.create_task(recording.keep())
            await put(recording, 1)
        await put(recording, 2)
        await put(recording, 3)
        state = recording.state()
        assert state.spooled_files == 2 and str(state.error).startswith(f"landing zone {zone.uri}: ")
        with s3_store(tmp_path, port):
            assert recorder_states(zone.uri, tmp_path / "spool")[0].spooled_files > 0
            async with asyncio.timeout(30):
                while spool.waiting():
                    await asyncio.sleep(0.01)
            await put(recording, 4)
            recording.stop()
            await keeping
            assert await recording.close()
            [told] = recorder_states(zone.uri, tmp_path / "spool")
            assert told.is_ended and told.spooled_files == 0 and told.files == 4
            assert await zone.own("shop.json") == {"mill": {"next": 4}}

    asyncio.run(work())
    files = sorted((tmp_path / "s3" / BUCKET / "raw").rglob("*.gz"))
    bodies = sorted(gzip.decompress(p.read_bytes()).split(b"\r\n\r\n")[1].strip() for p in files)
    assert bodies == [b"1", b"2", b"3", b"4"]


def test_a_process_that_begins_while_the_store_is_away_goes_on_from_what_it_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port, agent = free_port(), GeneratedAgent()
    use_s3(monkeypatch, port)
    monkeypatch.setattr(landing_zone, "RETRIES", {"max_retries": 0, "retry_timeout": timedelta(seconds=1)})
    request = RecordRequest(tmp_path, {"source.landing": f"s3://{BUCKET}/raw"}, once=True)

    def recorded(url: str) -> RecorderState:
        now = datetime(2026, 11, 24, tzinfo=UTC)
        return record(replace(request, urls=(url,)), lambda: now, random.Random(len(agent.made)), lambda _: None)

    with ReplayingAgent(agent) as server:
        with pytest.raises(TransientError, match=r"Nothing is recorded: where to go on stands there"):
            recorded(server.url)
        agent.add(100)
        with s3_store(tmp_path, port):
            recorded(server.url)
        agent.add(10)
        assert recorded(server.url).spooled_files == 1
        agent.add(10)
        assert recorded(server.url).spooled_files == 2
        agent.add(10)
        with s3_store(tmp_path, port):
            assert recorded(server.url).spooled_files == 0
    assert [a for a in server.asked if a.startswith("/sample")] == [
        f"/sample?from={n}&count=8000" for n in (1, 101, 111, 121)
    ]
    assert observations(tmp_path / "s3" / BUCKET / "raw") == agent.made
