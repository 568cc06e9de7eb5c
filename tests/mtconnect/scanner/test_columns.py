import numpy as np
from tests.mtconnect.scanner.spoiling import a_document, an_observation, assert_same

from smelt.mtconnect.scanner.columns import Vocabulary


def test_a_vocabulary_gives_each_word_one_code():
    vocabulary = Vocabulary(["a", "b", "c"], np.array([2, -1, 0, 2], np.int32))
    assert vocabulary.code("d") == 3 and vocabulary.code("a") == 0 and vocabulary.code(None) == -1
    assert vocabulary.to_arrow().to_pylist() == ["c", None, "a", "c"]


def test_unavailable_is_a_level_and_neither_number_nor_text():
    shapes = [b"1.5", b'"UNAVAILABLE"', b"[1.0,2.0]", *[b"2.5"] * 6]
    rows = assert_same(a_document(b",".join(map(an_observation, shapes)))).rows
    assert rows["level"].to_pylist()[:3] == [None, "UNAVAILABLE", None]
    assert rows["value"].to_pylist()[:3] == [1.5, None, None]
    assert rows["text"].to_pylist()[:3] == [None, None, "[1.0,2.0]"]
