"""The Header of a document from its first bytes, whatever the dialect: what a recorder needs, without decoding."""

import re
from typing import cast

from smelt.mtconnect.event_time import parse_event_time
from smelt.terms.document_header import DocumentHeader
from smelt.terms.observation import Kind

HEAD_BYTES = 8192
_INT64_MAX = (1 << 63) - 1
_KIND = re.compile(rb"MTConnect(Streams|Devices|Assets|Error)\b")
_XML_ROOT = re.compile(rb"<(?:[\w.-]+:)?MTConnect(Streams|Devices|Assets|Error)[\s>/]")
_XML_HEADER = re.compile(rb"<(?:[\w.-]+:)?Header\b([^>]*)>")
_JSON_HEADER = re.compile(rb'"[Hh]eader"\s*:\s*\{')
_JSON_BODY = re.compile(rb'"(streams|devices|assets|errors?)"\s*:\s*[\[{]', re.IGNORECASE)
_NAMES = rb"(instanceId|firstSequence|nextSequence|lastSequence|bufferSize|creationTime|deviceModelChangeTime)"
_XML_FIELD = re.compile(rb"[\s\"']" + _NAMES + rb"\s*=\s*[\"']([^\"'<]*)[\"']")
_JSON_FIELD = re.compile(rb'"' + _NAMES + rb'"\s*:\s*"?([^",}\]]*)', re.IGNORECASE)
_ERROR_CODE = re.compile(rb"\berrorCode[\"']?\s*[=:]\s*[\"'](\w+)")
_NUMBER = re.compile(rb"\s*(-?\d{1,19})")


def read_header(document: bytes) -> DocumentHeader | None:
    """Return the Header of an agent's document; None if these bytes do not begin one.

    The document need not be whole, nor well-formed behind its Header.

    Examples
    --------
    >>> read_header(b'{"MTConnectStreams":{"Header":{"instanceId":7,"nextSequence":"12"},"Streams":[]}}')
    ... # doctest: +ELLIPSIS
    DocumentHeader(kind='MTConnectStreams', instance_id=7, first_sequence=None, next_sequence=12, ...)
    >>> read_header(b"<html><body>It works!</body></html>") is None
    True
    """
    start = document[:64].removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start == b"<":
        return _read_xml(document)
    return _read_json(document) if start == b"{" else None


def _read_xml(document: bytes) -> DocumentHeader | None:
    root = _XML_ROOT.search(document, 0, HEAD_BYTES)
    if root is None:
        return None
    header = _XML_HEADER.search(document, root.end() - 1)
    fields = dict(_XML_FIELD.findall(header[1])) if header else {}
    return _header(root[1].decode(), fields, document)


def _read_json(document: bytes) -> DocumentHeader | None:
    header = _JSON_HEADER.search(document, 0, HEAD_BYTES) or _JSON_HEADER.search(document)
    if header is None:
        return None
    root = _KIND.search(document, 0, header.start())
    body = _JSON_BODY.search(document, header.end())
    if root is None and body is None:
        return None
    kind = root[1].decode() if root else body[1].decode().capitalize() if body else ""
    fields = _JSON_FIELD.findall(document, header.end(), body.start() if body else len(document))
    return _header("Error" if kind == "Errors" else kind, dict(fields), document)


def _header(kind: str, fields: dict[bytes, bytes], document: bytes) -> DocumentHeader:
    found = {name.lower(): value for name, value in reversed(fields.items())}
    created, changed = (found.get(name, b"").decode("ascii", "replace") for name in _TIMES)
    instance, first, following, last, size = (_number(found.get(name)) for name in _NUMBERS)
    return DocumentHeader(
        cast(Kind, f"MTConnect{kind}"),
        instance,
        first,
        following,
        last,
        size,
        created_at_us=parse_event_time(created),
        model_changed_at=changed or None,
        errors=tuple(code.decode() for code in _ERROR_CODE.findall(document)) if kind == "Error" else (),
    )


_NUMBERS = (b"instanceid", b"firstsequence", b"nextsequence", b"lastsequence", b"buffersize")
_TIMES = (b"creationtime", b"devicemodelchangetime")


def _number(text: bytes | None) -> int | None:
    """Return the number that a field begins with: there are agents that write '202='."""
    match = _NUMBER.match(text or b"")
    number = int(match[1]) if match else None
    return number if number is not None and -_INT64_MAX <= number <= _INT64_MAX else None
