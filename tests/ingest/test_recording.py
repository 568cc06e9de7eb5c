"""The recording: whole files first, then cursors; nothing that was put is lost while the landing zone is away."""

import asyncio
import gzip
import json
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from smelt.ingest.delivery import Delivery
from smelt.ingest.landing_zone import LandingZone
from smelt.ingest.recorder import SHDR, Cursor, Gap, Part, Recording
from smelt.ingest.recorder_state import recorder_states
from smelt.ingest.recording import LandingRecording, Rolling
from smelt.ingest.spool import Spool

SLOW = Rolling(3600)
NOW_US = 1_795_512_600_123_456  # 2026-11-24T09:30:00.123456Z


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


def part(body: bytes, source: str = "http://mill:5000/sample?from=1", **more: Any) -> Part:
    return Part(body, more.pop("content_type", "application/json"), source, NOW_US, **more)


def opened(root: Path, rolling: Rolling = SLOW, limit: int = 1 << 20, seed: int = 0) -> LandingRecording:
    zone, spool, rng = LandingZone(str(root / "landing")), Spool(root / "spool", limit), random.Random(seed)
    return LandingRecording(Delivery("shop", zone, spool, rng, first_wait_seconds=0.02), rolling, lambda: NOW_US, rng)


async def kept(recording: LandingRecording, source: Source, work: Callable[[], Awaitable[None]]) -> bool:
    """Begin, work while it delivers, and close."""
    await recording.begin([source], "a test")
    keeping = asyncio.create_task(recording.keep())
    await work()
    recording.stop()
    await keeping
    return await recording.close()


def landed(root: Path) -> dict[str, bytes]:
    files = (root / "landing").rglob("*.gz")
    return {str(p.relative_to(root / "landing")): gzip.decompress(p.read_bytes()) for p in files}


def cursors(root: Path) -> Any:
    return json.loads((root / "landing/.recorders/shop.json").read_text())


def test_parts_stand_in_a_multipart_file_under_firehoses_key(tmp_path: Path) -> None:
    source, recording = Source(), opened(tmp_path)

    async def work() -> None:
        await recording.put("mill", [part(b'{"a":1}'), part(b"<b/>", record_key="k\r\ney")], {"next": 7})

    assert asyncio.run(kept(recording, source, work))
    [(key, body)] = landed(tmp_path).items()
    assert key.startswith("2026/11/24/09/shop-2026-11-24-09-30-00-")
    assert body == (
        b"--smelt\r\nContent-Type: application/json\r\nContent-Location: http://mill:5000/sample?from=1\r\n"
        b'Received-At: 2026-11-24T09:30:00.123456Z\r\nContent-Length: 7\r\n\r\n{"a":1}\r\n'
        b"--smelt\r\nContent-Type: application/json\r\nContent-Location: http://mill:5000/sample?from=1\r\n"
        b"Record-Key: k%0D%0Aey\r\n"
        b"Received-At: 2026-11-24T09:30:00.123456Z\r\nContent-Length: 4\r\n\r\n<b/>\r\n"
    )
    assert cursors(tmp_path) == {"mill": {"next": 7}}
    assert source.told == [{"next": 7}]


def test_an_adapters_lines_stand_in_a_log_of_its_device(tmp_path: Path) -> None:
    recording = opened(tmp_path)

    async def work() -> None:
        for body in (b"2020-01-01T00:00:00Z|x|1\n", b"2020-01-01T00:00:01Z|x|2"):
            await recording.put("mill", [part(body, "shdr://cell:7878/Mill%2F1", content_type=SHDR)], {})

    assert asyncio.run(kept(recording, Source(), work))
    [(key, body)] = landed(tmp_path).items()
    assert key.startswith("shdr/Mill%2F1/2026/11/24/09/shop-")
    assert body == b"2020-01-01T00:00:00Z|x|1\n2020-01-01T00:00:01Z|x|2\n"


def test_it_goes_on_from_the_cursor_that_was_durable(tmp_path: Path) -> None:
    async def work() -> None:
        await first.put("mill", [part(b"1")], {"next": 7})

    first = opened(tmp_path)
    asyncio.run(kept(first, Source(), work))

    async def again() -> None:
        assert second.cursor("mill") == {"next": 7} and second.cursor("drill") is None
        await second.put("mill", [part(b"2")], {"next": 8})
        assert second.cursor("mill") == {"next": 8}

    second = opened(tmp_path, seed=1)
    asyncio.run(kept(second, Source(), again))
    assert cursors(tmp_path) == {"mill": {"next": 8}}
    assert len(landed(tmp_path)) == 2


def test_a_process_that_dies_leaves_no_cursor_ahead_of_its_files(tmp_path: Path) -> None:
    async def dies() -> None:
        recording = opened(tmp_path)
        await recording.begin([Source()], "a test")
        await recording.put("mill", [part(b"1")], {"next": 7})

    asyncio.run(dies())
    assert landed(tmp_path) == {} and not (tmp_path / "landing/.recorders/shop.json").exists()


def lines(body: bytes) -> Part:
    return part(body, "shdr://cell:7878/mill", content_type=SHDR, is_once=True)


def test_what_is_said_once_survives_a_process_that_dies(tmp_path: Path) -> None:
    async def dies() -> None:
        recording = opened(tmp_path)
        await recording.begin([Source()], "a test")
        await recording.put("mill", [lines(b"1\n"), part(b"{}")], {"heard_us": 7})
        await recording.put("mill", [lines(b"2\n")], {"heard_us": 8})

    async def after() -> None:
        assert second.cursor("mill") == {"heard_us": 8}
        while not landed(tmp_path):
            await asyncio.sleep(0.005)
        await second.put("mill", [lines(b"3\n")], {"heard_us": 9})

    asyncio.run(dies())
    source, second = Source(), opened(tmp_path, seed=1)
    assert asyncio.run(kept(second, source, after))
    assert sorted(landed(tmp_path).values()) == [b"1\n2\n", b"3\n"]
    assert source.told == [{"heard_us": 8}, {"heard_us": 9}]
    assert list((tmp_path / "spool/journal").iterdir()) == []


@pytest.mark.parametrize("is_away", [False, True])
def test_killed_between_delivery_and_the_journals_end_it_lands_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_away: bool
) -> None:
    """The zone has it, or the spool, which is drained by the process that follows."""
    zone = tmp_path / "landing"

    async def says() -> None:
        if is_away:
            zone.rmdir()
            zone.write_text("not a folder")
        await first.put("mill", [lines(b"1\n")], {"heard_us": 7})

    async def nothing() -> None:
        await asyncio.sleep(0)

    first = opened(tmp_path)
    with monkeypatch.context() as killed:
        killed.setattr("smelt.ingest.journal.Journal.forget", lambda self: None)
        assert asyncio.run(kept(first, Source(), says))
    assert len(list((tmp_path / "spool/journal").iterdir())) == 1
    before = {} if is_away else {p: p.stat().st_ino for p in zone.rglob("*.gz")}
    if is_away:
        zone.unlink()
    assert asyncio.run(kept(opened(tmp_path, seed=1), Source(), nothing))
    assert list(landed(tmp_path).values()) == [b"1\n"]
    assert is_away or {p: p.stat().st_ino for p in zone.rglob("*.gz")} == before
    assert list((tmp_path / "spool/journal").iterdir()) == []


def test_what_is_left_and_can_be_delivered_nowhere_is_left_again(tmp_path: Path) -> None:
    async def says() -> None:
        recording = opened(tmp_path)
        await recording.begin([Source()], "a test")
        await recording.put("mill", [lines(b"1\n")], {"heard_us": 7})

    async def away() -> None:
        (tmp_path / "landing").rmdir()
        (tmp_path / "landing").write_text("not a folder")
        await second.put("mill", [lines(b"2\n")], {"heard_us": 8})

    async def back() -> None:
        assert third.cursor("mill") == {"heard_us": 8}

    asyncio.run(says())
    second = opened(tmp_path, limit=1, seed=1)
    assert not asyncio.run(kept(second, Source(), away))
    (tmp_path / "landing").unlink()
    third = opened(tmp_path, seed=2)
    assert asyncio.run(kept(third, Source(), back))
    assert sorted(landed(tmp_path).values()) == [b"1\n", b"2\n"]


def test_a_journal_that_cannot_be_written_is_told_and_recording_goes_on(tmp_path: Path) -> None:
    recording = opened(tmp_path)

    async def work() -> None:
        (tmp_path / "spool").mkdir(exist_ok=True)
        (tmp_path / "spool/journal").write_text("no folder")
        await recording.put("mill", [lines(b"1\n")], {"heard_us": 7})
        assert "journal" in str(recording.state().error)

    assert asyncio.run(kept(recording, Source(), work))
    assert list(landed(tmp_path).values()) == [b"1\n"]


def test_a_full_file_is_rolled_and_put_waits_for_room(tmp_path: Path) -> None:
    noise = random.Random(0)
    recording = opened(tmp_path, Rolling(3600, 100_000))

    async def work() -> None:
        for n in range(40):
            await recording.put("mill", [part(noise.randbytes(30_000))], {"next": n})
            assert not recording._open.are_full(100_000 + 40_000)

    assert asyncio.run(kept(recording, Source(), work))
    files = landed(tmp_path)
    assert 5 < len(files) <= 14
    assert sum(body.count(b"--smelt\r\n") for body in files.values()) == 40


def test_an_old_file_is_rolled(tmp_path: Path) -> None:
    source, recording = Source(), opened(tmp_path, Rolling(0.02))

    async def work() -> None:
        await recording.put("mill", [part(b"1")], {"next": 1})
        while not source.told:
            await asyncio.sleep(0.005)

    assert asyncio.run(kept(recording, source, work))
    assert len(landed(tmp_path)) == 1


def test_a_hurried_file_is_rolled_before_its_time(tmp_path: Path) -> None:
    source, recording = Source(), opened(tmp_path)

    async def work() -> None:
        await recording.put("mill", [part(b"1")], {"next": 1})
        recording.hurry()
        while not source.told:
            await asyncio.sleep(0.005)
        await recording.put("mill", [part(b"2")], {"next": 2})
        await asyncio.sleep(0.05)
        assert source.told == [{"next": 1}]

    assert asyncio.run(kept(recording, source, work))
    assert len(landed(tmp_path)) == 2


def test_while_the_zone_is_away_the_spool_takes_over_in_order(tmp_path: Path) -> None:
    source, recording = Source(), opened(tmp_path, Rolling(0.02))
    zone = tmp_path / "landing"

    async def work() -> None:
        zone.rmdir()
        zone.write_text("not a folder")
        for n in range(1, 4):
            await recording.put("mill", [part(b"%d" % n)], {"next": n})
            while len(source.told) < n:
                await asyncio.sleep(0.005)
        state = recording.state()
        assert state.spooled_files == 3 and state.spooled_bytes > 0
        assert state.error and "landing zone" in state.error
        zone.unlink()

    async def all_of_it() -> None:
        await recording.begin([source], "a test")
        keeping = asyncio.create_task(recording.keep())
        await work()
        [told] = recorder_states(str(zone), tmp_path)
        assert told.spooled_files > 0
        while not (zone / ".recorders/shop.json").exists():
            await asyncio.sleep(0.01)
        recording.stop()
        await keeping
        assert await recording.close()

    asyncio.run(all_of_it())
    assert sorted(body.split(b"\r\n\r\n")[1].strip() for body in landed(tmp_path).values()) == [b"1", b"2", b"3"]
    assert cursors(tmp_path) == {"mill": {"next": 3}}
    assert not (tmp_path / "spool/cursors.json").exists()
    [told] = recorder_states(str(zone), tmp_path)
    assert told.error is None and told.spooled_files == 0 and told.is_ended


def test_what_waits_in_the_spool_counts_after_a_restart(tmp_path: Path) -> None:
    zone = tmp_path / "landing"
    first = opened(tmp_path)

    async def away() -> None:
        zone.rmdir()
        zone.write_text("not a folder")
        await first.put("mill", [part(b"1")], {"next": 9})

    assert asyncio.run(kept(first, Source(), away))
    second = opened(tmp_path, seed=1)
    zone.unlink()

    async def back() -> None:
        assert second.cursor("mill") == {"next": 9}

    assert asyncio.run(kept(second, Source(), back))
    assert len(landed(tmp_path)) == 1 and cursors(tmp_path) == {"mill": {"next": 9}}


def test_when_neither_zone_nor_spool_takes_it_no_cursor_moves(tmp_path: Path) -> None:
    source, recording = Source(), opened(tmp_path, Rolling(0.01), limit=10)
    zone = tmp_path / "landing"

    async def work() -> None:
        zone.rmdir()
        zone.write_text("not a folder")
        await recording.put("mill", [part(b"1")], {"next": 1})
        while not any("is full" in (told.error or "") for told in recorder_states(str(zone), tmp_path)):
            await asyncio.sleep(0.005)
        await recording.put("mill", [part(b"2")], {"next": 2})

    assert not asyncio.run(kept(recording, source, work))
    assert source.told == [] and "is full" in str(recording.state().error)


def test_state_counts_parts_gaps_and_troubles(tmp_path: Path) -> None:
    recording = opened(tmp_path)

    async def work() -> None:
        recording.trouble("mill", "no answer")
        assert recording.state().sources[0].error == "no answer"
        await recording.put("mill", [part(b"123", observations=5, created_at_us=NOW_US - 1_500_000)], {"next": 1})
        recording.gap("mill", Gap("lost", NOW_US, 1551, "lost some"))
        recording.gap("mill", Gap("restarted", NOW_US, None, "restarted"))

    asyncio.run(kept(recording, Source(), work))
    [state] = recorder_states(str(tmp_path / "landing"))
    [source] = state.sources
    assert (source.parts, source.bytes, source.observations) == (1, 3, 5)
    assert (source.lost, source.restarts, source.lateness_s, source.error) == (1551, 1, 1.5, None)
    assert [g.kind for g in source.gaps] == ["lost", "restarted"]
    assert (state.name, state.who, state.files, state.is_ended) == ("shop", "a test", 1, True)


def test_a_broker_that_cannot_be_told_does_not_end_the_recording(tmp_path: Path) -> None:
    class Deaf(Source):
        async def committed(self, cursor: Cursor) -> None:
            raise ConnectionError("broker away")

    recording = opened(tmp_path)

    async def work() -> None:
        await recording.put("mill", [part(b"1")], {"next": 1})

    assert asyncio.run(kept(recording, Deaf(), work))
    assert recording.state().sources[0].error == "could not commit: broker away"


@pytest.mark.parametrize("text", [b"[]", b"{", b'{"mill": 1'])
def test_a_cursors_file_that_is_none_is_refused(tmp_path: Path, text: bytes) -> None:
    from smelt.terms.errors import InputError

    own = tmp_path / "landing/.recorders"
    own.mkdir(parents=True)
    (own / "shop.json").write_bytes(text)
    with pytest.raises(InputError, match=r"shop\.json holds .*expected a JSON object"):
        asyncio.run(opened(tmp_path).begin([Source()], "a test"))
