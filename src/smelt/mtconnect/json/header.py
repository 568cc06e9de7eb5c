"""The Header of a document of any JSON dialect to the document's row."""

from typing import Any

from smelt.mtconnect.event_time import EventTimes
from smelt.mtconnect.rows import Document
from smelt.terms.errors import DataError
from smelt.terms.observation import Dialect, Kind

_INT64_MAX = (1 << 63) - 1
_EXACT = 1 << 53


class UnfitError(DataError):
    """A document or an observation is not what its dialect says; the message tells what."""


def read_header(
    header: Any, span: tuple[int, int], times: EventTimes, kind: Kind = "MTConnectStreams", dialect: Dialect = "json-v2"
) -> Document:
    """Turn a Header into the document's row; only a Header that names its agent instance will do.

    Parameters
    ----------
    span : offset and length of the document.
    """
    instance_id = int64(header.get("instanceId")) if isinstance(header, dict) else None
    if instance_id is None:
        raise UnfitError("no Header with an instanceId")
    sender = header.get("sender")
    created = header.get("creationTime")
    return Document(
        *span,
        kind,
        dialect,
        sender if isinstance(sender, str) else None,
        instance_id,
        int64(header.get("firstSequence")),
        int64(header.get("nextSequence")),
        int64(header.get("lastSequence")),
        times.parse(created) if isinstance(created, str) else None,
    )


def int64(value: object) -> int | None:
    """Return a whole number from 0 to 2^63 - 1, sent as a number or as text, or None.

    Some writers know no whole numbers (`12.0`); above 2^53 theirs are no longer exact, and none.

    Examples
    --------
    >>> int64("12"), int64(12.0), int64(-1), int64(12.5), int64(True)
    (12, 12, None, None, None)
    """
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        value = int(value)
    if isinstance(value, str) and value.isdecimal() and value.isascii() and len(value) < 20:
        value = int(value)
    return value if type(value) is int and 0 <= value <= _INT64_MAX else None
