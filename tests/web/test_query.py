from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.runs.plant.find_device import UnknownDeviceError
from smelt.terms.errors import InputError
from smelt.terms.interval import DAY_US, MINUTE_US, PERIOD_US, from_us
from smelt.web import query


@given(st.datetimes())
def test_any_iso_time_is_read(time):
    assert from_us(query.time_us("from", time.isoformat())).replace(tzinfo=None) == time


@given(st.text(max_size=20))
def test_text_is_a_time_or_refused_in_one_sentence(text):
    try:
        query.time_us("to", text)
    except InputError as error:
        assert str(error).startswith("to=") and "\n" not in str(error)


@given(st.text(max_size=12))
def test_counts_are_bounded(text):
    with suppress(InputError):
        assert 4 <= query.count("points", text) <= query.MOST_POINTS


def test_minutes_are_widened_to_whole_ones(reader, plant):
    found = query.interval(reader, plant, "2026-03-27T10:00:30Z", "2026-03-27T11:00:01Z")
    assert found.start_us % MINUTE_US == 0 and found.minutes == 61


def test_what_is_left_out_follows_the_data(reader, plant, page_lake):
    end = page_lake.START_US + 3 * DAY_US
    assert query.interval(reader, plant, None, None).end_us == end
    assert query.interval(reader, plant, "2026-03-28", None).end_us == end
    assert query.interval(reader, plant, None, "2026-03-28").end_us == end - DAY_US


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2026-03-28", "2026-03-28", "is not before"),
        ("1990-01-01", "2026-01-01", "longer than ten years"),
        ("yesterday", "2026-01-01", "is not a time"),
    ],
)
def test_intervals_that_make_no_sense(reader, plant, start, end, words):
    with pytest.raises(InputError, match=words):
        query.interval(reader, plant, start, end)


def test_zones(plant):
    assert query.zone("plant", plant).key == "Europe/Paris"
    for wrong in ("Mars/Base", "../etc/passwd", "", "/etc/passwd"):
        with pytest.raises(InputError, match="is not a time zone"):
            query.zone(wrong, plant)


def test_names_and_devices(plant):
    assert query.names("a, b,,") == ["a", "b"]
    for wrong in ("", ",".join("x" * 21)):
        with pytest.raises(InputError, match="1 to 20 signals"):
            query.names(wrong)
    assert [d.name for d in query.devices(plant, "drills,FOG2")] == ["FOG2", "FAD1", "FAD2"]
    assert query.devices(plant, None) == plant.devices
    with pytest.raises(UnknownDeviceError):
        query.devices(plant, "FOG7")


def test_room_around_an_episode(client):
    episode = client.get("/api/fleet").json()["episodes"][0]
    page = client.get(f"/api/devices/{episode['device_uuid']}?episode={episode['episode_id']}").json()
    assert page["interval"] == [episode["start"] - 6 * PERIOD_US / 1e6, episode["end"] + 6 * PERIOD_US / 1e6]
