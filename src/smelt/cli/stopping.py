"""How a run is told to stop: SIGTERM, SIGINT, or its time; waits end at once, a second signal ends the process."""

import os
import select
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@dataclass
class Stopping:
    """What ends a run: `after` from now on, or a signal, which is named once it has come.

    The handler writes into a pipe, and a wait looks at it: an Event could be caught in its own lock.
    """

    after: timedelta | None = None
    monotonic: Callable[[], float] = time.monotonic
    signal_name: str | None = None

    def __post_init__(self) -> None:
        self._woken, self._wake = os.pipe()
        self._deadline = None if self.after is None else self.monotonic() + self.after.total_seconds()

    def ask(self, number: int) -> None:
        """Stop, as a signal asks; end the process if it is not the first one."""
        if self.signal_name is not None:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        self.signal_name = signal.Signals(number).name
        os.write(self._wake, b"x")

    def is_due(self) -> bool:
        """Say whether to stop."""
        return self.signal_name is not None or self._left() <= 0

    def wait(self, seconds: float) -> bool:
        """Wait so long, but not after a signal or the end of the time; say whether to stop."""
        if not self.is_due():
            select.select([self._woken], [], [], max(0.0, min(seconds, self._left(), threading.TIMEOUT_MAX)))
        return self.is_due()

    def close(self) -> None:
        """Close the pipe."""
        os.close(self._woken)
        os.close(self._wake)

    def _left(self) -> float:
        return float("inf") if self._deadline is None else self._deadline - self.monotonic()


@contextmanager
def stopping(after: timedelta | None = None) -> Iterator[Stopping]:
    """Take SIGTERM and SIGINT while the block runs; the work in it asks whether to stop.

    Signals reach the main thread alone: elsewhere only the time ends the work.
    """
    import polars  # noqa: F401 it takes SIGINT when it is imported, and breaks off its queries: not after this

    stop = Stopping(after)

    def heard(number: int, _: FrameType | None) -> None:
        stop.ask(number)

    is_main = threading.current_thread() is threading.main_thread()
    before = {number: signal.signal(number, heard) for number in SIGNALS} if is_main else {}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        stop.close()
