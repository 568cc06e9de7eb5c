"""How a run is told to stop: by a signal, by its time; a wait ends at once, a second signal ends the process."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from smelt.cli.stopping import SIGNALS, Stopping, stopping

WHERE = Path(__file__).parents[2]


class Time:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def stop() -> Iterator[Stopping]:
    made = Stopping(timedelta(minutes=20), Time())
    yield made
    made.close()


def test_its_time_ends_it(stop: Stopping) -> None:
    assert not stop.is_due()
    stop.monotonic.now += 1199  # type: ignore[attr-defined]
    assert not stop.is_due() and not stop.wait(0)
    stop.monotonic.now += 1  # type: ignore[attr-defined]
    assert stop.is_due() and stop.wait(3600)


def test_without_a_time_only_a_signal_does() -> None:
    stop = Stopping()
    assert not stop.wait(0)
    stop.ask(signal.SIGTERM)
    assert stop.is_due() and stop.signal_name == "SIGTERM"
    stop.close()


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_ends_a_wait_at_once(number: int) -> None:
    with stopping() as stop:
        threading.Timer(0.05, os.kill, (os.getpid(), number)).start()
        assert stop.wait(3600)
        assert stop.signal_name == signal.Signals(number).name


def test_handlers_are_put_back() -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    with stopping(timedelta(hours=1)):
        assert [signal.getsignal(number) for number in SIGNALS] != before
    assert [signal.getsignal(number) for number in SIGNALS] == before


def test_in_another_thread_the_time_still_ends_it() -> None:
    found: list[bool] = []

    def work() -> None:
        with stopping(timedelta(microseconds=1)) as stop:
            found.append(stop.wait(3600))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [True]


@pytest.mark.system
@pytest.mark.parametrize("number", SIGNALS)
def test_a_second_signal_ends_the_process(number: int) -> None:
    code = (
        "import sys, time\nfrom smelt.cli.stopping import stopping\n"
        "with stopping() as stop:\n"
        "    print('ready', flush=True)\n    stop.wait(600)\n    print('asked', flush=True)\n    time.sleep(600)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=WHERE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process, process.stdout:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert process.stdout.readline() == "asked\n"
        process.send_signal(number)
        assert process.wait(30) == -number
