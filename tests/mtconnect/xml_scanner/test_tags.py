"""Tags on bytes: names, attributes and ends are found where they lie, and what is odd is refused."""

# ruff: noqa: PLW0108 - compiled code alone can call a part

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit
from tests.mtconnect.xml_scanner.held import held

from smelt.mtconnect.xml_scanner import tags as t

KNOWN = {
    "dataItemId": t.ID, "sequence": t.NUMBER, "timestamp": t.STAMP, "uuid": t.UUID, "nativeCode": t.NATIVE_CODE,
    "conditionId": t.CONDITION_ID, "resetTriggered": t.RESET, "sampleRate": t.RATE, "sampleCount": t.COUNT,
}  # fmt: skip
NAMES = st.one_of(st.sampled_from(list(KNOWN)), st.from_regex(r"[A-Za-z_][A-Za-z0-9._-]{0,20}", fullmatch=True))
VALUES = st.text("ab1 .-é/>'", max_size=12)
BLANKS = st.sampled_from([" ", "  ", "\n", "\t "])

is_blank = njit(lambda byte: t.is_blank(byte))
skip_blanks = njit(lambda at, limit: t.skip_blanks(at, limit))
name_end = njit(lambda at, limit: t.name_end(at, limit))
local_name = njit(lambda at, end: t.local_name(at, end))
read_tag = njit(lambda at, limit, spans, found: t.read_tag(at, limit, spans, found))
close_at = njit(lambda at, limit, name: t.close_at(at, limit, name))
read_body = njit(lambda text, limit, name: t.read_body(text, limit, name))


def read(text: str) -> tuple[str, dict[int, str], tuple[bool, bool]] | None:
    """Return what stands from the tag's end on, the values by attribute, and the two signs; None if it is odd."""
    one = held(text.encode() + b"x")  # a tag is never the last of a document
    spans, found = np.zeros((t.MOST_ATTRIBUTES, 2), np.int64), np.zeros((t.FOUND, 2), np.int64)
    end = read_tag(one.at, one.end, spans, found)
    if end < 0:
        return None
    values = {row: one.text(*found[row]).decode() for row in range(t.SIGNS) if found[row, 0] >= 0}
    signs = found[t.SIGNS] >= 0
    return one.text(end, one.end - 1).decode(), values, (bool(signs[t.HAS_ENTITY]), bool(signs[t.HAS_PREFIX]))


@given(st.integers(0, 255))
def test_a_blank_is_xmls(byte):
    assert is_blank(byte) == (byte in b" \t\r\n")


@given(st.text(" \t\r\nab", max_size=9))
def test_blanks_are_skipped_to_the_limit(text):
    one = held(text.encode())
    assert skip_blanks(one.at, one.end) - one.at == len(text) - len(text.lstrip(" \t\r\n"))


@given(st.text("aZ09_.-: /=>é", max_size=9))
def test_a_name_ends_where_its_letters_do(text):
    one = held(text.encode())
    found = re.match(rb"(?![0-9.-])[A-Za-z0-9:_.-]+", text.encode())
    begins_odd = text.startswith(":")  # no name of MTConnect does: either answer is refused later
    assert begins_odd or name_end(one.at, one.end) - one.at == (found.end() if found else 0)


@pytest.mark.parametrize(("name", "local"), [("Load", "Load"), ("m:Load", "Load"), ("a:b:c", "c"), (":x", "x")])
def test_a_prefix_is_left_out(name, local):
    one = held(name.encode())
    assert one.text(local_name(one.at, one.end), one.end).decode() == local


@given(st.lists(st.tuples(BLANKS, NAMES, VALUES), max_size=9, unique_by=lambda one: one[1]), st.sampled_from(">/"))
def test_attributes_that_count_are_found_where_they_lie(attributes, last):
    text = "".join(f'{blank}{name}="{value}"' for blank, name, value in attributes)
    after = ">text" if last == ">" else "/>text"
    wanted = {KNOWN[name]: value for _, name, value in attributes if name in KNOWN}
    assert read(f"{text} {after}") == (after, wanted, (False, False))


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        (" dataItemId='a\"b'>", (False, False)),
        (' dataItemId = "a" >', (False, False)),
        (' dataItemId="a&amp;b">', (True, False)),
        (' xs:dataItemId="a">', (False, True)),
        (' xs:lang="en" name="a &amp;&lt;&gt;&quot;&apos; b">', (False, False)),
        (' name="&amp">', (True, False)),
        (' name="&#65;">', (True, False)),
        (' name="&amp;" dataItemId="a">', (False, False)),
    ],
)
def test_quotes_blanks_entities_and_prefixes(text, signs):
    found = read(text)
    assert found is not None and found[2] == signs


@pytest.mark.parametrize(
    "text",
    [
        ' a="1" a="2">', ' a="1"b="2">', ' a=1>', ' a>', ' a="1', ' a="<">', ' a="\n">', " ", "", " 1a='1'>",
        " /x>", ' =">', "".join(f' n{k}="{k}"' for k in range(t.MOST_ATTRIBUTES + 1)) + ">",
    ],
)  # fmt: skip
def test_what_is_odd_is_refused(text):
    assert read(text) is None


def test_as_many_attributes_as_there_is_room_for():
    assert read("".join(f' n{k}="{k}"' for k in range(t.MOST_ATTRIBUTES)) + ">") is not None


@pytest.mark.parametrize(
    ("text", "length"), [("</Load>x", 7), ("</Load \n>x", 9), ("</Loads>", -1), ("<Load>", -1), ("</Load", -1)]
)
def test_an_end_tag_of_that_name(text, length):
    name, one = held(b"Load"), held(text.encode())
    end = close_at(one.at, one.end, np.array([name.at, name.end]))
    assert (end - one.at if end >= 0 else -1) == length


@pytest.mark.parametrize(
    ("text", "body", "is_marked"),
    [
        ("</Set>x", "", False),
        ("12.5\n\t[#5]</Set>x", "12.5\n\t[#5]", False),
        ('<Entry key="k">1</Entry></Set>x', '<Entry key="k">1</Entry>', True),
        ("a &lt; b</Set >x", "a &lt; b", True),
        ("a]]b</Set>x", "a]]b", True),
        ("\r\n</Set>x", "\r\n", True),
        ("<![CDATA[</Set>]]>]]></Set>x", "<![CDATA[</Set>]]>]]>", True),
        ("<![CDATA[]]></Set>x", "<![CDATA[]]>", True),
        ("<![CDATA[]></Set>x", None, True),
        ("<!-- </Set> --></Set>x", None, True),
        ("<?x?></Set>x", None, True),
        ("<Entry>1</Entry>", None, True),
    ],
)
def test_what_stands_in_an_element_ends_with_its_own_tag(text, body, is_marked):
    name, one = held(b"Set"), held(text.encode())
    place = np.array([one.at, 0, 0])
    end = read_body(place, one.end, np.array([name.at, name.end]))
    assert bool(place[2]) == is_marked
    assert (one.text(one.at, place[1]).decode() if end >= 0 else None) == body
    assert end < 0 or one.text(end, one.end) == b"x"
