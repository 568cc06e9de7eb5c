from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.event_time import EventTimes, parse_event_time
from smelt.terms.interval import to_us

FIRST, LAST = datetime.fromisoformat("0002-01-01"), datetime.fromisoformat("9998-12-31")
BASE = to_us(datetime(2012, 8, 23, 17, 16, 49, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2012-08-23T17:16:49Z", BASE),
        ("2012-08-23T17:16:49.030053", BASE + 30_053),
        ("2012-08-23T17:16:49.1Z", BASE + 100_000),
        ("2012-08-23T17:16:49.Z", BASE),
        ("2012-08-23T17:16:49.1234567Z", BASE + 123_456),
        ("2012-08-23T17:16:49.999999999Z", BASE + 999_999),
        ("2012-08-23T19:16:49+02:00", BASE),
        ("2012-08-23T16:46:49.5-0030", BASE + 500_000),
        ("1761-01-01T00:00:00.25Z", to_us(datetime(1761, 1, 1, tzinfo=UTC)) + 250_000),
        ("2012-08-23 17:16:49Z", BASE),
        (" 2012-08-23T17:16:49Z ", BASE),
        ("2012-13-23T17:16:49Z", None),
        ("2012-08-23T24:00:00Z", None),
        ("2012-08-23T17:16:49.12.3Z", None),
        ("2012-08-23T17:16:49.\u0663Z", None),
        ("0001-01-01T00:00:00+01:00", None),
        ("", None),
        ("UNAVAILABLE", None),
    ],
)
def test_timestamps(text, expected):
    assert parse_event_time(text) == expected
    assert EventTimes().parse(text) == expected


@given(
    st.datetimes(FIRST, LAST),
    st.integers(0, 9),
    st.one_of(st.none(), st.integers(-14 * 60, 14 * 60)),
)
def test_any_time_in_any_notation(time, decimals, offset):
    digits = f"{time.microsecond:06}000"[:decimals]
    zone = "Z" if offset is None else f"{'-' if offset < 0 else '+'}{abs(offset) // 60:02}:{abs(offset) % 60:02}"
    text = time.strftime("%Y").rjust(4, "0") + time.strftime("-%m-%dT%H:%M:%S") + ("." + digits) * bool(digits) + zone
    aware = time.replace(microsecond=int(digits[:6].ljust(6, "0")), tzinfo=timezone(timedelta(minutes=offset or 0)))
    times = EventTimes()
    assert parse_event_time(text) == times.parse(text) == times.parse(text) == to_us(aware)


@given(st.text(alphabet="0123456789-:.TZ+ \u0660", max_size=32))
def test_both_parsers_agree_on_anything(text):
    assert EventTimes().parse(text) == parse_event_time(text)
