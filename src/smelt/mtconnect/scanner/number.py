"""Numbers on raw bytes to the float64 that Python's `float` gives; what is not certain is refused (-1).

Eisel and Lemire: Number parsing at a gigabyte per second, Softw. Pract. Exp. 51 (2021) 1700-1727.
Reads up to 40 bytes from where it is called.
"""

import numpy as np

from smelt.mtconnect.scanner.compiled import inlined, part
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
from smelt.mtconnect.scanner.text import MINUS, NINE, PLUS, POINT, ZERO

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


@part
def parse_number(s: State, at: int, form: int) -> int:
    """Read a number of JSON's grammar into s.number and return its end; notes whether it may have more than 15 digits.

    form : QUOTED, where "-0" is -0.0, or BARE, where it is the integer 0.
    """
    start = at
    is_negative = load_byte(at) == MINUS
    at += 1 if is_negative else 0
    spread = load_word(at) ^ ZEROS
    whole = count_digits(spread)
    if whole == 0 or (spread & 0xFF == 0 and whole > 1):
        return -1
    if whole == 8:
        return _parse_long(s, start, form)
    mantissa = join_digits(spread, whole)
    at += whole
    byte = load_byte(at)
    decimals, is_integer = 0, True
    if byte == POINT:
        is_integer = False
        spread = load_word(at + 1) ^ ZEROS
        decimals = count_digits(spread)
        if decimals == 0:
            return -1
        if decimals == 8:
            return _parse_long(s, start, form)
        mantissa = mantissa * TENS[decimals] + join_digits(spread, decimals)
        at += 1 + decimals
        byte = load_byte(at)
    if byte | 0x20 == 0x65:
        return _parse_long(s, start, form)
    number = np.float64(mantissa) / _POWERS[decimals]
    s.number = -number if is_negative and (mantissa != 0 or form == QUOTED or not is_integer) else number
    return at


@part
def _parse_long(s: State, at: int, form: int) -> int:
    """Read a number with many digits or with an exponent."""
    is_negative = load_byte(at) == MINUS
    at += 1 if is_negative else 0
    start, mantissa, digits, point = at, 0, 0, -1
    while True:
        byte = load_byte(at)
        if byte >= ZERO and byte <= NINE:
            mantissa = mantissa * 10 + byte - ZERO
            digits += 1 if digits > 0 or byte != ZERO else 0
            if digits > 18 or at - start > 30:
                return -1
        elif byte == POINT and point < 0 and at > start:
            point = at
        else:
            break
        at += 1
    whole_end = point if point >= 0 else at
    if at - 1 == point or (load_byte(start) == ZERO and whole_end > start + 1):
        return -1
    power = point + 1 - at if point >= 0 else 0
    is_integer = point < 0
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
    if power < -_MAX_POWER or power > _MAX_POWER:
        return -1
    number = _scale(mantissa, power)
    if number < 0:
        return -1
    s.is_long = 1 if digits > 15 else 0
    s.number = -number if is_negative else number
    return at


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
