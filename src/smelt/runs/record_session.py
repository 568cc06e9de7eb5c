"""One recording process at work: a task for each source, one that delivers, and what ends them all in good order."""

import asyncio
import contextlib
import random
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from smelt.ingest.agent_requests import Pace, open_client
from smelt.ingest.backoff import Backoff
from smelt.ingest.recorder import Clock, Recorder
from smelt.ingest.recorder_state import RecorderState
from smelt.ingest.recording import LandingRecording
from smelt.runs.plant.live_sources import RecorderParts, recorder_of
from smelt.terms.errors import InputError, SmeltError, TransientError
from smelt.terms.plant import Agent

WATCH_SECONDS = 0.5


@dataclass
class RecordSession:
    """Records agents until told to stop.

    for_seconds : end after so long; None: not by time.
    once : end when no source has anything more.
    tick : called twice a second with how it goes; what it raises ends the session.
    """

    agents: Sequence[Agent]
    pace: Pace
    clock: Clock
    rng: random.Random
    for_seconds: float | None
    once: bool
    tick: Callable[[RecorderState], None]

    async def run(self, recording: LandingRecording, who: str) -> RecorderState:
        """Record; whatever ended it, what was read is delivered before this returns or raises.

        Raises
        ------
        InputError
            If a source's URL is wrong.
        TransientError
            If a source was away with `once`, or what was read last could be stored nowhere.
        """
        stop = _stop_signals()
        async with open_client() as client:
            parts = RecorderParts(client, self.pace, self.clock, self.rng)
            recorders = [recorder_of(agent, parts) for agent in self.agents]
            await recording.begin(recorders, who)
            keeping = asyncio.create_task(recording.keep())
            running = [asyncio.create_task(self._supervised(r, recording)) for r in recorders]
            try:
                await self._watched(recording, (*running, keeping), stop)
            finally:
                await _ended(running)
                recording.stop()
                await keeping
                is_durable = await recording.close()
        if not is_durable:
            error = str(recording.state().error).removesuffix(".")
            raise TransientError(
                f"{error}. What was read last is in neither: it is read again from its sources, or, where they cannot "
                "say it again, from the journal beside the spool."
            )
        for task in running:
            if not task.cancelled():
                task.result()
        return recording.state()

    async def _supervised(self, recorder: Recorder, recording: LandingRecording) -> None:
        """Run a recorder; one that fails in a way nobody foresaw goes on from what it put last."""
        backoff = Backoff(self.rng)
        while True:
            try:
                return await recorder.run(recording.cursor(recorder.name), recording, once=self.once)
            except SmeltError:
                raise
            except Exception as error:
                recording.trouble(recorder.name, f"{recorder.url}: {type(error).__name__}: {error}")
                await asyncio.sleep(backoff.failed())

    async def _watched(
        self, recording: LandingRecording, tasks: Sequence["asyncio.Task[None]"], stop: asyncio.Event
    ) -> None:
        """Return when it is time to end, or all sources have; raise what must end it."""
        now = asyncio.get_running_loop().time
        until = now() + self.for_seconds if self.for_seconds is not None else float("inf")
        *running, keeping = tasks
        while not stop.is_set() and now() < until and not all(r.done() for r in running):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), min(WATCH_SECONDS, until - now()))
            self.tick(recording.state())
            for task in tasks:
                if task.done() and (task is keeping or isinstance(task.exception(), InputError)):
                    task.result()


async def _ended(tasks: Sequence["asyncio.Task[None]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _stop_signals() -> asyncio.Event:
    """Return an event that SIGTERM or SIGINT sets; a second one ends the process as usual."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def end() -> None:
        stop.set()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)

    with contextlib.suppress(ValueError, NotImplementedError, RuntimeError):  # not the main thread, or Windows
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, end)
    return stop
