"""Numbers, timestamps and words on raw bytes; what is not certain is refused."""

import numpy as np
from numpy.typing import NDArray

from smelt.compiled import inlined, part
from smelt.mtconnect.scanner.instructions import load_byte, load_word

Longs = NDArray[np.int64]

BLANK, LT, GT, SLASH, AND, EQUALS, QUOTE, APOSTROPHE, BRACKET = b" <>/&=\"']"
COLON, DASH, DOT, UNDERSCORE, PLUS, ZERO, NINE, BIG_T, BIG_Z = b":-._+09TZ"
NO_TIME = -(1 << 63)
_DAY_US, _SECOND_US = 86_400_000_000, 1_000_000
_NO_ZONE = 1 << 20
_LONGEST = 37  # 17 decimals
_MOST_DIGITS = 15
_LOWER = 0x2020202020202020
_POWERS = np.array([10.0**k for k in range(23)])
_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


def words(*texts: bytes) -> Longs:
    """Return words of up to 16 bytes as rows: length, first and last 8 bytes; no two words have the same."""
    return np.array([(len(text), _word(text[:8]), _word(text[-8:])) for text in texts])


def _word(text: bytes) -> int:
    return int.from_bytes(text, "little", signed=len(text) == 8)


@inlined
def first_word(at: int, length: int) -> int:
    """Return up to 8 bytes as an integer, the first one lowest."""
    return load_word(at) if length >= 8 else load_word(at) & ((1 << (length * 8)) - 1)


@inlined
def is_same(one: int, other: int, length: int) -> bool:
    """Say whether the bytes at two places are the same."""
    while length >= 8:
        if load_word(one) != load_word(other):
            return False
        one, other, length = one + 8, other + 8, length - 8
    return length == 0 or first_word(one, length) == first_word(other, length)


@inlined
def which_word(at: int, end: int, among: Longs) -> int:
    """Return which of some words the bytes [at, end) are, or -1."""
    length = end - at
    first = first_word(at, length)
    last = first if length < 8 else load_word(end - 8)
    for i in range(len(among)):
        if among[i, 0] == length and among[i, 1] == first and among[i, 2] == last:
            return i
    return -1


@part
def which_lower_word(at: int, end: int, among: Longs) -> int:
    """Return which of some words in lower case the letters [at, end) are in any case, or -1."""
    length = end - at
    lower = _LOWER if length >= 8 else _LOWER & ((1 << (length * 8)) - 1)
    first = first_word(at, length) | lower
    last = first if length < 8 else load_word(end - 8) | _LOWER
    for i in range(len(among)):
        if among[i, 0] == length and among[i, 1] == first and among[i, 2] == last:
            return i
    return -1


@part
def digits_at(at: int, count: int) -> int:
    """Return the number that `count` digits make, -1 if they are none."""
    number = 0
    for i in range(at, at + count):
        if load_byte(i) < ZERO or load_byte(i) > NINE:
            return -1
        number = number * 10 + load_byte(i) - ZERO
    return number


@inlined
def _zone_length(at: int, end: int) -> int:
    """Return how many of the bytes of a timestamp are its zone."""
    if end > at and load_byte(end - 1) == BIG_Z:
        return 1
    if end - at >= 25 and load_byte(end - 3) == COLON and load_byte(end - 6) in (PLUS, DASH):
        return 6
    return 5 if end - at >= 24 and load_byte(end - 5) in (PLUS, DASH) else 0


@part
def _minutes_ahead(at: int, end: int) -> int:
    """Return how many minutes a zone, as +01:00 or +0100, is ahead of UTC; _NO_ZONE if it is none."""
    hours, minutes = digits_at(at + 1, 2), digits_at(end - 2, 2)
    if hours < 0 or minutes < 0:
        return _NO_ZONE
    return hours * 60 + minutes if load_byte(at) == PLUS else -(hours * 60 + minutes)


@part
def parse_time(at: int, end: int) -> int:
    """Return a timestamp's microseconds since 1970; NO_TIME if it is no ISO 8601 as agents print it, with any zone."""
    zone = _zone_length(at, end)
    ahead = _minutes_ahead(end - zone, end) if zone > 1 else 0
    end -= zone
    if (
        end - at < 19
        or end - at > _LONGEST
        or ahead == _NO_ZONE
        or load_byte(at + 4) != DASH
        or load_byte(at + 7) != DASH
        or load_byte(at + 10) != BIG_T
    ):
        return NO_TIME
    if load_byte(at + 13) != COLON or load_byte(at + 16) != COLON:
        return NO_TIME
    year, month, day = digits_at(at, 4), digits_at(at + 5, 2), digits_at(at + 8, 2)
    hour, minute, second = digits_at(at + 11, 2), digits_at(at + 14, 2), digits_at(at + 17, 2)
    if (
        year < 1900
        or (zone > 1 and year > 9998)
        or month < 1
        or month > 12
        or day < 1
        or hour < 0
        or minute < 0
        or second < 0
    ):
        return NO_TIME
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if day > _DAYS[month - 1] + (1 if is_leap and month == 2 else 0) or hour > 23 or minute > 59 or second > 60:
        return NO_TIME
    micros = 0
    if end - at > 19:
        places = min(end - at - 20, 6)
        micros = digits_at(at + 20, places)
        if load_byte(at + 19) != DOT or end - at == 20 or micros < 0 or digits_at(at + 20, end - at - 20) < 0:
            return NO_TIME
        for _ in range(6 - places):
            micros *= 10
    shifted = year - (1 if month <= 2 else 0)  # years from March on, so that leap days come last
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    days = shifted * 365 + shifted // 4 - shifted // 100 + shifted // 400 + of_year - 719468
    return days * _DAY_US + ((hour * 60 + minute - ahead) * 60 + second) * _SECOND_US + micros


@part
def parse_number(at: int, end: int) -> float:
    """Return the number that the text is, exactly; NaN if it is none or has more than 15 digits."""
    is_negative = at < end and load_byte(at) == DASH
    if at < end and (load_byte(at) == DASH or load_byte(at) == PLUS):
        at += 1
    mantissa, digits, power, seen, is_fraction = 0, 0, 0, 0, False
    while at < end:
        byte = load_byte(at)
        if byte >= ZERO and byte <= NINE:
            mantissa = mantissa * 10 + byte - ZERO
            digits += 1 if mantissa > 0 else 0
            power -= 1 if is_fraction else 0
            seen += 1
        elif byte == DOT and not is_fraction:
            is_fraction = True
        else:
            break
        if digits > _MOST_DIGITS:
            return np.nan
        at += 1
    if seen == 0:
        return np.nan
    if at < end:
        if load_byte(at) | 0x20 != 0x65:
            return np.nan
        at += 1
        is_small = at < end and load_byte(at) == DASH
        if at < end and (load_byte(at) == DASH or load_byte(at) == PLUS):
            at += 1
        exponent = digits_at(at, end - at) if end - at > 0 and end - at < 5 else -1
        if exponent < 0:
            return np.nan
        power += -exponent if is_small else exponent
    if power < -22 or power > 22:
        return np.nan
    number = mantissa * _POWERS[power] if power >= 0 else mantissa / _POWERS[-power]
    return -number if is_negative else number
