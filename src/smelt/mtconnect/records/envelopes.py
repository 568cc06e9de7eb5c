"""What brokers' tools put around a document or record: a line of mosquitto_sub, of kcat, of a Kafka connector."""

import base64
import re
from dataclasses import replace
from typing import Any, NamedTuple

from smelt.mtconnect.event_time import EventTimes
from smelt.mtconnect.unpack import unpack
from smelt.terms.observation import Origin

_MAX_DEPTH = 4
_BASE64 = re.compile(r"(?:eyJ|ewog|W3si|PD94|PE1U|77u/|H4sI)[A-Za-z0-9+/\r\n]*+={0,2}\s*+")


class Unwrapped(NamedTuple):
    """What was in an envelope, and where it came from."""

    payload: Any
    origin: Origin


def fits(value: dict[str, Any]) -> bool:
    """Say whether this is an envelope: `topic` or `schema` with `payload`, or `key` with `value`.

    Examples
    --------
    >>> fits({"topic": "MTConnect/Probe/m1", "payload": "{}"}), fits({"key": "a", "value": 1.0})
    (True, False)
    """
    if "payload" in value and ("topic" in value or "schema" in value):
        return True
    return "key" in value and isinstance(value.get("value"), str | dict) and "dataItemId" not in value


def unwrap(value: dict[str, Any], times: EventTimes, origin: Origin) -> Unwrapped:
    """Return what an envelope holds; its topic is the source, its key the record's, its time that of arrival."""
    payload = value["payload"] if "payload" in value else value["value"]
    topic, key = value.get("topic"), value.get("key")
    arrived = _arrival(value, times)
    return Unwrapped(
        payload,
        replace(
            origin,
            source=topic if isinstance(topic, str) else origin.source,
            record_key=key if isinstance(key, str) else origin.record_key,
            received_at_us=origin.received_at_us if arrived is None else arrived,
        ),
    )


def _arrival(value: dict[str, Any], times: EventTimes) -> int | None:
    stamp = value.get("tst", value.get("ts", value.get("timestamp")))
    if isinstance(stamp, str) and stamp:
        return times.parse(stamp)
    if isinstance(stamp, int) and not isinstance(stamp, bool) and 0 < stamp < 1 << 42:
        return stamp * 1000  # milliseconds
    return None


def documents_in(value: dict[str, Any]) -> list[Any]:
    """Return the members of an unknown envelope that hold MTConnect documents: objects, lists or text, also in base64.

    Examples
    --------
    >>> documents_in({"statusCode": 200, "body": '{"MTConnectStreams":{}}', "note": "MTConnect"})
    ['{"MTConnectStreams":{}}']
    """
    members = [_plain(member) if isinstance(member, str) else member for member in value.values()]
    return [member for member in members if _holds_document(member, 0)]


def _plain(text: str) -> str:
    """Return what a text in base64 holds (as functions get records, gzip or not), if it begins like a document."""
    if _BASE64.fullmatch(text) is None:
        return text
    try:
        return unpack(base64.b64decode(text)).data.decode()
    except ValueError:
        return text


def _holds_document(member: Any, depth: int) -> bool:
    if isinstance(member, str):
        text = _plain(member)
        return "MTConnect" in text and text.lstrip("\ufeff \t\r\n").startswith(("<", "{", "[", '"'))
    if depth >= _MAX_DEPTH:
        return False
    if isinstance(member, dict):
        is_root = any(key.rpartition(":")[2].startswith("MTConnect") for key in member)
        return is_root or any(_holds_document(inner, depth + 1) for inner in member.values())
    return isinstance(member, list) and any(_holds_document(inner, depth + 1) for inner in member)


def last_will(text: str) -> str | None:
    """Return a note on the bare word that an agent's availability topic holds, or None if this is none."""
    word = text.strip()
    return f"last will of an agent ({word}): no document" if word in ("AVAILABLE", "UNAVAILABLE") else None
