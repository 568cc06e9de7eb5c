"""The records that compiled code reads by address: what it writes there numpy sees, field by field, and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from smelt.mtconnect.scanner import state as s

RECORDS = (s.STATE, s.BLOCK, s.LEFTOVER, s.DOCUMENT, s.WORD, s.TEMPLATE)
INT64 = st.integers(-(1 << 63), (1 << 63) - 1)


@njit
def swap_ends(address):
    """Exchange the first and the last field but one of a state; return the double of its number."""
    state = s.state_at(address)
    state.base, state.meaning = state.meaning, state.base
    return 2 * state.number


@njit
def number_rows(address, size, count):
    """Write into each block its place and the double of its device."""
    for k in range(count):
        block = s.block_at(address + k * size)
        block.row, block.level = k, 2 * block.device


@pytest.mark.parametrize("record", RECORDS, ids=len)
def test_fields_lie_one_behind_the_other_without_gaps(record):
    at = 0
    for name in record.names:
        kind, offset = record.fields[name][:2]
        assert offset == at and at % 8 == 0, name
        at += kind.itemsize
    assert record.itemsize == at and at % 8 == 0


def test_all_fields_but_the_last_of_a_state_are_addresses_and_counts():
    assert [s.STATE[name] for name in s.STATE.names] == [np.int64] * (len(s.STATE) - 1) + [np.float64]
    assert s.STATE.itemsize == 8 * len(s.STATE)


def test_the_pieces_of_a_template_are_where_compiled_code_looks():
    lengths, pieces = (s.TEMPLATE.fields[name] for name in ("lengths", "pieces"))
    assert (lengths[1], pieces[1]) == (s.LENGTHS, s.PIECES)
    count = lengths[0].shape[0]
    assert pieces[0].itemsize == count * s.PIECE  # each length has its piece
    assert s.PIECE % 32 == 0  # a piece is copied and compared 32 bytes at a time
    assert s.PIECE + 32 <= s.SLACK  # from a safe place none of these reads leaves the data


def test_words_of_every_kind_have_a_column_to_be_counted_in():
    texts = [s.MESSAGE, s.EVENT_TEXT, s.EVENT_NUMBER, s.VECTOR, s.CONTAINER, s.ESCAPED_MESSAGE, s.ESCAPED_EVENT]
    kinds = [s.ITEM, s.NATIVE_CODE, s.DEVICE, s.ELEMENT, s.SENDER, *texts]
    assert kinds == list(range(len(s.COLUMN_OF_KIND)))
    assert {s.COLUMN_OF_KIND[kind] for kind in texts} == {s.TEXT_COLUMN}
    assert s.COLUMN_OF_KIND[s.ITEM] == s.ITEM_COLUMN and s.COLUMN_OF_KIND[s.DEVICE] == s.DEVICE_COLUMN
    assert s.COLUMN_OF_KIND[s.NATIVE_CODE] == s.CODE_COLUMN
    assert s.COLUMN_OF_KIND[s.SENDER] == s.SENDER_COLUMN
    assert np.count_nonzero(s.COLUMN_OF_KIND[s.ELEMENT] == s.COLUMN_OF_KIND) == 1  # a column of its own


def test_what_stands_for_a_missing_code_is_no_code():
    assert len({s.NO_WORD, s.IS_UNAVAILABLE, s.NO_ROOM}) == 3
    assert max(s.NO_WORD, s.IS_UNAVAILABLE, s.NO_ROOM) < 0


def test_constants_for_arguments_are_of_one_type():
    constants = (s.SAMPLE, s.EVENT, s.CONDITION, s.ITEM, s.ELEMENT, s.BARE, s.QUOTED, s.NO_VALUE)
    assert {type(constant) for constant in constants} == {np.int64}


@given(INT64, INT64, st.floats(-1e300, 1e300))
def test_compiled_code_and_numpy_see_the_same_state(base, meaning, number):
    state = np.zeros(1, s.STATE)
    s.set_fields(state, base=base, meaning=meaning)
    state["number"] = number
    assert swap_ends(s.address_of(state)) == 2 * number
    assert (state["base"][0], state["meaning"][0]) == (meaning, base)
    others = [name for name in s.STATE.names if name not in ("base", "meaning", "number")]
    assert not any(state[name].any() for name in others)


@given(st.lists(st.integers(-(1 << 61), 1 << 61), min_size=1, max_size=9))
def test_records_follow_one_another_by_their_size(devices):
    blocks = np.zeros(len(devices) + 1, s.BLOCK)
    blocks["device"][:-1] = devices
    number_rows(s.address_of(blocks), s.BLOCK.itemsize, len(devices))
    assert blocks["row"][:-1].tolist() == list(range(len(devices)))
    assert blocks["level"].tolist() == [2 * device for device in devices] + [0]


def test_an_unknown_field_is_refused():
    with pytest.raises(ValueError, match="no field of name"):
        s.set_fields(np.zeros(1, s.STATE), bas=1)
