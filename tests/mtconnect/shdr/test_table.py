import numpy as np
import pyarrow as pa

from smelt.mtconnect.rows import Cell, Row, Rows
from smelt.mtconnect.shdr.fields import Keys
from smelt.mtconnect.shdr.plain import read_plain_lines
from smelt.mtconnect.shdr.table import Others, log_table
from smelt.terms.observation import DECODED_ROWS

STAMP = "2017-10-24T09:40:00Z"
STAMP_US = 1_508_838_000_000_000


def test_other_rows_stand_where_their_lines_stood(machine):
    log = [f"{STAMP}|Xpos|1", f"{STAMP}|mode|AUTO", f"{STAMP}|Xpos|UNAVAILABLE", f"{STAMP}|Xpos|1", " " * 300]
    plain = read_plain_lines("\n".join(log).encode(), Keys.of(machine, "m1"))
    distinct = Rows()
    for level in ("FAULT", "NORMAL"):
        distinct.add(Row(None, 0, "id_motion", "CONDITION", 0, Cell(None, "text", level, "7")))
    others = Others(distinct, np.array([1, 0]), np.array([STAMP_US, STAMP_US]), np.array([2, 4]))
    table = log_table(plain, others, "m1")
    assert table.schema == DECODED_ROWS
    columns = ("data_item", "value", "text", "level", "native_code", "part", "native_units")
    assert list(zip(*(table[name].to_pylist() for name in columns), strict=True)) == [
        ("id_Xpos", 1.0, None, None, None, 0, True),
        ("id_mode", None, "AUTO", None, None, 0, False),
        ("id_motion", None, "text", "NORMAL", "7", 0, False),
        ("id_Xpos", None, None, "UNAVAILABLE", None, 0, False),
        ("id_Xpos", 1.0, None, None, None, 1, True),
        ("id_motion", None, "text", "FAULT", "7", 0, False),
    ]


def test_a_log_without_a_row(machine):
    plain = read_plain_lines(b"\n" * 400, Keys.of(machine, "m1"))
    none = np.array([], np.int64)
    table = log_table(plain, Others(Rows(), none, none, none), "m1")
    assert table.equals(pa.table({f.name: pa.array([], f.type) for f in DECODED_ROWS}, schema=DECODED_ROWS))
