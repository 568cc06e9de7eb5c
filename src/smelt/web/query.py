"""What a request may ask: times, points, bins and zones, each checked and refused in one sentence."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from smelt.runs.pages.episodes import Episode
from smelt.runs.pages.tables import Reader, latest
from smelt.runs.plant.find_device import find_device
from smelt.terms.errors import InputError
from smelt.terms.interval import DAY_US, MINUTE_US, PERIOD_US, Interval, to_us
from smelt.terms.plant import Device, Plant

MOST_POINTS = 10_000
LONGEST_US = 3660 * DAY_US
MOST_NAMES = 20


def time_us(name: str, text: str) -> int:
    """Read an ISO time; without an offset it is UTC.

    Raises
    ------
    InputError
        If it is not one.

    Examples
    --------
    >>> time_us("from", "1970-01-01T01:00:00+01:00")
    0
    """
    try:
        time = datetime.fromisoformat(text)
        return to_us(time if time.tzinfo else time.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        raise InputError(f"{name}={text!r} is not a time: write it as 2026-03-28T14:00Z.") from None


def interval(reader: Reader, plant: Plant, start: str | None, end: str | None) -> Interval:
    """Return the interval asked for in whole minutes; an end that is left out is the data's, a start a week before.

    Raises
    ------
    InputError
        If a time cannot be read, or the end is not after the start, or it is longer than ten years.
    """
    newest = None if start and end else latest(reader, plant)
    if end:
        end_us = -(-time_us("to", end) // MINUTE_US) * MINUTE_US
    else:
        assert newest is not None
        end_us = newest.end_us
    if start:
        start_us = time_us("from", start) // MINUTE_US * MINUTE_US
    else:
        assert newest is not None
        start_us = end_us - (newest.end_us - newest.start_us)
    if end_us <= start_us:
        raise InputError(f"from={start!r} is not before to={end!r}: ask for an interval that is not empty.")
    if end_us - start_us > LONGEST_US:
        raise InputError("the interval is longer than ten years: ask for a shorter one.")
    return Interval(start_us, end_us)


def around(episode: Episode) -> Interval:
    """Return the episode's interval with room on both sides: six hours, or twice its length if that is more."""
    room = max(6 * PERIOD_US, 2 * (episode.end_us - episode.start_us))
    return Interval(episode.start_us - room, episode.end_us + room)


def count(name: str, text: str, most: int = MOST_POINTS) -> int:
    """Read a number from 4 to `most`.

    Raises
    ------
    InputError
        If it is not one.

    Examples
    --------
    >>> count("points", "500")
    500
    """
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
    if not 4 <= number <= most:
        raise InputError(f"{name}={text!r} is out of range: ask for 4 to {most}.")
    return number


def zone(text: str, plant: Plant) -> ZoneInfo:
    """Return the zone of this IANA name; 'plant' is the plant's.

    Raises
    ------
    InputError
        If there is no such zone.
    """
    try:
        return ZoneInfo(plant.timezone if text == "plant" else text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(f"tz={text!r} is not a time zone: write 'plant', 'UTC' or a name as 'Europe/Paris'.") from None


def names(text: str) -> list[str]:
    """Split a comma-separated list.

    Raises
    ------
    InputError
        If it is empty or longer than twenty names.
    """
    found = [n for n in (part.strip() for part in text.split(",")) if n]
    if not 0 < len(found) <= MOST_NAMES:
        raise InputError(f"names={text!r}: ask for 1 to {MOST_NAMES} signals, separated by commas.")
    return found


def devices(plant: Plant, text: str | None) -> tuple[Device, ...]:
    """Return the devices that a comma-separated list of names, uuids or classes means; all if there is no list.

    Raises
    ------
    UnknownDeviceError
        If a name is neither.
    """
    if not text:
        return plant.devices
    wanted: list[Device] = []
    for name in (part.strip() for part in text.split(",")):
        of_class = [d for d in plant.devices if d.class_name == name]
        wanted += of_class or ([find_device(plant, name)] if name else [])
    return tuple(d for d in plant.devices if d in wanted)
