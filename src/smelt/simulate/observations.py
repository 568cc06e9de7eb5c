"""Observations on their way from adapters to the agent: columns of arrival, stamp, channel and token."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smelt.simulate.channels import Channels
from smelt.simulate.day import Times


@dataclass(frozen=True)
class Observations:
    """Rows of equal length: when each reaches the agent, what it is stamped with, its channel, its JSON token."""

    arrive_ms: Times
    stamp_ms: Times
    channel: NDArray[np.int64]
    token: NDArray[np.object_]

    def __len__(self) -> int:
        return int(self.arrive_ms.size)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_] | slice) -> "Observations":
        """Return some of the rows."""
        return Observations(self.arrive_ms[rows], self.stamp_ms[rows], self.channel[rows], self.token[rows])

    def between(self, start_ms: int, end_ms: int) -> "Observations":
        """Return the rows that arrive in [start, end); the rows must be in order of arrival."""
        first, last = np.searchsorted(self.arrive_ms, [start_ms, end_ms])
        return self.take(slice(int(first), int(last)))


def said(at_ms: int, channels: Sequence[int] | NDArray[np.int64], tokens: Sequence[str]) -> Observations:
    """Make observations that all arrive and are stamped at one instant."""
    times = np.full(len(channels), at_ms, np.int64)
    return Observations(times, times, np.asarray(channels, np.int64), np.asarray(tokens, dtype=object))


def merge(parts: Sequence[Observations]) -> Observations:
    """Join observations in order of arrival; those that arrive together stay in the order given."""
    arrive_ms = np.concatenate([p.arrive_ms for p in parts])
    order = np.argsort(arrive_ms, kind="stable")
    columns = (np.concatenate([getattr(p, c) for p in parts])[order] for c in ("stamp_ms", "channel", "token"))
    return Observations(arrive_ms[order], *columns)


class Latest:
    """The last observation of every data item: what an adapter sends again when it is asked for everything."""

    def __init__(self, channels: Channels) -> None:
        count = int(channels.item.max()) + 1
        self._item = channels.item
        self.channel = np.full(count, -1, np.int64)
        self.token = np.empty(count, object)

    def update(self, seen: Observations) -> None:
        """Take in observations in order of arrival."""
        items = self._item[seen.channel]
        self.channel[items] = seen.channel
        self.token[items] = seen.token

    def copy(self) -> "Latest":
        """Return an independent copy."""
        other = Latest.__new__(Latest)
        other._item, other.channel, other.token = self._item, self.channel.copy(), self.token.copy()
        return other

    def again(self, at_ms: int, items: NDArray[np.int64] | None = None) -> Observations:
        """Return what is known, of some items or all, as said at an instant, in order of channel."""
        chosen = np.arange(self.channel.size) if items is None else items
        known = chosen[self.channel[chosen] >= 0]
        known = known[np.argsort(self.channel[known], kind="stable")]
        return said(at_ms, self.channel[known], self.token[known].tolist())
