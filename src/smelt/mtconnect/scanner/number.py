"""Numbers on raw bytes to the float64 that Python's `float` gives; what is not certain is refused (-1).

Eisel and Lemire: Number parsing at a gigabyte per second, Softw. Pract. Exp. 51 (2021) 1700-1727.
Reads up to 40 bytes from where it is called.
"""

import numpy as np

from smelt.compiled import inlined, part
from smelt.mtconnect.scanner.instructions import (
    float_of_bits,
    is_below,
    leading_zeros,
    load_byte,
    load_word,
    product_high,
    shift_right,
    trailing_zeros,
)
from smelt.mtconnect.scanner.state import QUOTED, State
from smelt.mtconnect.scanner.text import MINUS, PLUS, POINT, ZERO

ZEROS = 0x3030303030303030
_SIX, _HIGH = 0x0606060606060606, 0xF0F0F0F0F0F0F0F0 - (1 << 64)
_PAIR = 0x000000FF000000FF
_MAX_POWER = 60
_POWERS = np.array([10.0**k for k in range(23)])
TENS = np.array([10**k for k in range(19)])


def _five(power: int) -> tuple[int, int]:
    """Return the first 128 bits of 5**power, as the method wants them rounded: upper and lower half."""
    five = 5 ** abs(power)
    size = five.bit_length()
    if power >= 0:
        bits = five << 128 >> size
    else:
        bits = (1 << (size + 127 if power >= -27 else 2 * size + 128)) // five + 1
        bits >>= bits.bit_length() - 128
    return bits >> 64, bits & ((1 << 64) - 1)


_FIVES = np.array([_five(power) for power in range(-_MAX_POWER, _MAX_POWER + 1)], np.uint64).view(np.int64)


@inlined
def count_digits(spread: int) -> int:
    """Count the digits at the beginning of 8 bytes, given as load_word(at) ^ ZEROS."""
    return shift_right(trailing_zeros(((spread + _SIX) | spread) & _HIGH), 3)


@inlined
def join_digits(spread: int, count: int) -> int:
    """Return the number that the first 1 to 8 digits make, given as load_word(at) ^ ZEROS."""
    spread <<= 64 - 8 * count
    spread = spread * 10 + shift_right(spread, 8)
    upper = (spread & _PAIR) * (100 + (1000000 << 32))
    lower = (shift_right(spread, 16) & _PAIR) * (1 + (10000 << 32))
    return shift_right(upper + lower, 32)


@inlined
def short_number(at: int) -> tuple[int, float]:
    """Return the end of a number of up to 7 digits and 7 decimals, and the number; -1 if it is not like that."""
    is_negative = load_byte(at) == MINUS
    at += 1 if is_negative else 0
    spread = load_word(at) ^ ZEROS
    count = count_digits(spread)
    if count in (0, 8):
        return -1, 0.0
    mantissa = join_digits(spread, count)
    is_plain = count == 1 or spread & 0xFF != 0  # no 0 before another digit
    at += count
    decimals = 0
    if load_byte(at) == POINT:
        spread = load_word(at + 1) ^ ZEROS
        decimals = count_digits(spread)
        if decimals in (0, 8):
            return -1, 0.0
        mantissa = mantissa * TENS[decimals] + join_digits(spread, decimals)
        at += 1 + decimals
    is_plain &= load_byte(at) | 0x20 != 0x65 and (mantissa != 0 or not is_negative)
    number = np.float64(mantissa) / _POWERS[decimals]
    return (at if is_plain else -1), (-number if is_negative else number)


@part
def parse_number(s: State, at: int, form: int) -> int:
    """Read a number of JSON's grammar into s.number and return its end; notes whether it may have more than 15 digits.

    form : QUOTED, where "-0" is -0.0, or BARE, where it is the integer 0.
    """
    end, s.number = short_number(at)
    return end if end >= 0 else _parse_long(s, at, form)


@part
def _parse_long(s: State, at: int, form: int) -> int:
    """Read a number of up to 18 digits that count, with or without an exponent."""
    is_negative = load_byte(at) == MINUS
    at += 1 if is_negative else 0
    start = at
    at, mantissa = _join_all(at, 0)
    whole = at - start
    if mantissa < 0 or whole == 0 or (load_byte(start) == ZERO and whole > 1):
        return -1
    is_integer, power = load_byte(at) != POINT, 0
    if not is_integer:
        start = at + 1
        at, mantissa = _join_all(start, mantissa)
        power = start - at
        if mantissa < 0 or power == 0:
            return -1
    if load_byte(at) | 0x20 == 0x65:
        is_integer = False
        sign = load_byte(at + 1)
        at += 2 if sign in (MINUS, PLUS) else 1
        spread = load_word(at) ^ ZEROS
        count = count_digits(spread)
        if count == 0 or count > 3:
            return -1
        exponent = join_digits(spread, count)
        power += -exponent if sign == MINUS else exponent
        at += count
    if mantissa == 0:
        s.number = -0.0 if is_negative and (form == QUOTED or not is_integer) else 0.0
        return at
    number = _scale(mantissa, power) if abs(power) <= _MAX_POWER else -1.0
    s.number = -number if is_negative else number
    s.is_long = 1 if mantissa >= 10**15 else 0
    return at if number >= 0 else -1


@part
def _join_all(at: int, mantissa: int) -> tuple[int, int]:
    """Return where the digits end, and the number that they make behind those before; -1 if that is too large."""
    start = at
    while at - start <= 24:
        spread = load_word(at) ^ ZEROS
        count = count_digits(spread)
        if count == 0:
            return at, mantissa
        if mantissa >= TENS[18 - count]:
            break
        mantissa = mantissa * TENS[count] + join_digits(spread, count)
        at += count
        if count < 8:
            return at, mantissa
    return at, -1


@part
def _scale(mantissa: int, power: int) -> float:
    """Return mantissa · 10**power, rounded to nearest, ties to even; -1 where that is not certain."""
    zeros = leading_zeros(mantissa)
    shifted = mantissa << zeros
    row = power + _MAX_POWER
    upper, lower = product_high(shifted, _FIVES[row, 0]), shifted * _FIVES[row, 0]
    if upper & 0x1FF == 0x1FF:
        carried = product_high(shifted, _FIVES[row, 1])
        lower += carried
        if is_below(lower, carried):
            upper += 1
    if lower == -1 and (power < -27 or power > 55):
        return -1.0
    top = shift_right(upper, 63)
    found = shift_right(upper, top + 9)
    exponent = (((152170 + 65536) * power) >> 16) + 63 + top - zeros + 1023
    is_tie = lower in (0, 1) and power >= -4 and power <= 23 and found & 3 == 1
    if is_tie and found << (top + 9) == upper:
        found &= -2
    found = (found + (found & 1)) >> 1
    if found >= 1 << 53:
        found = 1 << 52
        exponent += 1
    return float_of_bits((found & ((1 << 52) - 1)) | (exponent << 52))
