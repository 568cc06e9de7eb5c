"""Envelopes of many records, opened without reading what is in them: what surely is an envelope is told by its keys."""

from dataclasses import replace
from typing import Any, NamedTuple

from smelt.mtconnect.event_time import EventTimes
from smelt.mtconnect.json.values import parse
from smelt.mtconnect.records import envelopes
from smelt.mtconnect.records.batch import Sender
from smelt.mtconnect.records.envelopes import BLANKS, MAX_ENVELOPES
from smelt.terms.observation import Origin

_MEMBERS = frozenset(
    (
        "topic", "payload", "tst", "qos", "retain", "payloadlen", "mid", "properties",
        "partition", "offset", "tstype", "ts", "broker", "headers", "key", "value", "timestamp", "schema",
    )
)  # fmt: skip


class Opened(NamedTuple):
    """What was in an envelope or in several, one in the other, and where it came from.

    around : the envelopes, the outer one first.
    depth : how many there were, counting texts that hold JSON.
    """

    payload: Any
    sender: Sender
    around: tuple[dict[str, Any], ...] = ()
    depth: int = 0

    @property
    def record(self) -> dict[str, Any]:
        """What may be a record in envelopes; without members if it is none."""
        return self.payload if self.depth and isinstance(self.payload, dict) else {}

    def origin(self, times: EventTimes, origin: Origin) -> Origin:
        """Return the origin of what was in the envelopes, which came from `origin`."""
        arrived = [time_us for value in self.around if (time_us := envelopes.arrival(value, times)) is not None]
        received_at_us = arrived[-1] if arrived else origin.received_at_us
        return replace(origin, **self.sender._asdict(), received_at_us=received_at_us)


def open_up(value: Any, origin: Origin) -> Opened:
    """Return what is in envelopes, as deep as their keys tell that they are nothing else, and in texts in them.

    Examples
    --------
    >>> open_up({"topic": "t", "payload": '{"key":"k","value":{"id":"x"}}'}, Origin())[:2]
    ({'id': 'x'}, Sender(source='t', record_key='k'))
    """
    opened = Opened(value, Sender(origin.source, origin.record_key))
    while opened.depth < MAX_ENVELOPES:
        payload = opened.payload
        if isinstance(payload, dict):
            if not (payload.keys() <= _MEMBERS and envelopes.fits(payload)):
                break
            held = envelopes.held_in(payload)
            source, key = opened.sender
            sender = Sender(source if held.topic is None else held.topic, key if held.key is None else held.key)
            opened = Opened(held.payload, sender, (*opened.around, payload), opened.depth + 1)
            continue
        text = payload.lstrip(BLANKS) if isinstance(payload, str) else ""
        parsed = parse(text.encode(errors="replace")) if text.startswith("{") else None
        if parsed is None:
            break
        opened = opened._replace(payload=parsed, depth=opened.depth + 1)
    return opened
