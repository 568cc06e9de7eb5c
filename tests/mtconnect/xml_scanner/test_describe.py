"""One observation to a row, within the smallest document: which are plain, and what the row says of them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mtconnect.xml_scanner.held import scanned

from smelt.mtconnect.xml_scanner import rows as r

HEAD = b'<MTConnectStreams><Header/><Streams><DeviceStream uuid="m"><ComponentStream>'
TAIL = b"</ComponentStream></DeviceStream></Streams></MTConnectStreams>"
KEY = 'dataItemId="a" sequence="7" timestamp="1970-01-01T00:00:01Z"'


def row_of(category: int, name: str, attributes: str, text: str) -> dict[str, object] | None:
    """Return what the row of an observation says in words; None where it is not plain and left to the parser."""
    container = (b"Samples", b"Events", b"Condition")[category]
    observation = f"<{name} {attributes}>{text}</{name}>".encode()
    one, out, _ = scanned(b"%s<%s>%s</%s>%s" % (HEAD, container, observation, container, TAIL))
    assert out.counts[1] + out.counts[2] == 1
    if out.counts[2]:
        assert one.text(*out.others[0, 3:]) == observation
        return None
    row = out.rows[0]
    assert (row[r.CATEGORY], row[r.DOCUMENT], row[r.DEVICE]) == (category, 0, 0)
    said = {n: one.text(row[at], row[at] + row[length]).decode() for n, at, length in (
        ("item", r.ITEM_AT, r.ITEM_LENGTH), ("text", r.TEXT_AT, r.TEXT_LENGTH), ("code", r.CODE_AT, r.CODE_LENGTH),
    )}  # fmt: skip
    level = r.LEVELS[row[r.LEVEL]] if row[r.LEVEL] >= 0 else None
    place = {"sequence": int(row[r.SEQUENCE]), "time": int(row[r.TIME]), "form": int(row[r.FORM]), "level": level}
    return said | place | {"number": float(out.numbers[0])}


def test_a_number_of_a_sample() -> None:
    assert row_of(r.SAMPLE, "Load", KEY, " 1.50 ") == {
        "item": "a", "text": "1.50", "code": "", "sequence": 7, "time": 1_000_000, "form": r.IS_NUMBER, "level": None,
        "number": 1.5,
    }  # fmt: skip


@given(st.floats(allow_nan=False, allow_infinity=False), st.text(" ", max_size=2))
def test_a_samples_number_is_exact_or_left_as_text(number, blanks):
    row = row_of(r.SAMPLE, "Load", KEY, f"{blanks}{number!r}{blanks}")
    assert row is not None and row["text"] == repr(number)
    assert row["form"] == (r.IS_TEXT if math.isnan(row["number"]) else r.IS_NUMBER)
    assert math.isnan(row["number"]) or row["number"] == number


@pytest.mark.parametrize("category", [r.SAMPLE, r.EVENT])
def test_unavailable_has_neither_number_nor_text_form(category):
    row = row_of(category, "Load", KEY, " UNAVAILABLE ")
    assert row is not None and row["form"] == r.IS_UNAVAILABLE and math.isnan(row["number"])


def test_an_events_text_stays_with_its_blanks() -> None:
    row = row_of(r.EVENT, "Program", KEY, " O 12 ")
    assert row is not None and (row["text"], row["form"]) == (" O 12 ", r.IS_TEXT)


@pytest.mark.parametrize("level", r.LEVELS)
def test_a_condition_has_its_level_in_any_case_and_no_text_of_blanks(level):
    for name in (level.title(), level, level.lower()):
        row = row_of(r.CONDITION, name, KEY, "  ")
        assert row is not None and (row["level"], row["text"]) == (level, "")


@pytest.mark.parametrize(
    ("category", "name", "more", "code"),
    [
        (r.CONDITION, "Fault", 'nativeCode="E1" conditionId="9"', "E1"),
        (r.CONDITION, "Fault", 'nativeCode="" conditionId="9"', "9"),
        (r.CONDITION, "Fault", 'conditionId="9"', "9"),
        (r.EVENT, "Message", 'nativeCode="M1" resetTriggered="DAY"', "M1"),
        (r.EVENT, "PartCount", 'resetTriggered="DAY"', "DAY"),
        (r.SAMPLE, "Load", 'nativeCode="M1" resetTriggered="DAY"', "DAY"),
    ],
)
def test_which_attribute_is_the_code(category, name, more, code):
    row = row_of(category, name, f"{KEY} {more}", "5")
    assert row is not None and row["code"] == code


@pytest.mark.parametrize(
    ("category", "name", "attributes", "text"),
    [
        (r.SAMPLE, "Load", KEY.replace('"a"', '""'), "1"),
        (r.SAMPLE, "Load", KEY.replace('sequence="7"', ""), "1"),
        (r.SAMPLE, "Load", KEY.replace('"7"', '"-7"'), "1"),
        (r.SAMPLE, "Load", KEY.replace('"7"', f'"{"9" * 19}"'), "1"),
        (r.SAMPLE, "Load", KEY.replace("T00", " 00"), "1"),
        (r.SAMPLE, "Load", KEY.replace('"a"', '"a&amp;"'), "1"),
        (r.SAMPLE, "Load", f'{KEY} x:nativeCode="1"', "1"),
        (r.SAMPLE, "Load", KEY, "  "),
        (r.SAMPLE, "LoadTimeSeries", KEY, " "),
        (r.SAMPLE, "LoadTimeSeries", KEY, "1 &amp; 2"),
        (r.SAMPLE, "LoadDataSet", f'{KEY} sampleCount="2"', "1 2"),
        (r.CONDITION, "Severe", KEY, ""),
        (r.CONDITION, "Normal", KEY, "UNAVAILABLE"),
    ],
)
def test_what_is_not_plain_is_refused(category, name, attributes, text):
    assert row_of(category, name, attributes, text) is None


@pytest.mark.parametrize(
    ("category", "name", "text", "form"),
    [
        (r.SAMPLE, "Load", "1&#46;5", r.IS_MARKED),
        (r.EVENT, "Message", "<![CDATA[a]]>", r.IS_MARKED),
        (r.EVENT, "PathFeedrateOverride", "1&#46;5", r.MARKED_UNITS),
        (r.CONDITION, "Fault", "a &lt; b", r.IS_MARKED),
        (r.EVENT, "VariableDataSet", '<Entry key="a">1</Entry>', r.IS_SET),
        (r.EVENT, "WorkOffsetTable", "", r.IS_SET),
        (r.SAMPLE, "LoadDataSet", " ", r.IS_SET),
    ],
)
def test_what_holds_more_than_text_is_left_to_be_read(category, name, text, form):
    row = row_of(category, name, KEY, text)
    assert row is not None and (row["form"], row["text"]) == (form, text)


@pytest.mark.parametrize(
    ("name", "more", "rate"),
    [("LoadTimeSeries", "", ""), ("Load", 'sampleCount="2"', ""), ("Load", 'resetTriggered="DAY" sampleRate="9"', "9")],
)
def test_a_time_series_has_its_rate_for_a_code(name, more, rate):
    row = row_of(r.SAMPLE, name, f"{KEY} {more}", " 1 2 ")
    assert row is not None and (row["form"], row["text"], row["code"]) == (r.IS_SERIES, "1 2", rate)
    assert row_of(r.EVENT, name, f"{KEY} {more}", " 1 2 ")["form"] == r.IS_TEXT
