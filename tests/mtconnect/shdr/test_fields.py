import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.cells import UNAVAILABLE_CELL
from smelt.mtconnect.rows import Cell
from smelt.mtconnect.shdr.fields import Keys, is_plain_number, is_plain_text, read_fields, split_fields
from smelt.terms.observation import DataItem


@pytest.fixture(scope="module")
def keys(machine):
    return Keys.of(machine, "m1")


def cells(text, keys):
    line = read_fields(text, keys)
    return [(r.data_item, r.category, r.cell, r.is_native) for r in line.rows], line.fault


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Xpos|12.5", ("id_Xpos", "SAMPLE", Cell(12.5), True)),
        ("id_Xpos|12.5", ("id_Xpos", "SAMPLE", Cell(12.5), True)),
        ("x_actual|12.5", ("id_Xpos", "SAMPLE", Cell(12.5), True)),
        ("Mill:Xpos|12.5", ("id_Xpos", "SAMPLE", Cell(12.5), True)),
        ("Xpos|-0", ("id_Xpos", "SAMPLE", Cell(-0.0), True)),
        ("Xpos|1E-005", ("id_Xpos", "SAMPLE", Cell(1e-5), True)),
        ("Xpos|-Infinity", ("id_Xpos", "SAMPLE", Cell(-math.inf), True)),
        ("Xpos|12.5:ACTION_COMPLETE", ("id_Xpos", "SAMPLE", Cell(12.5, native_code="ACTION_COMPLETE"), True)),
        ("Xpos|88 %", ("id_Xpos", "SAMPLE", Cell(88.0), True)),
        ("Xpos|abc", ("id_Xpos", "SAMPLE", Cell(text="abc"), False)),
        ("Xpos|", ("id_Xpos", "SAMPLE", Cell(), False)),
        ("Xpos|UNAVAILABLE", ("id_Xpos", "SAMPLE", UNAVAILABLE_CELL, False)),
        ("Xpos|unavailable", ("id_Xpos", "SAMPLE", UNAVAILABLE_CELL, False)),
        ("mode|Unavailable", ("id_mode", "EVENT", UNAVAILABLE_CELL, False)),
        ("mode| UNAVAILABLE ", ("id_mode", "EVENT", UNAVAILABLE_CELL, False)),
        ("Xpos|UNAVAILABLE ", ("id_Xpos", "SAMPLE", UNAVAILABLE_CELL, False)),
        ("tip|1.25 -2.5 3e-3", ("id_tip", "SAMPLE", Cell(text="[1.25,-2.5,0.003]"), True)),
        ("mode|AUTOMATIC", ("id_mode", "EVENT", Cell(text="AUTOMATIC"), False)),
        ("mode|", ("id_mode", "EVENT", Cell(text=""), False)),
        ("ovr|114.000000", ("id_ovr", "EVENT", Cell(114.0, "114"), True)),
        ("ovr|114:MAINTENANCE", ("id_ovr", "EVENT", Cell(114.0, "114", native_code="MAINTENANCE"), True)),
        ("ovr|0:day", ("id_ovr", "EVENT", Cell(0.0, "0", native_code="DAY"), True)),
        ("parts|17", ("id_parts", "EVENT", Cell(text="17"), False)),
        ("parts|0:DAY", ("id_parts", "EVENT", Cell(text="0", native_code="DAY"), False)),
        ("parts|lot:DAY", ("id_parts", "EVENT", Cell(text="lot:DAY"), False)),
        ("mode|0:DAY", ("id_mode", "EVENT", Cell(text="0:DAY"), False)),
        ("ovr|high", ("id_ovr", "EVENT", Cell(text="high"), False)),
        ("motion|Normal||||", ("id_motion", "CONDITION", Cell(level="NORMAL"), False)),
        ("motion|UNAVAILABLE", ("id_motion", "CONDITION", UNAVAILABLE_CELL, False)),
        (
            "motion|FAULT|300|1|LOW|oil \\| low",
            ("id_motion", "CONDITION", Cell(None, "oil | low", "FAULT", "300"), False),
        ),
        ("msg|E42|Tool broken", ("id_msg", "EVENT", Cell(text="Tool broken", native_code="E42"), False)),
        ("msg||UNAVAILABLE", ("id_msg", "EVENT", UNAVAILABLE_CELL, False)),
        ("alarm|OTHER|7|CRITICAL|ACTIVE|hot", ("id_alarm", "EVENT", Cell(text="hot", native_code="7"), False)),
        ("vars|a=1 b={x y} c", ("id_vars", "EVENT", Cell(text='{"a":1,"b":"x y","c":{"removed":true}}'), False)),
        ("vib|UNAVAILABLE", ("id_vib", "SAMPLE", UNAVAILABLE_CELL, False)),
        ("vib|0||UNAVAILABLE", ("id_vib", "SAMPLE", UNAVAILABLE_CELL, False)),
        ("vib|0|0|Unavailable", ("id_vib", "SAMPLE", UNAVAILABLE_CELL, False)),
        ("vib|2||10 NaN", ("id_vib", "SAMPLE", Cell(text='[10.0,"NaN"]'), True)),
        ("new|7", ("new", "EVENT", Cell(text="7"), False)),
        ("new|UNAVAILABLE", ("new", "EVENT", UNAVAILABLE_CELL, False)),
        ("new|Fault|31|||SERVO", ("new", "CONDITION", Cell(None, "SERVO", "FAULT", "31"), False)),
        ('mode|"a \\| b"', ("id_mode", "EVENT", Cell(text="a | b"), False)),
    ],
)
def test_one_key(keys, text, expected):
    assert cells(text, keys) == ([expected], None)


def test_pairs_stand_side_by_side(keys):
    found, fault = cells("avail|AVAILABLE|ovr|50|new|x|Xpos|1", keys)
    assert fault is None
    assert [item for item, *_ in found] == ["id_avail", "id_ovr", "new", "id_Xpos"]


def test_a_time_series_is_placed_before_its_timestamp(keys):
    rows = read_fields("vib|5|200|1.5 2.5 3.5 NaN 4.5|mode|MANUAL", keys).rows
    assert [r.time_us for r in rows] == [-20_000, -15_000, -10_000, -5_000, 0, 0]
    assert rows[-1].data_item == "id_mode"


@pytest.mark.parametrize(
    ("text", "kept", "fault"),
    [
        ("Xpos|1|mode", 1, "key 'mode' has no value"),
        ("Xpos|1||5", 1, "a value without a key"),
        ("motion|Severe||||", 0, "'Severe' is no level of a condition"),
        ("vib|3|200|1 2", 0, "a time series of 3 values holds 2 numbers"),
        ("vib|3", 0, "a time series needs count, rate and values"),
    ],
)
def test_torn_lines_keep_what_is_good(keys, text, kept, fault):
    line = read_fields(text, keys)
    assert (len(line.rows), line.fault) == (kept, fault)


def test_empty_pairs_are_nothing(keys):
    assert read_fields("Xpos|1||", keys) == read_fields("Xpos|1|", keys)._replace(fault=None)


def test_every_item_is_plain_in_one_way_or_special(machine):
    names = {i.name for i in machine.data_items if is_plain_number(i) or is_plain_text(i)}
    assert names == {"avail", "mode", "Xpos", "tip", "msg", "alarm"}
    assert not any(is_plain_number(i) and is_plain_text(i) for i in machine.data_items)


@given(st.text(alphabet='ab|"\\ ', max_size=20))
def test_splitting_loses_nothing(text):
    fields = split_fields(text)
    if "\\|" not in text:
        assert fields == text.split("|")
    assert len("".join(fields)) <= len(text)


@given(st.text(alphabet='Xposviratmn|1. :%NORMAL"\\', max_size=60))
def test_no_line_raises(machine, text):
    for line in (read_fields(text, Keys.of(machine, "m1")), read_fields(text, Keys())):
        assert all(r.data_item for r in line.rows)


def test_the_probe_may_tell_the_rate_of_a_time_series(machine):
    """Adapters leave the rate empty (`25||5118 …`) where the data item has one."""
    vib = DataItem("m1", "id_vib", "vib", "SAMPLE", "DISPLACEMENT", representation="TIME_SERIES", sample_rate=50.0)
    keys = Keys.of(replace(machine, data_items=(vib,)), "m1")
    assert [(r.part, r.time_us, r.cell.value) for r in read_fields("vib|2||10 20", keys).rows] == [
        (0, -20_000, 10.0),
        (1, 0, 20.0),
    ]
    assert [r.time_us for r in read_fields("vib|2|100|10 20", keys).rows] == [-10_000, 0]
