from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.cells import sample_cell
from smelt.mtconnect.records.cells import RecordCells
from smelt.mtconnect.records.kinds import Meaning
from smelt.mtconnect.rows import Cell

NUMBERS = st.one_of(
    st.floats(allow_nan=False).map(str),
    st.text("0123456789+-.eE ", max_size=6),
    st.sampled_from(["UNAVAILABLE", "1_0", "inf", "\u0663", "1 2", "0.1 -2e3 4", "1  2", "x 1"]),
    st.floats(allow_nan=False),
    st.integers(-(1 << 63), 1 << 64),
    st.sampled_from([True, None]),
)


def cell_at(columns: dict, place: int) -> Cell:
    return Cell(*(columns[name][place] for name in Cell._fields))


@given(st.one_of(st.lists(NUMBERS), st.lists(st.floats(allow_nan=False).map(str)), st.lists(st.integers(0, 9))))
def test_numbers_and_vectors_are_those_of_a_sample(sent):
    cells = RecordCells([Meaning("number")] * len(sent), sent)
    for place, value in enumerate(sent):
        expected = sample_cell(value)
        if place in cells.left:
            assert expected.value is None
        else:
            assert cell_at(cells.columns, place) == expected


def test_each_follows_its_own_rule():
    meanings = [Meaning("text", "C"), Meaning("each"), Meaning("none"), Meaning("number", "D"), Meaning("text")]
    cells = RecordCells(meanings, ["1.5", "2", "3", "4", ""])
    assert sorted(cells.left) == [1, 2, 4]
    assert cell_at(cells.columns, 0) == Cell(text="1.5", native_code="C")
    assert cell_at(cells.columns, 3) == Cell(4.0, native_code="D")
    cells.put(4, Cell(level="NORMAL"))
    assert cell_at(cells.columns, 4) == Cell(level="NORMAL")
