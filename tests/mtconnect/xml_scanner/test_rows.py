"""Every column of a row has a place of its own, and categories and levels mean what rows of copper call them."""

from smelt.mtconnect.scanner import state
from smelt.mtconnect.xml_scanner import rows as r


def test_a_place_each_and_no_place_is_left_over() -> None:
    columns = [
        r.DOCUMENT, r.DEVICE, r.CATEGORY, r.FORM, r.LEVEL, r.SEQUENCE, r.TIME, r.ITEM_AT, r.ITEM_LENGTH, r.TEXT_AT,
        r.TEXT_LENGTH, r.CODE_AT, r.CODE_LENGTH,
    ]  # fmt: skip
    assert columns == list(range(r.ROW_WIDTH))


def test_categories_are_numbered_as_in_the_json_scan() -> None:
    assert (r.SAMPLE, r.EVENT, r.CONDITION) == (state.SAMPLE, state.EVENT, state.CONDITION)


def test_forms_and_levels_are_told_apart() -> None:
    assert len({r.IS_NUMBER, r.IS_TEXT, r.IS_UNAVAILABLE, r.HAS_UNITS}) == 4
    assert r.LEVELS == ("NORMAL", "WARNING", "FAULT", "UNAVAILABLE")
