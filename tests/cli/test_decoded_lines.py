import pytest

from smelt.cli.decoded_lines import columns, records
from smelt.mtconnect.rows import Building, Cell, Document, Row, Rows


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (Cell(0.1), "0.1"),
        (Cell(float("inf")), "Infinity"),
        (Cell(100.0, "100"), "100"),
        (Cell(text=""), "(empty)"),
        (Cell(level="UNAVAILABLE"), "UNAVAILABLE"),
        (Cell(None, "hot", "FAULT", "7"), "FAULT 7 hot"),
        (Cell(text="a\tb\x00"), "a\\tb\\x00"),
    ],
)
def test_what_an_observation_says(cell, shown):
    building = Building()
    building.documents.append(Document(0, 0, "SHDR", "shdr"))
    rows = Rows()
    rows.add(Row(None, 0, "x", "EVENT", 0, cell))
    building.add_rows("m1", rows)
    decoded = building.finish()
    (line,) = columns(decoded)
    assert line == f"1970-01-01T00:00:00Z         m1  x  EVENT      {shown}"
    assert next(iter(records(decoded)))["event_time"] == "1970-01-01T00:00:00Z"
