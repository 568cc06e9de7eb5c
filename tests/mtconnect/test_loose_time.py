from datetime import UTC, datetime

import pytest

from smelt.mtconnect.event_time import EventTimes, parse_event_time
from smelt.terms.interval import to_us

BASE = to_us(datetime(2017, 6, 2, 8, 31, 7, tzinfo=UTC))
HOUR = 3_600_000_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2017-06-02 08:31:07", BASE),
        ("2017/06/02 08:31:07.25", BASE + 250_000),
        ("2017-06-02t08:31:07z", BASE),
        ("06/02/2017 08:31:07 AM", BASE),
        ("6/2/2017 8:31:07 PM", BASE + 12 * HOUR),
        ("06/02/2017 20:31:07 PM", BASE + 12 * HOUR),
        ("06/02/2017 12:31:07 AM", BASE - 8 * HOUR),
        ("06/02/2017 12:31:07 PM", BASE + 4 * HOUR),
        ("06/02/2017 08:31 AM", BASE - 7_000_000),
        ("2017-06- 2  8:31: 7", BASE),
        ("2017-06-02T08:31:07.  5Z", BASE + 5_000),
        ("2017-06-02T08:31:07.5  Z", BASE + 500_000),
        ("2017-06-02 08:31:07,5", BASE + 500_000),
        ("2017-06-02 10:31:07 +0200", BASE),
        ("2017-06-02 10:31:07+02", BASE),
        ("2017-06-02T08:31:07Z+0000", BASE),
        ("2017-06-02 08:31:07 UTC", BASE),
        ("22/06/2017 08:31:07", None),
        ("02/30/2017 08:31:07", None),
        ("06/02/17 08:31:07", None),
        ("2017-06-02 08:31", None),
        ("2017-06-02", None),
        ("17-06-02T08:31:07Z", None),
        ("2017-06-02T08:31:7Z", None),
    ],
)
def test_times_as_people_and_old_adapters_write_them(text, expected):
    assert parse_event_time(text) == expected
    assert EventTimes().parse(text) == expected
