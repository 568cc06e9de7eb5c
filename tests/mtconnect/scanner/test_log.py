import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.scanner.log import NUMBER, OTHER, TEXT, VECTOR, LogScan
from smelt.mtconnect.scanner.state import IS_UNAVAILABLE, NO_WORD

STAMP = b"2017-10-24T09:40:00.5Z"
STAMP_US = 1_508_838_000_500_000
TAIL = b" " * 300  # what stands near the end is left to who reads line by line


def scan(*lines: bytes, meaning: int = int(NUMBER), end: bytes = b"\n") -> LogScan:
    return LogScan(end.join([*(STAMP + b"|" + line for line in lines), TAIL]), lambda _: meaning)


def test_numbers_texts_vectors_and_unavailable():
    numbers = scan(b"x|1.5", b"x|UNAVAILABLE", b"y|1 -2.5", b"y|3 mm", end=b"\r\n")
    assert numbers.rows["event_time"].tolist() == [STAMP_US] * 3
    assert str(numbers.rows["value"].tolist()) == "[1.5, nan, nan]"
    assert numbers.rows["text"].tolist() == [NO_WORD, IS_UNAVAILABLE, 0]
    words, kinds = numbers.texts
    assert (words, kinds.tolist()) == (["1 -2.5"], [VECTOR])
    assert numbers.keys == ["x", "y"]
    texts = scan(b"x|1.5", b"x|", b"y|a \xc3\xb6", meaning=int(TEXT), end=b"\r\n")
    assert texts.texts[0] == ["1.5", "", "a ö"]
    assert texts.rows["text"].tolist() == [0, 1, 2]


def test_what_may_be_the_word_unavailable_with_blanks_around_it_is_left():
    found = scan(b"x|UNAVAILABLE ", b"x|  unavailable", b"x|  blanks, too  ", b"x|   ", b"x| short", meaning=int(TEXT))
    assert found.others["element"].tolist() == [0, 1, 2, 5]
    assert found.texts[0] == ["   ", " short"]


def test_what_is_not_plain_is_left_with_its_place():
    found = scan(b"x|1", b"x|1|y|2", b"|3", b"x", b"x|4")
    assert found.rows["value"].tolist() == [1.0, 4.0]
    others = found.others
    assert others["row"].tolist() == [1, 1, 1, 2]
    assert others["element"].tolist() == [1, 2, 3, 5]
    assert (others["end"] - others["start"]).tolist() == [len(STAMP) + 8, len(STAMP) + 3, len(STAMP) + 2, len(TAIL)]


def test_a_key_is_explained_once_and_one_with_another_meaning_is_left():
    asked: list[str] = []

    def explain(key: str) -> int:
        asked.append(key)
        return int(OTHER if key == "condition" else NUMBER)

    lines = [b"x|1", b"condition|2", b"x|3", b"condition|4", b"k" * 200 + b"|5"]
    found = LogScan(b"\n".join([*(STAMP + b"|" + line for line in lines), TAIL]), explain)
    assert asked == ["x", "condition"]
    assert found.rows["value"].tolist() == [1.0, 3.0]


def test_the_table_of_words_grows():
    found = scan(*(b"k%d|t%d" % (n % 5000, n) for n in range(9000)), meaning=int(TEXT))
    assert found.keys == [f"k{n}" for n in range(5000)]
    assert found.texts[0] == [f"t{n}" for n in range(9000)]
    assert found.rows["item"].tolist() == [n % 5000 for n in range(9000)]


@given(st.lists(st.binary(max_size=40), max_size=20), st.binary(max_size=300))
def test_no_byte_is_lost_whatever_they_are(lines: list[bytes], tail: bytes):
    data = b"\n".join([*lines, tail])
    if not _is_utf8(data):
        return
    found = LogScan(data, lambda _: int(TEXT))
    left = [data[start:end] for start, end in zip(found.others["start"], found.others["end"], strict=True)]
    assert len(left) + len(found.rows["value"]) == len(data.split(b"\n")) - data.endswith(b"\n") - (not data)
    assert set(left) <= set(data.split(b"\n"))
    assert np.isnan(found.rows["value"]).all()


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
