from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.shdr.decode import decode_line_by_line, decode_plain_first
from smelt.mtconnect.shdr.fields import Keys
from smelt.mtconnect.shdr.plain import read_plain_lines

STAMPS = ["2017-10-24T09:40:00.123Z", "2017-10-24T09:40:00Z", "1761-01-02T03:04:05.1234567Z", "2017-10-24T09:40:60.5Z"]
STAMPS += ["2017-10-24T09:40:00.5", "2017-10-24T09:40:00.Z", "2017-02-30T00:00:00Z", "0000-01-01T00:00:00Z", "", " "]
STAMPS += ["2017-10-24T09:40:00.1234567891Z", "2017-10-24T09:40:00+01:00", "2017-10-24T09:40:00.5Z@10", "* PING"]
NAMES = ["Xpos", "x_actual", "id_Xpos", "Mill:Xpos", "tip", "mode", "ovr", "motion", "msg", "alarm", "vib", "vars"]
NAMES += ["parts", "new", " Xpos", "", "@ASSET@", "other:Xpos", "Größe"]
VALUES = [
    "1",
    "-0",
    "12.5",
    "1E-005",
    ".5",
    "5.",
    "+1",
    "1e400",
    "NaN",
    "Infinity",
    "UNAVAILABLE",
    "Unavailable",
    " UNAVAILABLE",
    "unavailable  ",
    "UNAVAILABLE\r",
    "abc",
    "",
    " 7",
    "1_0",
]
VALUES += [
    "Normal",
    "Fault|31|||SERVO",
    "Normal||||",
    "1 2 3",
    "-0 1.5 12345678901234567.5",
    "1  2",
    "1 2 ",
    '"quoted"',
    'a "b \\| c" d',
    "1|mode|x",
    "1|",
    "1\r",
]
VALUES += ["2|10|1 2", "0||UNAVAILABLE", "88 %", "1:DAY", "\u00b5", "0x1", "1e", "١"]

lines = st.builds(lambda *parts: "|".join(parts), *map(st.sampled_from, (STAMPS, NAMES, VALUES)))
logs = st.lists(
    st.one_of(lines, st.sampled_from(["", "garbage", "=======", "2017-10-24T09:40:00Z", "<x/>"])), max_size=25
)


@given(logs, st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_plain_lines_read_as_line_by_line(machine, log, is_declared, line_end):
    keys = Keys.of(machine if is_declared else None, "m1")
    data = line_end.join([*log, " " * 300]).encode()  # near its end a log is left to the other way
    at_once, one_by_one = decode_plain_first(data, keys, "m1"), decode_line_by_line(data, keys, "m1")
    # Arrow holds NaN unequal to itself, text does not
    assert str(at_once.rows.to_pylist()) == str(one_by_one.rows.to_pylist())
    assert at_once.rejects == one_by_one.rejects


def test_only_plain_lines_are_taken(machine):
    data = b"2017-10-24T09:40:00Z|Xpos|1\n2017-10-24T09:40:00Z|motion|Normal||||\ngarbage\n" + b" " * 300
    plain = read_plain_lines(data, Keys.of(machine, "m1"))
    assert [plain.items[key] for key in plain.key] == ["id_Xpos"]
    assert plain.other_numbers == [1, 2, 3]
    assert plain.other_texts == ["2017-10-24T09:40:00Z|motion|Normal||||", "garbage", " " * 300]
    assert plain.others_after.tolist() == [1, 1, 1]


def test_vectors_are_read_with_the_plain_lines(machine):
    log = ["2017-10-24T09:40:00Z|Xpos|1 2 3", "2017-10-24T09:40:00Z|Xpos|-0 1.50 0.1234567890123456", " " * 300]
    data = "\n".join(log).encode()
    plain = read_plain_lines(data, Keys.of(machine, "m1"))
    assert [plain.texts[code] for code in plain.text] == ["[1.0,2.0,3.0]", "[-0.0,1.5,0.123456789012346]"]
    rows = decode_plain_first(data, Keys.of(machine, "m1"), "m1").rows
    assert rows.equals(decode_line_by_line(data, Keys.of(machine, "m1"), "m1").rows)
    assert rows["native_units"].to_pylist() == [True, True]
