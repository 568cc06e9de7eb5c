import pytest

from smelt.mtconnect.event_time import EventTimes
from smelt.mtconnect.json.header import UnfitError, read_header

STAMP = "2020-01-01T00:00:00Z"


def test_headers():
    times = EventTimes()
    header = read_header({"instanceId": "5", "nextSequence": 1 << 70, "creationTime": STAMP}, (3, 4), times)
    assert (header.offset, header.length, header.instance_id, header.next_sequence) == (3, 4, 5, None)
    for bad in (None, [], {}, {"instanceId": -1}, {"instanceId": "x"}):
        with pytest.raises(UnfitError, match="instanceId"):
            read_header(bad, (0, 0), times)
