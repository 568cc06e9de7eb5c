"""Live sources as the contract of recorders sees them: a URL, data that is made, and what of it was recorded."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

from tests.agents import GeneratedAgent
from tests.recorded import observations
from tests.replaying_agent import ReplayingAgent


class Live(Protocol):
    """A source that keeps what it made until it was read.

    made : everything that was ever added, by a key that survives being recorded twice.
    """

    url: str

    def add(self, count: int) -> None: ...

    @property
    def made(self) -> Mapping[Any, Any]: ...

    def recorded(self, landing: Path) -> Mapping[Any, Any]:
        """What of it stands in the landing zone, by the same key."""
        ...


OpenLive = Callable[[Path], AbstractContextManager[Live]]


class LiveAgent:
    """An MTConnect agent."""

    def __init__(self, server: ReplayingAgent, agent: GeneratedAgent) -> None:
        self.url, self._agent = server.url, agent

    def add(self, count: int) -> None:
        self._agent.add(count)

    @property
    def made(self) -> Mapping[Any, Any]:
        return self._agent.made

    def recorded(self, landing: Path) -> Mapping[Any, Any]:
        return observations(landing)


@contextmanager
def live_agent(folder: Path) -> Iterator[Live]:
    agent = GeneratedAgent()
    with ReplayingAgent(agent) as server:
        yield LiveAgent(server, agent)
