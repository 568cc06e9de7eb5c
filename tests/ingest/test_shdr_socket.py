"""The recorder of an adapter's port: lines as they come, a heartbeat, and silence that is told."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.adapters import Adapter, served
from tests.recordings import Recorded, record_once
from tests.servers import free_port

from smelt.ingest.recorder import Cursor
from smelt.ingest.shdr_socket import ShdrRecorder, _whole_lines, _without_pong
from smelt.terms.errors import InputError, TransientError

NOW_US = 1_795_512_600_123_456
LINE = b"2026-11-24T09:30:00Z|avail|AVAILABLE\n"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smelt.ingest.shdr_socket.QUIET_SECONDS", 0.1)


def recorder(port: int, device: str = "Mazak01", **more: Any) -> ShdrRecorder:
    url = f"shdr://127.0.0.1:{port}/{device}"
    return ShdrRecorder(url, "mill", lambda: NOW_US, random.Random(0), 0.01, **more)


def body(recorded: Recorded) -> bytes:
    return b"".join(p.body for p in recorded.parts)


def listening(adapter: Adapter, work: Callable[[Recorded], Awaitable[None]], resume: Cursor | None = None) -> Recorded:
    """Record an adapter while `work` goes on."""

    async def go() -> Recorded:
        source = recorder(adapter.port)
        recorded = Recorded(recorder=source)
        task = asyncio.create_task(source.run(resume, recorded))
        try:
            async with asyncio.timeout(10):
                await work(recorded)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        return recorded

    return asyncio.run(go())


async def until(is_so: Callable[[], object]) -> None:
    while not is_so():
        await asyncio.sleep(0.005)


def test_lines_are_kept_as_they_are_and_heartbeats_are_not() -> None:
    said = b"* adapterVersion: 2\n" + LINE + b"torn|\r\n\xff\xfe|x\n"
    with served(Adapter(known=[said])) as adapter:
        got = asyncio.run(record_once(recorder(adapter.port)))
    assert body(got) == said
    [part] = got.parts
    assert (part.source, part.content_type) == (f"shdr://127.0.0.1:{adapter.port}/Mazak01", "text/x-shdr")
    assert part.is_once and part.received_at_us == NOW_US and got.cursor == {"heard_us": NOW_US}


def test_a_line_without_a_time_gets_that_of_its_arrival() -> None:
    with served(Adapter(known=[b"|avail|AVAILABLE\n" + LINE + b"|mode|AUTO\n"])) as adapter:
        got = asyncio.run(record_once(recorder(adapter.port)))
    stamp = b"2026-11-24T09:30:00.123456Z"
    assert body(got) == stamp + b"|avail|AVAILABLE\n" + LINE + stamp + b"|mode|AUTO\n"


def test_a_line_waits_for_its_end() -> None:
    async def work(recorded: Recorded) -> None:
        await until(lambda: adapter.pings)
        adapter.say(LINE[:10])
        await asyncio.sleep(0.05)
        assert body(recorded) == b""
        adapter.say(LINE[10:] + LINE[:5])
        await until(lambda: body(recorded))

    with served(Adapter()) as adapter:
        assert body(listening(adapter, work)) == LINE


def test_an_adapter_that_hangs_up_is_called_again_and_the_silence_told() -> None:
    async def work(recorded: Recorded) -> None:
        await recorded.until(1)
        adapter.say(b"torn")
        adapter.hang_up()
        await recorded.until(2)

    with served(Adapter(known=[LINE])) as adapter:
        got = listening(adapter, work)
    assert body(got) == LINE + LINE
    assert any("ended the connection" in t for t in got.troubles)
    [gap] = got.gaps
    assert (gap.kind, gap.count) == ("lost", None) and "nobody listened to adapter" in gap.text


def test_a_heartbeat_is_kept() -> None:
    async def work(recorded: Recorded) -> None:
        await until(lambda: adapter.pings >= 3)

    with served(Adapter(heartbeat_ms=60)) as adapter:
        got = listening(adapter, work)
    assert got.troubles == []


def test_two_heartbeats_of_silence_are_death() -> None:
    async def work(recorded: Recorded) -> None:
        await until(lambda: adapter.pings >= 2)
        adapter.heartbeat_ms = None
        await until(lambda: recorded.troubles)

    with served(Adapter(heartbeat_ms=60)) as adapter:
        got = listening(adapter, work)
    assert "two heartbeats: taken for dead" in got.troubles[0]


def test_a_resumed_recording_tells_how_long_nobody_listened() -> None:
    with served(Adapter(known=[LINE])) as adapter:
        got = asyncio.run(record_once(recorder(adapter.port), {"heard_us": NOW_US - 60_000_000}))
    [gap] = got.gaps
    assert "from 2026-11-24T09:29:00.123456Z to 2026-11-24T09:30:00.123456Z" in gap.text


def test_once_ends_though_the_adapter_talks_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smelt.ingest.shdr_socket.ONCE_SECONDS", 0.2)

    async def talks() -> Recorded:
        task = asyncio.create_task(record_once(recorder(adapter.port)))
        while not task.done():
            adapter.say(LINE)
            await asyncio.sleep(0.01)
        return await task

    with served(Adapter()) as adapter:
        assert body(asyncio.run(talks())).count(LINE) > 5


def test_an_adapter_that_is_away_is_said_in_a_sentence() -> None:
    with pytest.raises(TransientError, match=r"adapter 127\.0\.0\.1:\d+: .*refused|Connect call failed"):
        asyncio.run(record_once(recorder(free_port())))


@pytest.mark.parametrize("url", ["shdr://host:7878", "shdr://host:7878/", "shdr://:7878/x", "shdr://host:x/y"])
def test_an_odd_url_is_refused(url: str) -> None:
    with pytest.raises(InputError, match="expected"):
        ShdrRecorder(url, "m", lambda: 0, random.Random(0))


@given(st.lists(st.binary(max_size=20), max_size=8))
def test_cut_anywhere_the_lines_are_the_same(pieces: list[bytes]) -> None:
    given_out, rest = b"", b""
    for piece in pieces:
        whole, rest = _whole_lines(rest + piece)
        assert whole == b"" or whole.endswith(b"\n")
        given_out += whole
    assert given_out + rest == b"".join(pieces) and b"\n" not in rest


def test_what_has_no_line_ends_is_no_adapter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smelt.ingest.shdr_socket.LONGEST_LINE_BYTES", 100)
    with pytest.raises(TransientError, match="101 bytes without a line's end"):
        _whole_lines(b"x\n" + bytes(101))


@given(st.lists(st.sampled_from([LINE, b"* PONG 500\n", b"* PONG 2000\r\n", b"* PONGS\n", b"\n"]), max_size=6))
def test_only_heartbeats_are_taken_out(lines: list[bytes]) -> None:
    beat, rest = _without_pong(b"".join(lines), 10.0)
    pongs = [line for line in lines if line.startswith(b"* PONG ")]
    assert rest == b"".join(line for line in lines if line not in pongs)
    assert beat == (float(pongs[-1].split()[2]) / 1000 if pongs else 10.0)
