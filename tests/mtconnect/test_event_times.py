from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.event_time import EventTimes
from smelt.mtconnect.event_times import parse_times

USUAL = st.builds(
    "{:04}-{:02}-{:02}{}{:02}:{:02}:{:02}{}Z".format,
    st.sampled_from([0, 1, 1969, 1970, 2020, 2024, 9999]),
    st.integers(0, 13),
    st.integers(0, 32),
    st.sampled_from("TTTt "),
    st.integers(0, 25),
    st.integers(0, 60),
    st.integers(0, 61),
    st.sampled_from(["", ".", ".5", ".123", ".123456", ".1234567", ".123456789", ".1234567891"]),
)
ODD = st.sampled_from(["", "Z", "2020-01-01T00:00Z", "2020-01-01Z", "2020-01-01T00:00+00:00Z", "٢020-01-01T00:00:00Z"])


@given(st.lists(USUAL, max_size=4))
def test_many_are_read_as_each(stamps):
    assert parse_times(stamps, EventTimes()) == [EventTimes().parse(stamp) if stamp else None for stamp in stamps]


@given(USUAL)
def test_one_is_read_as_each(stamp):
    assert parse_times([stamp], EventTimes()) == [EventTimes().parse(stamp)]


@given(st.lists(st.one_of(USUAL, ODD, st.text(max_size=24)), max_size=4))
def test_what_is_none_harms_no_other(stamps):
    assert parse_times(stamps, EventTimes()) == [EventTimes().parse(stamp) if stamp else None for stamp in stamps]
