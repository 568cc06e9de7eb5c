"""Many timestamps at once, as EventTimes reads each."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from smelt.mtconnect.event_time import EventTimes

_SHORTEST = len("2020-01-01T00:00:00Z")
_FIRST_US = -62_135_596_800_000_000  # 0001-01-01


def parse_times(stamps: Sequence[str], times: EventTimes) -> list[int | None]:
    """Return microseconds since 1970 in UTC of each, or None.

    Examples
    --------
    >>> parse_times(["1970-01-01T00:00:01.5Z", "", "1970-01-01T01:00:00+01:00"], EventTimes())
    [1500000, None, 0]
    """
    found = _parse_usual(pa.array(stamps, pa.string()))
    return [times.parse(stamp) if stamp else None for stamp in stamps] if found is None else found.to_pylist()


def _parse_usual(texts: pa.Array) -> pa.Array | None:
    """Return the microseconds of texts that all are as agents print them, or None if one is not."""
    is_usual = pc.and_(pc.ends_with(texts, "Z"), pc.greater_equal(pc.binary_length(texts), _SHORTEST))
    if not pc.all(is_usual).as_py():
        return None
    try:
        found = texts.cast(pa.timestamp("us", "UTC")).cast(pa.int64())
    except pa.ArrowInvalid:
        return None
    return found if len(found) and pc.min(found).as_py() >= _FIRST_US else None
