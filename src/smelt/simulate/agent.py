"""The agent: numbers observations in order of arrival, answers a poll a minute, and now and then starts anew."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from smelt.simulate.channels import Channels
from smelt.simulate.document import Instance, header, heartbeat, observation_texts, streams
from smelt.simulate.fleet import FLEET
from smelt.simulate.model import AGENT_UUID
from smelt.simulate.observations import Latest, Observations, merge, said

POLL_MS = 60_000
COUNT = 1000
HEARTBEAT_EVERY = 5  # polls without news
_CONNECT_MS = 1_200


@dataclass(frozen=True)
class Document:
    """A document as it is handed to delivery."""

    created_ms: int
    body: bytes
    observations: int


class Agent:
    """One agent for the plant. Feed it hour by hour; it gives documents back.

    A restart makes a new instance: sequences begin at 1, every data item is UNAVAILABLE until the
    adapters have connected and sent what they know.
    """

    def __init__(self, channels: Channels, start_ms: int) -> None:
        self._channels = channels
        self._known = Latest(channels)
        self._instance = Instance(start_ms)
        self._next = 1
        self._quiet = 0
        self._pending = self._wake(start_ms)

    def observe(self, seen: Observations, start_ms: int, end_ms: int) -> Iterator[Document]:
        """Take in what arrives in [start, end), whole minutes, and answer the polls of that time."""
        rows = merge([self._pending, seen])
        self._known.update(seen)
        self._pending = rows.take(rows.arrive_ms >= end_ms)
        yield from self._answer(rows.take(rows.arrive_ms < end_ms), start_ms, end_ms)

    def restart(self, at_ms: int) -> None:
        """Begin a new instance whose adapters have connected at an instant; what was not polled is lost."""
        self._instance, self._next, self._quiet = Instance(at_ms - _CONNECT_MS), 1, 0
        self._pending = merge([self._wake(self._instance.started_ms), self._known.again(at_ms)])

    def lose(self, seen: Observations) -> None:
        """Let observations pass that arrive while the agent is down; adapters remember them."""
        self._known.update(seen)

    def _wake(self, at_ms: int) -> Observations:
        """Return what an agent says first: everything UNAVAILABLE, then itself and its adapters."""
        channels = self._channels
        nothing = said(at_ms + 30, channels.initial, [channels.all[c].unavailable for c in channels.initial])
        mine = [channels.of["Agent", "avail", None]] + [channels.of["Agent", "device_added", None]] * (len(FLEET) + 1)
        itself = said(at_ms + 41, mine, ['"AVAILABLE"', f'"{AGENT_UUID}"', *(f'"{m.name}"' for m in FLEET)])
        links = [channels.of["Agent", f"{m.name}_connection_status", None] for m in FLEET]
        linked = said(at_ms + _CONNECT_MS - 100, links, ['"ESTABLISHED"'] * len(links))
        return merge([nothing, itself, linked])

    def _answer(self, rows: Observations, start_ms: int, end_ms: int) -> Iterator[Document]:
        polls = np.arange(start_ms + POLL_MS, end_ms + 1, POLL_MS)
        edges = np.searchsorted(rows.arrive_ms, polls).tolist()
        poll = np.searchsorted(polls, rows.arrive_ms, "right")
        starts = np.concatenate(([0], edges[:-1]))
        page = (np.arange(len(rows)) - starts[poll]) // COUNT if len(rows) else poll
        order = np.lexsort((rows.channel, page, poll))
        sequence = self._next + order
        texts = observation_texts(
            self._channels, rows.channel[order], rows.token[order].tolist(), sequence, rows.stamp_ms[order]
        )
        channel = rows.channel[order]
        first = 0
        for poll_ms, edge in zip(polls.tolist(), edges, strict=True):
            last_sequence = self._next + edge - 1
            if edge == first:
                yield from self._keep_alive(poll_ms, last_sequence)
                continue
            self._quiet = 0
            for page_first in range(first, edge, COUNT):
                upto = min(page_first + COUNT, edge)
                head = header(self._instance, poll_ms, self._next + upto, last_sequence)
                body = streams(self._channels, channel[page_first:upto], texts[page_first:upto])
                yield Document(poll_ms, f"{head}{body}}}}}".encode(), upto - page_first)
            first = edge
        self._next += len(rows)

    def _keep_alive(self, poll_ms: int, last_sequence: int) -> Iterator[Document]:
        self._quiet += 1
        if self._quiet % HEARTBEAT_EVERY == 0:
            yield Document(poll_ms, heartbeat(self._instance, poll_ms, last_sequence).encode(), 0)
