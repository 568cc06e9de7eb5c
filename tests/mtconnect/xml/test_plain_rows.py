"""Rows of the scan become rows of copper: words once each, and texts that say numbers as numbers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.cells import event_cell, sample_cell
from smelt.mtconnect.digits import short
from smelt.mtconnect.xml.plain_rows import plain_rows
from smelt.mtconnect.xml.words import Words
from smelt.mtconnect.xml_scanner import rows as r
from smelt.terms.observation import DECODED_ROWS

DEVICES = Words(np.array([0, 1, 0], np.int32), ["mill", "lathe"])


def scanned(*said: dict[str, object]) -> tuple[bytes, np.ndarray, np.ndarray]:
    """Return data, rows and numbers as the scan would of observations: category, form, item, text, code, level."""
    data, rows, numbers = b"", np.zeros((len(said), r.ROW_WIDTH), np.int64), np.full(len(said), np.nan)
    for k, one in enumerate(said):
        rows[k, [r.CATEGORY, r.FORM, r.LEVEL, r.SEQUENCE, r.TIME, r.DEVICE]] = (
            one.get("category", r.SAMPLE), one.get("form", r.IS_TEXT), one.get("level", -1), k + 1, 1_000_000 * k,
            one.get("device", 0),
        )  # fmt: skip
        numbers[k] = one.get("number", np.nan)
        for name, at, length in (
            ("item", r.ITEM_AT, r.ITEM_LENGTH), ("text", r.TEXT_AT, r.TEXT_LENGTH), ("code", r.CODE_AT, r.CODE_LENGTH)
        ):  # fmt: skip
            text = str(one.get(name, "")).encode()
            rows[k, at], rows[k, length] = len(data), len(text)
            data += text
    return data + bytes(8), rows, numbers


def made(*said: dict[str, object]) -> list[dict[str, object]]:
    table = plain_rows(*scanned(*said), DEVICES).table
    assert table.schema.equals(DECODED_ROWS)
    return table.to_pylist()


def test_a_number_has_no_text_and_a_text_no_number() -> None:
    number, text = made(
        {"item": "x", "form": r.IS_NUMBER, "number": 1.5}, {"item": "p", "category": r.EVENT, "text": "O12"}
    )
    assert (number["value"], number["text"], number["level"]) == (1.5, None, None)
    assert (text["value"], text["text"], text["category"]) == (None, "O12", "EVENT")
    assert (text["sequence"], text["part"], text["native_units"], text["instance_id"]) == (2, 0, False, None)


def test_unavailable_is_a_level_and_nothing_else() -> None:
    (row,) = made({"item": "x", "form": r.IS_UNAVAILABLE})
    assert (row["level"], row["value"], row["text"]) == ("UNAVAILABLE", None, None)


def test_a_condition_without_words_has_no_text_and_one_without_code_no_code() -> None:
    bare, told = made(
        {"item": "c", "category": r.CONDITION, "level": 0},
        {"item": "c", "category": r.CONDITION, "level": 2, "text": "hot", "code": "E1"},
    )
    assert (bare["level"], bare["text"], bare["native_code"]) == ("NORMAL", None, None)
    assert (told["level"], told["text"], told["native_code"]) == ("FAULT", "hot", "E1")


def test_an_event_without_words_is_an_empty_text() -> None:
    (row,) = made({"item": "m", "category": r.EVENT})
    assert row["text"] == ""


def test_scanned_devices_of_one_uuid_are_one_word() -> None:
    table = plain_rows(*scanned(*({"item": "x", "device": d} for d in (0, 1, 2))), DEVICES).table
    column = table["device_uuid"].combine_chunks()
    assert column.to_pylist() == ["mill", "lathe", "mill"] and len(column.dictionary) == 2


TEXTS = st.one_of(
    st.sampled_from(["0815", "1e400", "0.5333333333333333", "123456789012345678", "1 2 3", "nan", "-INF", "1_0", "x"]),
    st.floats(allow_nan=False).map(repr),
    st.text("0123456789.eE+- ", min_size=1, max_size=12).filter(lambda text: text == text.strip() != ""),
)


@given(st.lists(st.tuples(st.sampled_from([r.SAMPLE, r.EVENT]), TEXTS), min_size=1, max_size=9))
def test_a_text_says_what_its_cell_says(pairs):
    rows = made(*({"item": "x", "category": category, "text": text} for category, text in pairs))
    for (category, text), row in zip(pairs, rows, strict=True):
        cell = event_cell(text) if category == r.EVENT else sample_cell(text)
        assert row["text"] == cell.text
        assert (row["value"] is None) == (cell.value is None)
        assert cell.value is None or np.array_equal(row["value"], short(cell.value), equal_nan=True)


def test_time_series_are_a_row_a_value_in_their_place() -> None:
    number = {"item": "x", "form": r.IS_NUMBER, "number": 1.5}
    series = {"item": "v", "form": r.IS_SERIES, "text": "1 2.50 3", "code": "4"}
    rows = made(number, series, {"item": "v", "form": r.IS_SERIES, "text": "1 x", "code": "4"}, number)
    assert [(row["sequence"], row["part"], row["value"]) for row in rows] == [
        (1, 0, 1.5), (2, 0, 1.0), (2, 1, 2.5), (2, 2, 3.0), (3, 0, None), (4, 0, 1.5),
    ]  # fmt: skip
    assert [(row["event_time"] - rows[0]["event_time"]).total_seconds() for row in rows[1:4]] == [0.5, 0.75, 1.0]
    assert {row["native_code"] for row in rows} == {None}
    assert rows[4]["text"] == sample_cell(["1", "x"]).text


def test_a_probes_rate_places_a_series_without_one() -> None:
    data, rows, numbers = scanned({"item": "v", "form": r.IS_SERIES, "text": "1 2"})
    assert plain_rows(data, rows, numbers, DEVICES).table["text"].to_pylist() == ["[1.0,2.0]"]
    placed = plain_rows(data, rows, numbers, DEVICES, {("mill", "v"): 2.0}).table
    assert placed["value"].to_pylist() == [1.0, 2.0]


def test_documents_of_what_cannot_be_read_are_told() -> None:
    data, rows, numbers = scanned(
        *({"item": "m", "category": r.EVENT, "form": r.IS_MARKED, "text": text} for text in ("&lt;", "&no;", "<a/>")),
        {"item": "v", "form": r.IS_SERIES, "text": "1 UNAVAILABLE"},
    )
    rows[:, r.DOCUMENT] = [0, 1, 2, 3]
    found = plain_rows(data, rows, numbers, DEVICES)
    assert found.unread == {1, 2, 3} and found.table["text"].to_pylist()[0] == "<"
