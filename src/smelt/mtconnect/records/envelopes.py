"""What is put around a document or record: by mosquitto_sub, kcat, a Kafka connector, or a tool that nobody knows."""

import base64
import re
from dataclasses import replace
from typing import Any, NamedTuple

from smelt.mtconnect.event_time import EventTimes
from smelt.mtconnect.records import entities, mtc2kafka
from smelt.mtconnect.records import shdr as shdr_records
from smelt.mtconnect.records import sms as sms_records
from smelt.mtconnect.unpack import unpack
from smelt.terms.observation import Origin

BLANKS = "\ufeff \t\r\n"
MAX_ENVELOPES = 4
_MAX_DEPTH = 4
_BASE64 = re.compile(r"[eWPI7H][A-Za-z0-9+/\r\n]{15,}+={0,2}\s*+")  # begins as {, [, <, a quote, a mark or gzip do
_BEGINNINGS = ("<", "{", "[", '"')
_WORDS = ("MTConnect", "dataItemId", "DataItemId", "dataItemKey", "attributes")
_TOPICS = ("topic", "mqtt.topic", "mqtt_topic")
_KEYS = ("key", "partitionKey", "PartitionKey", "deviceUuid")


class Held(NamedTuple):
    """What is in an envelope, and what its topic and key are, if it has any."""

    payload: Any
    topic: str | None
    key: str | None


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


def held_in(value: dict[str, Any]) -> Held:
    """Return what an envelope holds, its topic and its key.

    A payload in base64 is decoded, and then the key is, too (as functions get the records of a broker).
    """
    sent = value["payload"] if "payload" in value else value["value"]
    payload = _plain(sent) if isinstance(sent, str) else sent
    topic, key = value.get("topic"), value.get("key")
    if isinstance(key, str) and payload is not sent:
        key = _decoded(key)
    return Held(payload, topic if isinstance(topic, str) else None, key if isinstance(key, str) else None)


def unwrap(value: dict[str, Any], times: EventTimes, origin: Origin) -> Unwrapped:
    """Return what an envelope holds; its topic is the source, its key the record's, its time that of arrival."""
    held, arrived = held_in(value), arrival(value, times)
    return Unwrapped(
        held.payload,
        replace(
            origin,
            source=origin.source if held.topic is None else held.topic,
            record_key=origin.record_key if held.key is None else held.key,
            received_at_us=origin.received_at_us if arrived is None else arrived,
        ),
    )


def _decoded(key: str) -> str:
    try:
        return base64.b64decode(key, validate=True).decode()
    except ValueError:
        return key


def origin_in(value: dict[str, Any], origin: Origin) -> Origin:
    """Return where what an unknown envelope holds came from: its topic, which may stand among its tags, and its key.

    Examples
    --------
    >>> origin_in({"fields": {"value": "{}"}, "tags": {"topic": "MTConnect/Sample/m1"}}, Origin()).source
    'MTConnect/Sample/m1'
    """
    groups = [value, *(value[name] for name in ("tags", "attributes") if isinstance(value.get(name), dict))]
    topic = next((g[n] for g in groups for n in _TOPICS if isinstance(g.get(n), str)), origin.source)
    key = next((value[n] for n in _KEYS if isinstance(value.get(n), str) and value[n]), origin.record_key)
    return replace(origin, source=topic, record_key=key)


def arrival(value: dict[str, Any], times: EventTimes) -> int | None:
    """Return the time that an envelope has, in microseconds since 1970, or None."""
    stamp = value.get("tst", value.get("ts", value.get("timestamp")))
    if isinstance(stamp, str) and stamp:
        return times.parse(stamp)
    if isinstance(stamp, int) and not isinstance(stamp, bool) and 0 < stamp < 1 << 42:
        return stamp * 1000  # milliseconds
    return None


def contents_of(value: dict[str, Any]) -> list[Any]:
    """Return the members of an unknown envelope that hold documents or records: objects, lists or text, also in base64.

    Examples
    --------
    >>> contents_of({"statusCode": 200, "body": '{"MTConnectStreams":{}}', "note": "MTConnect"})
    ['{"MTConnectStreams":{}}']
    """
    members = [_plain(member) if isinstance(member, str) else member for member in value.values()]
    return [member for member in members if _is_content(member, 0)]


def _plain(text: str) -> str:
    """Return what a text in base64 holds (as functions get records, gzip or not), if it begins like a document."""
    if _BASE64.fullmatch(text) is None:
        return text
    try:
        plain = unpack(base64.b64decode(text)).data.decode()
    except ValueError:
        return text
    return plain if _begins(plain) else text


def _begins(text: str) -> bool:
    return text.lstrip(BLANKS).startswith(_BEGINNINGS)


def _is_content(member: Any, depth: int) -> bool:
    """Say whether a member is a document or a record, or holds one."""
    if isinstance(member, str):
        text = _plain(member)
        return _begins(text) and any(word in text for word in _WORDS)
    if depth >= _MAX_DEPTH:
        return False
    if isinstance(member, dict):
        is_root = any(key.rpartition(":")[2].startswith("MTConnect") for key in member)
        return is_root or _is_record(member) or any(_is_content(inner, depth + 1) for inner in member.values())
    return isinstance(member, list) and any(_is_content(inner, depth + 1) for inner in member)


def _is_record(value: dict[str, Any]) -> bool:
    is_entity = entities.observation_of(value) is not None
    return is_entity or mtc2kafka.fits(value) or sms_records.fits(value) or shdr_records.fits(value)


def last_will(text: str) -> str | None:
    """Return a note on the bare word that an agent's availability topic holds, or None if this is none."""
    word = text.strip()
    return f"last will of an agent ({word}): no document" if word in ("AVAILABLE", "UNAVAILABLE") else None
