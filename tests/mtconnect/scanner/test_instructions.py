"""Each instruction against a few words of plain Python, on memory of the test's own."""

# ruff: noqa: PLW0108 - compiled code alone can call an instruction

import struct

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from smelt.mtconnect.scanner import instructions as i

INT64 = st.integers(-(1 << 63), (1 << 63) - 1)
PLACES = st.integers(0, 31)
MEMORY = st.binary(min_size=64, max_size=64)
ALL = (1 << 64) - 1

load_byte = njit(lambda at: i.load_byte(at))
load_word = njit(lambda at: i.load_word(at))
load_int32 = njit(lambda at: i.load_int32(at))
store_byte = njit(lambda at, value: i.store_byte(at, value))
store_word = njit(lambda at, value: i.store_word(at, value))
store_int32 = njit(lambda at, value: i.store_int32(at, value))
store_float = njit(lambda at, value: i.store_float(at, value))
float_of_bits = njit(lambda bits: i.float_of_bits(bits))
shift_right = njit(lambda value, bits: i.shift_right(value, bits))
trailing_zeros = njit(lambda value: i.trailing_zeros(value))
leading_zeros = njit(lambda value: i.leading_zeros(value))
is_below = njit(lambda one, other: i.is_below(one, other))
product_high = njit(lambda one, other: i.product_high(one, other))
differing = njit(lambda one, other: i.differing(one, other))
stops = njit(lambda at: i.stops(at))
copy_32 = njit(lambda source, target: i.copy_32(source, target))


def held(memory: bytes) -> tuple[np.ndarray, int]:
    """Return memory that can be written, and its address."""
    array = np.frombuffer(bytearray(memory), np.uint8)
    return array, array.ctypes.data


def signed(number: int) -> int:
    return number - (1 << 64) if number >= 1 << 63 else number


@given(MEMORY, PLACES)
def test_loads_read_little_ends_first_from_any_place(memory, place):
    _kept, base = held(memory)
    assert load_byte(base + place) == memory[place]
    assert load_word(base + place) == int.from_bytes(memory[place : place + 8], "little", signed=True)
    assert load_int32(base + place) == int.from_bytes(memory[place : place + 4], "little", signed=True)


@given(MEMORY, PLACES, INT64)
def test_stores_write_their_bytes_and_none_beside(memory, place, value):
    whole = struct.pack("<q", value)
    for store, size in ((store_byte, 1), (store_int32, 4), (store_word, 8)):
        array, base = held(memory)
        store(base + place, value)
        assert array.tobytes() == memory[:place] + whole[:size] + memory[place + size :]


@given(MEMORY, PLACES, st.floats())
def test_a_float_is_stored_bit_for_bit(memory, place, value):
    array, base = held(memory)
    store_float(base + place, value)
    assert array.tobytes() == memory[:place] + struct.pack("<d", value) + memory[place + 8 :]


@given(st.floats(allow_nan=False))
def test_a_float_of_its_bits(value):
    (bits,) = struct.unpack("<q", struct.pack("<d", value))
    assert struct.pack("<d", float_of_bits(bits)) == struct.pack("<d", value)


@given(INT64, st.integers(0, 63))
def test_zeros_come_in_from_the_left(value, bits):
    assert shift_right(value, bits) == signed((value & ALL) >> bits)


@given(st.one_of(INT64, st.integers(0, 63).map(lambda k: signed(1 << k)), st.just(0)))
def test_zeros_are_counted_from_both_ends(value):
    word = f"{value & ALL:064b}"
    assert trailing_zeros(value) == len(word) - len(word.rstrip("0"))
    assert leading_zeros(value) == len(word) - len(word.lstrip("0"))


@given(INT64, INT64)
def test_comparison_and_product_are_without_sign(one, other):
    assert is_below(one, other) == ((one & ALL) < (other & ALL))
    assert product_high(one, other) == signed(((one & ALL) * (other & ALL)) >> 64)


@given(MEMORY, st.binary(min_size=32, max_size=32), st.sets(st.integers(0, 31)))
def test_bits_stand_where_32_bytes_differ(memory, other, same):
    mixed = bytes(memory[k] if k in same else other[k] for k in range(32))
    (_one, first), (_two, second) = held(memory), held(mixed)
    assert differing(first, second) == sum(1 << k for k in range(32) if memory[k] != mixed[k])


@given(st.one_of(MEMORY, st.text('ab"\\\n\x1f\x7f é', min_size=64).map(lambda text: text.encode()[:64])), PLACES)
def test_bits_stand_where_a_string_may_end(memory, place):
    _kept, base = held(memory)
    odd = [byte in b'"\\' or byte < 0x20 or byte >= 0x80 for byte in memory[place : place + 32]]
    assert stops(base + place) == sum(1 << k for k, is_odd in enumerate(odd) if is_odd)


@given(MEMORY, MEMORY, PLACES)
def test_32_bytes_are_copied_and_none_beside(source, target, place):
    (_kept, at), (array, to) = held(source), held(target)
    copy_32(at + place, to + place)
    assert array.tobytes() == target[:place] + source[place : place + 32] + target[place + 32 :]
