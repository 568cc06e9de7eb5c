import numpy as np
import pytest
from tests.mtconnect.scanner.spoiling import a_document, an_observation

from smelt.mtconnect.scanner.scan import Scan
from smelt.mtconnect.scanner.state import EVENT_TEXT, ITEM_COLUMN, STATE, TEXT_COLUMN
from smelt.mtconnect.scanner.word_table import WordTable


def scanned(*buffers: bytes) -> Scan:
    scan = Scan()
    for data in buffers:
        scan.open(data)
        assert scan.resume(0) == len(data)
    return scan


def a_text(text: bytes, number: int) -> bytes:
    return a_document(an_observation(b'"%s"' % text, b"item%d" % number, number), "Events", "Block")


def test_words_outlive_the_data_that_they_stood_in():
    scan = Scan()
    for number in range(3):
        data = bytearray(a_text(b"text%d" % number, number))
        scan.open(memoryview(data))
        scan.resume(0)
        data[:] = bytes(len(data))
    assert scan.words.of_column(ITEM_COLUMN)[0] == ["item0", "item1", "item2"]
    texts, kinds = scan.words.of_column(TEXT_COLUMN)
    assert texts == ["text0", "text1", "text2"] and set(kinds.tolist()) == {EVENT_TEXT}


def test_a_word_that_was_met_before_has_its_code_in_the_next_buffer():
    one, two = a_text(b"same", 1), a_text(b"other", 1)
    scan = scanned(one, two, one)
    assert scan.column("item").tolist() == [0, 0, 0]
    assert scan.column("text").tolist() == [0, 1, 0]


@pytest.mark.parametrize("length", [10, 40_000, 300_000])
def test_there_is_room_for_long_words(length):
    texts = [bytes([ord("a") + n]) * length for n in range(5)]
    scan = scanned(*(a_text(text, n) for n, text in enumerate(texts)))
    assert scan.words.of_column(TEXT_COLUMN)[0] == [text.decode() for text in texts]


def test_it_grows_only_if_a_word_found_no_room():
    state = np.zeros(1, STATE)
    table = WordTable(state, 8)
    assert not table.make_room() and table.capacity == 8
    state["is_full"] = 1
    assert table.make_room() and table.capacity == 32
