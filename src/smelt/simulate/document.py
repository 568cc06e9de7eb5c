"""MTConnectStreams documents in JSON version 2, printed as the reference agent 2.5 prints them."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from smelt.simulate.channels import Channels, Place
from smelt.simulate.day import Times
from smelt.simulate.fleet import AGENT_NAME

BUFFER_SIZE = 131_072
AGENT_VERSION, SCHEMA_VERSION = "2.5.0.11", "2.3"
_FRACTION = ["" if ms == 0 else f".{ms:03d}".rstrip("0") for ms in range(1000)]


@dataclass(frozen=True)
class Instance:
    """An agent's life from one start to the next."""

    started_ms: int

    @property
    def id(self) -> int:
        """The instance id: the start in seconds since 1970."""
        return self.started_ms // 1000


def time_texts(at_ms: Times) -> list[str]:
    """Print instants as agents do, without trailing zeros and without the Z.

    Examples
    --------
    >>> time_texts(np.array([1_500, 2_000]))
    ['1970-01-01T00:00:01.5', '1970-01-01T00:00:02']
    """
    if at_ms.size == 0:
        return []
    seconds = at_ms // 1000
    known, number = np.unique(seconds, return_inverse=True)
    texts = np.datetime_as_string(known.astype("datetime64[s]")).tolist()
    return [texts[s] + _FRACTION[f] for s, f in zip(number.tolist(), (at_ms % 1000).tolist(), strict=True)]


def time_text(at_ms: int) -> str:
    """Print one instant likewise, but with its Z.

    Examples
    --------
    >>> time_text(1_500)
    '1970-01-01T00:00:01.5Z'
    """
    return f"{datetime.fromtimestamp(at_ms // 1000, UTC):%Y-%m-%dT%H:%M:%S}{_FRACTION[at_ms % 1000]}Z"


def header(instance: Instance, created_ms: int, next_sequence: int, last_sequence: int) -> str:
    """Print a document up to and including the name of its Streams."""
    created, started = time_text(created_ms // 1000 * 1000), time_text(instance.started_ms)
    first = max(1, last_sequence - BUFFER_SIZE + 1)
    return (
        f'{{"MTConnectStreams":{{"jsonVersion":2,"schemaVersion":"{SCHEMA_VERSION}","Header":{{'
        f'"version":"{AGENT_VERSION}","creationTime":"{created}","testIndicator":false,"instanceId":{instance.id},'
        f'"sender":"{AGENT_NAME}","schemaVersion":"{SCHEMA_VERSION}","deviceModelChangeTime":"{started}",'
        f'"bufferSize":{BUFFER_SIZE},"nextSequence":{next_sequence},"lastSequence":{last_sequence},'
        f'"firstSequence":{first}}},"Streams":'
    )


def heartbeat(instance: Instance, created_ms: int, last_sequence: int) -> str:
    """Print a document that says only that the agent lives."""
    return header(instance, created_ms, last_sequence + 1, last_sequence) + "{}}}"


def streams(channels: Channels, channel: NDArray[np.int64], texts: list[str]) -> str:
    """Print the Streams of one document from its observations, which must be in order of channel."""
    group = channels.group[channel]
    edges = (np.flatnonzero(np.diff(group)) + 1).tolist()
    pieces = ['{"DeviceStream":[']
    former: Place | None = None
    for first, last in zip([0, *edges], [*edges, len(texts)], strict=True):
        place = channels.places[int(group[first])]
        pieces += (_open(former, place), ",".join(texts[first:last]))
        former = place
    pieces.append("]}}]}]}")
    return "".join(pieces)


def _open(former: Place | None, place: Place) -> str:
    """Close what the former place had open and open what this one needs."""
    if former is None:
        return f"{place.device}{place.component}{place.category}{place.element}"
    if former.device != place.device:
        return f"]}}}}]}},{place.device}{place.component}{place.category}{place.element}"
    if former.component != place.component:
        return f"]}}}},{place.component}{place.category}{place.element}"
    if former.category != place.category:
        return f"]}}{place.category}{place.element}"
    return f"],{place.element}"


def observation_texts(
    channels: Channels, channel: NDArray[np.int64], tokens: list[str], sequence: NDArray[np.int64], stamp_ms: Times
) -> list[str]:
    """Print observations."""
    before, after, middle, end = channels.before, channels.after, channels.middle, channels.end
    rows = zip(channel.tolist(), tokens, sequence.tolist(), time_texts(stamp_ms), strict=True)
    return [f"{before[c]}{token}{after[c]}{n}{middle[c]}{stamp}Z{end[c]}" for c, token, n, stamp in rows]
