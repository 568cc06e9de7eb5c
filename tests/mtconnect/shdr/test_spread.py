"""Spread logs say what the logs themselves do, line by line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.shdr.decode import decode_line_by_line, decode_plain_first
from smelt.mtconnect.shdr.fields import Keys
from smelt.mtconnect.shdr.plain import read_plain_lines
from smelt.mtconnect.shdr.spread import Spreader

STAMP = "2017-10-24T09:40:00.123Z"
STAMPS = [
    STAMP,
    "2017-10-24T09:40:00",
    f"{STAMP}@10.5",
    f"  {STAMP}",
    "2017-10-24 09:40:00.5Z",
    "10/24/2017 9:40:00 PM",
]
STAMPS += [
    "2017-10-24T09:40:60.5Z",
    "2017-10-24T09:40:00+01:00",
    "2017-02-30T00:00:00Z",
    "",
    "x",
    f"{STAMP} ",
    "* PING",
]
STAMPS += ["1761-01-02T03:04:05.1234567Z", "2017- 1- 2T03:04:05Z", "0001-01-01T00:00:00+01:00", f"@{STAMP}"]
KEYS = ["Xpos", "x_actual", "Mill:Xpos", "tip", "mode", "ovr", "motion", "msg", "alarm", "vib", "vars", "new", " Xpos "]
KEYS += ["", " ", "@ASSET@", "Größe", "mode\t"]
VALUES = ["1", "12.5", "UNAVAILABLE", "abc", "", " 7", "FAULT", "HIGH", "1 2 3", '"quoted"', 'a "b \\', 'c" d', "88 %"]
VALUES += ["1:DAY", "µ", "2", "x\r"]

pairs = st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(VALUES)), min_size=1, max_size=4)
lines = st.builds(
    lambda stamp, told, end: "|".join([stamp, *(field for pair in told for field in pair)]) + end,
    st.sampled_from(STAMPS),
    pairs,
    st.sampled_from(["", "", "", "|", "|x", "\r"]),
)


@given(st.lists(st.one_of(lines, st.sampled_from(["garbage", "", "x" * 80, "rest"])), max_size=12), st.booleans())
def test_a_log_of_several_pairs_reads_as_line_by_line(machine, log, is_declared):
    keys = Keys.of(machine if is_declared else None, "m1")
    data = "\n".join([*log, " " * 300]).encode()
    at_once, one_by_one = decode_plain_first(data, keys, "m1"), decode_line_by_line(data, keys, "m1")
    assert str(at_once.rows.to_pylist()) == str(one_by_one.rows.to_pylist())
    assert at_once.rejects == one_by_one.rejects


def test_a_line_becomes_a_plain_one_for_each_pair(machine):
    keys = Keys.of(machine, "m1")
    log = [
        f"{STAMP}|Xpos|1|mode|AUTOMATIC| Xpos |2",
        "garbage",
        f"{STAMP}@9|mode|MANUAL",
        f"{STAMP}|Xpos|88 %",
        " " * 300,
    ]
    plain = read_plain_lines("\n".join(log).encode(), keys)
    assert len(plain.value) == 4 and plain.other_texts == ["garbage", f"{STAMP}|Xpos|88 %", " " * 300]
    assert plain.other_numbers == [1, 3, 4] and plain.others_after.tolist() == [3, 4, 4]


@pytest.mark.parametrize(
    "line",
    [
        f"{STAMP}|Xpos|1", f"{STAMP}|Xpos|1|mode", f"{STAMP}|Xpos|1||2", f"{STAMP}|@ASSET@|1|mode|2",
        f"{STAMP}|msg|1|mode|2", f"{STAMP}|Xpos|1|motion|Normal", f"{STAMP}|new|FAULT|1|2|HIGH|3", "x|Xpos|1|mode|2",
        f'{STAMP}|mode|"a \\|b"|Xpos|2', f"{STAMP}|Xpos|1\r|mode|2", "* PING|Xpos|1|mode|2",
    ],
)  # fmt: skip
def test_what_may_be_something_else_is_left(machine, line):
    assert Spreader(Keys.of(machine, "m1")).pairs(line) is None


def test_few_lines_among_many_plain_ones_are_not_worth_it() -> None:
    data = f"{STAMP}|a|1|b|2\n".encode()
    lines = [(0, 0, len(data) - 1)]
    assert Spreader(Keys()).spread(data, lines, plain=60) is None
    found = Spreader(Keys()).spread(data, lines, plain=59)
    assert found is not None and found.data == f"{STAMP}|a|1\n{STAMP}|b|2\n".encode()
    assert found.numbers.tolist() == [0, 0, 1]
