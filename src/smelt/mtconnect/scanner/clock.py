"""Timestamps on raw bytes to UTC microseconds: years 1 to 9998, with any decimals, with or without a zone.

Reads up to 40 bytes from where it is called.
"""

from datetime import date

import numpy as np

from smelt.compiled import inlined, part
from smelt.mtconnect.scanner.instructions import load_byte, load_word, shift_right
from smelt.mtconnect.scanner.number import TENS, ZEROS, count_digits, join_digits
from smelt.mtconnect.scanner.state import State
from smelt.mtconnect.scanner.text import COLON, MINUS, PLUS, POINT
from smelt.terms.interval import DAY_US

_SECOND_US = 1_000_000
_FIRST_US = (date(1, 1, 1) - date(1970, 1, 1)).days * DAY_US
_CLOCK = int.from_bytes(b"00:00:00", "little")
_CLOCK_SIX = int.from_bytes(bytes((6, 6, 0, 6, 6, 0, 6, 6)), "little")
_CLOCK_HIGH = int.from_bytes(bytes((0xF0, 0xF0, 0xFF) * 2 + (0xF0, 0xF0)), "little", signed=True)
_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


@inlined
def parse_time(s: State, at: int) -> int:
    """Read a timestamp into s.time and return where it ends."""
    first, last = load_word(at), load_word(at + 8) & 0xFFFFFF
    if (first != s.date_first or last != s.date_last) and not _read_day(s, at, first, last):
        return -1
    spread = load_word(at + 11) ^ _CLOCK
    if ((spread + _CLOCK_SIX) | spread) & _CLOCK_HIGH != 0:
        return -1
    tens = spread * 10 + shift_right(spread, 8)  # each byte ten times itself and the byte behind it
    hours, minutes, seconds = tens & 0xFF, shift_right(tens, 24) & 0xFF, shift_right(tens, 48) & 0xFF
    if hours > 23 or minutes > 59 or seconds > 60:
        return -1
    time = s.day + ((hours * 60 + minutes) * 60 + seconds) * _SECOND_US
    at += 19
    if load_byte(at) == POINT:
        spread = load_word(at + 1) ^ ZEROS
        decimals = count_digits(spread)
        if decimals in (0, 8):
            return -1
        time += join_digits(spread, decimals) if decimals == 6 else _scaled(spread, decimals)
        at += 1 + decimals
    s.time = time
    byte = load_byte(at)
    if byte in (PLUS, MINUS):
        return _read_zone(s, at, byte)
    return at + 1 if byte == 0x5A else at


@part
def _read_zone(s: State, at: int, sign: int) -> int:
    """Take what a zone such as +01:00 is ahead from s.time; returns its end."""
    hours = _digit(at + 1) * 10 + _digit(at + 2)
    at += 4 if load_byte(at + 3) == COLON else 3
    minutes = _digit(at) * 10 + _digit(at + 1)
    ahead = (hours * 60 + minutes) * 60 * _SECOND_US
    s.time += ahead if sign == MINUS else -ahead
    return at + 2 if hours >= 0 and minutes >= 0 and s.time >= _FIRST_US else -1


@inlined
def _scaled(spread: int, decimals: int) -> int:
    """Return microseconds of 1 to 7 decimals."""
    fraction = join_digits(spread, decimals)
    return fraction // 10 if decimals == 7 else fraction * TENS[6 - decimals]


@part
def _read_day(s: State, at: int, first: int, last: int) -> bool:
    """Read YYYY-MM-DDT into s.day and remember its bytes; tell whether it is a day."""
    year = _digit(at) * 1000 + _digit(at + 1) * 100 + _digit(at + 2) * 10 + _digit(at + 3)
    month, day = _digit(at + 5) * 10 + _digit(at + 6), _digit(at + 8) * 10 + _digit(at + 9)
    marks = load_byte(at + 4) == 0x2D and load_byte(at + 7) == 0x2D and load_byte(at + 10) == 0x54
    if not marks or year < 1 or year > 9998 or month < 1 or month > 12 or day < 1:
        return False
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if day > _DAYS[month - 1] + (1 if is_leap and month == 2 else 0):
        return False
    shifted = year - (1 if month <= 2 else 0)  # years from March on, so that leap days come last
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    days = shifted * 365 + shifted // 4 - shifted // 100 + shifted // 400 + of_year - 719468
    s.day, s.date_first, s.date_last = days * DAY_US, first, last
    return True


@inlined
def _digit(at: int) -> int:
    """Return the digit at `at`; what is none makes every sum too large or too small."""
    digit = load_byte(at) - 0x30
    return digit if digit >= 0 and digit <= 9 else -100000
