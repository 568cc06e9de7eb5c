"""Mapping files: what is written is read back, and a wrong line is named with what was expected."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.silver.mapping import CATEGORIES, RESERVED, dump_mapping, load_mapping
from smelt.terms.errors import InputError
from smelt.terms.plant import ClassMapping, Column

TEXT = """
running = "execution = 'ACTIVE' and x_load > 0"

[SAMPLE]
"Xload" = {column = "x_load", dtype = "float64", unit = "PERCENT", range = [0, 200]}
"temp"  = {column = "temp", fill = "none", range = [-inf, 90]}

[EVENT]
"execution" = {column = "execution"}

[CONDITION]
"servo" = {column = "servo"}
"""


def test_a_file_is_read_section_by_section() -> None:
    mapping = load_mapping(TEXT, "mills", "mappings/mills.toml")
    assert mapping.running == "execution = 'ACTIVE' and x_load > 0"
    assert mapping.columns == (
        Column("Xload", "x_load", "SAMPLE", "float64", "PERCENT", "hold", 0.0, 200.0),
        Column("temp", "temp", "SAMPLE", "float64", None, "none", None, 90.0),
        Column("execution", "execution", "EVENT", "string"),
        Column("servo", "servo", "CONDITION", "string"),
    )


def test_a_file_is_written_to_be_read_by_people() -> None:
    text = dump_mapping(load_mapping(TEXT, "mills", "m"))
    assert text.startswith("# What the columns of class 'mills' are made from")
    assert (
        '"Xload" = {column = "x_load", dtype = "float64", unit = "PERCENT", fill = "hold", range = [0.0, 200.0]}'
        in text
    )
    assert '"temp"  = {column = "temp",   dtype = "float64", fill = "none", range = [-inf, 90.0]}' in text


words = st.text(min_size=1, max_size=12)
numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def mappings(draw: st.DrawFn) -> ClassMapping:
    columns = []
    for index, category in enumerate(
        sorted(draw(st.lists(st.sampled_from(CATEGORIES), max_size=6)), key=CATEGORIES.index)
    ):
        low, high = draw(numbers), draw(numbers)
        if low is not None and high is not None:
            low, high = min(low, high), max(low, high)
        dtype = "string" if category == "CONDITION" else draw(st.sampled_from(["float64", "string"]))
        fill = draw(st.sampled_from(["hold", "none"]))
        item = f"{draw(words)}{index}"
        columns.append(Column(item, f"c{index}", category, dtype, draw(st.none() | words), fill, low, high))
    running = "c0 is not null" if columns and draw(st.booleans()) else None
    return ClassMapping("mills", tuple(columns), running)


@given(mappings())
def test_what_is_written_is_read_back(mapping: ClassMapping) -> None:
    assert load_mapping(dump_mapping(mapping), "mills", "m") == mapping


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[SAMPLE", "not valid TOML"),
        ("[SAMPLES]", "unknown section or key 'SAMPLES'; it has SAMPLE, EVENT, CONDITION and running"),
        ("SAMPLE = 3", "SAMPLE is 3; expected a section"),
        ("[SAMPLE]\nx = 3", "SAMPLE 'x': 3; expected {column ="),
        ("[SAMPLE]\nx = {colum = 'a'}", "unknown key 'colum'; a line may have column, dtype, unit, fill, range"),
        ("[SAMPLE]\nx = {dtype = 'float64'}", "column None; expected letters"),
        ("[SAMPLE]\nx = {column = 'a b'}", "column 'a b'; expected letters"),
        ("[SAMPLE]\nx = {column = 'Minute'}", "column 'Minute'; expected letters"),
        ("[SAMPLE]\nx = {column = 'a', dtype = 'int'}", "dtype 'int'; expected float64 or string"),
        ("[SAMPLE]\nx = {column = 'a', fill = 'back'}", "fill 'back'; expected hold or none"),
        ("[SAMPLE]\nx = {column = 'a', unit = 3}", "unit 3; expected the standard's word"),
        ("[SAMPLE]\nx = {column = 'a', range = [3]}", "range [3]; expected [low, high]"),
        ("[SAMPLE]\nx = {column = 'a', range = [3, 1]}", "range [3, 1]; expected [low, high]"),
        ("[SAMPLE]\nx = {column = 'a', range = [nan, 1]}", "expected [low, high]"),
        ("[CONDITION]\nx = {column = 'a', dtype = 'float64'}", "a condition's level is a string"),
        ("[SAMPLE]\nx = {column = 'a'}\n[EVENT]\ny = {column = 'A'}", "column 'A' is fed by 'x' and by 'y'"),
        ("running = 3", "running is 3; expected an expression"),
        ("running = \"b > 1\"\n[SAMPLE]\nx = {column = 'a'}", "unable to find column"),
        ("running = \"a > = 1\"\n[SAMPLE]\nx = {column = 'a'}", "unable to parse"),
        ("running = \"a + 1\"\n[SAMPLE]\nx = {column = 'a'}", "gives Float64; expected true or false"),
        ("running = \"(select a from read_csv('/etc/hosts'))\"\n[SAMPLE]\nx = {column = 'a'}", "may only compare"),
    ],
)
def test_a_wrong_line_is_named(text: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        load_mapping(text, "mills", "mappings/mills.toml")
    assert str(caught.value).startswith("mapping 'mappings/mills.toml'")
    assert says in str(caught.value)


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_no_column_takes_a_name_that_the_tables_use(name: str) -> None:
    with pytest.raises(InputError, match="not one of"):
        load_mapping(f"[SAMPLE]\nx = {{column = '{name}'}}", "mills", "m")
