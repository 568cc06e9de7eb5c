"""The contract of a recorder, run on every implementation: record, be killed, resume = one pass, nothing lost."""

import asyncio
import contextlib
import json
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.adapters import Adapter, served
from tests.live import Live, OpenLive, live_agent
from tests.live_brokers import LiveAdapter, live_adapter, live_kafka, live_kinesis, live_mqtt
from tests.recorded import recorded_parts

from smelt.ingest.agent import AgentRecorder
from smelt.ingest.agent_requests import Pace, open_client
from smelt.ingest.delivery import Delivery
from smelt.ingest.kafka import KafkaRecorder
from smelt.ingest.kinesis import KinesisRecorder
from smelt.ingest.landing_zone import LandingZone
from smelt.ingest.mqtt import MqttRecorder
from smelt.ingest.recorder import Recorder
from smelt.ingest.recording import LandingRecording, Rolling
from smelt.ingest.shdr_socket import ShdrRecorder
from smelt.ingest.spool import Spool
from smelt.runs.plant.live_sources import RecorderParts, recorder_of
from smelt.terms.plant import Agent

RECORDERS: dict[type[Recorder], tuple[OpenLive, bool]] = {  # how its source is opened, and whether it starts a server
    AgentRecorder: (live_agent, False),
    MqttRecorder: (live_mqtt, True),
    KafkaRecorder: (live_kafka, True),
    KinesisRecorder: (live_kinesis, True),
    ShdrRecorder: (live_adapter, False),
}
PARAMS = [
    pytest.param(opened, marks=[pytest.mark.system] * is_server, id=kind.__name__)
    for kind, (opened, is_server) in RECORDERS.items()
]


@pytest.fixture(params=PARAMS)
def live(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Live]:
    with request.param(tmp_path / "source") as opened:
        yield opened


def now_us() -> int:
    return time.time_ns() // 1000


def record(root: Path, url: str, seed: int, for_seconds: float | None = None, *, dies: bool = False) -> None:
    """Record once, or for so long; one that dies closes nothing, and what is in memory is gone."""

    async def go() -> None:
        zone, spool, rng = LandingZone(str(root / "landing")), Spool(root / "spool", 1 << 24), random.Random(seed)
        recording = LandingRecording(Delivery("shop", zone, spool, rng), Rolling(0.01), now_us, rng)
        async with open_client() as client:
            parts = RecorderParts(client, Pace(interval_ms=2, heartbeat_ms=1000, count=50), now_us, rng)
            recorder = recorder_of(Agent("mill", url=url), parts)
            await recording.begin([recorder], "a test")
            keeping = asyncio.create_task(recording.keep())
            run = recorder.run(recording.cursor("mill"), recording, once=for_seconds is None)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(run, for_seconds)
            if dies:
                keeping.cancel()
                return
            recording.stop()
            await keeping
            assert await recording.close()

    asyncio.run(go())


def test_once_records_all_that_there_is(live: Live, tmp_path: Path) -> None:
    record(tmp_path, live.url, 0)  # a subscription begins
    live.add(300)
    record(tmp_path, live.url, 1)
    assert live.recorded(tmp_path / "landing") == live.made


def test_a_second_pass_has_nothing_new(live: Live, tmp_path: Path) -> None:
    record(tmp_path, live.url, 0)
    live.add(50)
    record(tmp_path, live.url, 1)
    before = live.recorded(tmp_path / "landing")
    record(tmp_path, live.url, 2)
    assert live.recorded(tmp_path / "landing") == before == live.made


@pytest.mark.parametrize("seed", range(3))
def test_cancelled_or_dead_and_resumed_is_one_pass(live: Live, tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    record(tmp_path, live.url, 1000)
    for n in range(5):
        live.add(rng.randint(0, 150))
        record(tmp_path, live.url, n, rng.uniform(0.005, 0.12), dies=rng.random() < 0.5)
    record(tmp_path, live.url, 1001)
    assert live.recorded(tmp_path / "landing") == live.made


def plant(root: Path, live: Live, roll_seconds: float) -> list[str]:
    """Write a plant that records the source; return the command that does it."""
    (root / "plant.toml").write_text(
        f'[source]\nlanding = "landing"\n[record]\nroll_seconds = {roll_seconds}\ninterval_ms = 5\n'
        f'[[agents]]\nname = "mill"\nurl = "{live.url}"\n'
    )
    return [sys.executable, "-m", "smelt", "record", "--plant", str(root)]


@contextlib.contextmanager
def recording(command: list[str], root: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start to record, and kill it in the end."""
    (root / "landing/.recorders/recorder.state.json").unlink(missing_ok=True)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def is_recording(root: Path) -> bool:
    return (root / "landing/.recorders/recorder.state.json").exists()


def killed_again_and_again(live: Live, root: Path, kills: int) -> None:
    """SIGKILL a recording process at random points while data is made, then let one finish."""
    rng, command = random.Random(kills), plant(root, live, 0.02)
    subprocess.run([*command, "--once"], check=True, capture_output=True)
    for _ in range(kills):
        with recording(command, root) as process:
            while not is_recording(root) and process.poll() is None and rng.random() > 0.002:
                live.add(rng.randint(0, 3))
                time.sleep(0.01)
            for _ in range(rng.randint(0, 20)):
                live.add(rng.randint(0, 30))
                time.sleep(rng.uniform(0, 0.01))
            assert process.poll() is None, "it ended by itself"
    subprocess.run([*command, "--once"], check=True, capture_output=True)
    assert live.recorded(root / "landing") == live.made


@pytest.mark.system
def test_sigkill_at_random_points_loses_nothing(live: Live, tmp_path: Path) -> None:
    killed_again_and_again(live, tmp_path, 4)


@pytest.mark.slow
def test_sigkill_fifty_times_loses_nothing(live: Live, tmp_path: Path) -> None:
    killed_again_and_again(live, tmp_path, 50)


@contextlib.contextmanager
def listening(command: list[str], root: Path, adapter: Adapter) -> Iterator[None]:
    """Start to record, begin once the adapter is listened to, and kill it in the end."""
    before = adapter.pings
    with recording(command, root) as process:
        while adapter.pings == before:
            assert process.poll() is None, "it ended by itself"
            time.sleep(0.01)
        yield


def heard_and_killed(root: Path, kills: int) -> None:
    """SIGKILL a process at random points that hears lines which nobody says again."""
    rng, said, sure = random.Random(kills), 0, set[str]()
    with served(Adapter(heartbeat_ms=None)) as adapter:
        live = LiveAdapter(adapter)
        for _ in range(kills):
            command = plant(root, live, rng.choice([0.02, 0.4, 3600]))
            with listening(command, root, adapter):
                first = said
                for is_sure in (True, False):
                    for _ in range(rng.randint(1, 10)):
                        lines = [f"2026-11-24T09:30:00Z|i{n}|{n}\n" for n in range(said, said + rng.randint(1, 50))]
                        said += len(lines)
                        adapter.say("".join(lines).encode())
                        time.sleep(rng.uniform(0, 0.02))
                    if is_sure:
                        adapter.wait_until_heard()
                        sure |= {f"i{n}" for n in range(first, said)}
        adapter.heartbeat_ms = 10_000
        subprocess.run([*command, "--once"], check=True, capture_output=True)
    counts = Counter(line.split("|")[1] for line in live.lines(root / "landing"))
    assert sure <= set(counts) and max(counts.values()) == 1


@pytest.mark.system
def test_what_was_heard_once_is_neither_lost_nor_doubled_by_sigkill(tmp_path: Path) -> None:
    heard_and_killed(tmp_path, 4)


@pytest.mark.system
def test_what_is_published_with_qos_0_survives_sigkill(tmp_path: Path) -> None:
    with live_mqtt(tmp_path / "source", qos=0) as live:
        command = plant(tmp_path, live, 3600)
        subprocess.run([*command, "--once"], check=True, capture_output=True)
        with recording(command, tmp_path) as process:
            while not is_recording(tmp_path):
                time.sleep(0.05)
            journal, until = tmp_path / "spool/recorder/journal/0000000001.journal", time.monotonic() + 60
            while not journal.exists() or list(live.made.values())[-1] not in journal.read_bytes():
                assert process.poll() is None and time.monotonic() < until
                live.add(10)
                time.sleep(0.05)
        heard = {json.loads(n)["n"] for n in re.findall(rb'\{"n":\d+\}', journal.read_bytes())}
        subprocess.run([*command, "--once"], check=True, capture_output=True)
    landed = Counter(json.loads(part.body)["n"] for part in recorded_parts(tmp_path / "landing"))
    assert landed == Counter(heard) and list(live.made)[-1] in heard


@pytest.mark.slow
def test_what_was_heard_once_survives_fifty_kills(tmp_path: Path) -> None:
    heard_and_killed(tmp_path, 50)


@pytest.mark.system
def test_sigterm_delivers_what_was_read_and_exits_0(live: Live, tmp_path: Path) -> None:
    live.add(10)
    with recording(plant(tmp_path, live, 3600), tmp_path) as process:
        until = time.monotonic() + 60
        while not is_recording(tmp_path) and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(2)  # a broker keeps nothing for who has not subscribed yet
        live.add(40)
        time.sleep(2)
        process.terminate()
        assert process.wait(20) == 0
    last = {key: live.made[key] for key in list(live.made)[-40:]}
    assert last.items() <= live.recorded(tmp_path / "landing").items()
