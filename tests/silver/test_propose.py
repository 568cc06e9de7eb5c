"""A proposed mapping: signals in, bookkeeping out, names that are safe and serve every device of the class."""

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from smelt.silver.mapping import IDENTIFIER, RESERVED, dump_mapping, load_mapping
from smelt.silver.propose import propose, snake_case
from smelt.silver.resolve import check_items, resolve

Items = Callable[..., pl.DataFrame]


def names(rows: pl.DataFrame, seen: set[str] | None = None) -> list[str]:
    return [c.name for c in propose("mills", rows, seen).columns]


def test_each_category_gets_its_type(items: Items) -> None:
    rows = items(
        {"id": "1", "name": "Xload", "units": "PERCENT"},
        {"id": "2", "name": "Fovr", "category": "EVENT", "type": "PATH_FEEDRATE_OVERRIDE", "units": "PERCENT"},
        {"id": "3", "name": "execution", "category": "EVENT", "type": "EXECUTION"},
        {"id": "4", "name": "servo", "category": "CONDITION", "type": "ACTUATOR"},
    )
    found = [(c.name, c.category, c.dtype, c.unit, c.fill) for c in propose("mills", rows).columns]
    assert found == [
        ("xload", "SAMPLE", "float64", "PERCENT", "hold"),
        ("fovr", "EVENT", "float64", "PERCENT", "hold"),
        ("execution", "EVENT", "string", None, "hold"),
        ("servo", "CONDITION", "string", None, "hold"),
    ]
    assert propose("mills", rows).running is None


def test_what_is_unlike_a_signal_is_left_out(items: Items) -> None:
    rows = items(
        {"id": "1", "category": "EVENT", "type": "AVAILABILITY"},
        {"id": "2", "category": "EVENT", "type": "ASSET_COUNT", "representation": "DATA_SET"},
        {"id": "3", "category": "EVENT", "type": "ASSET_CHANGED"},
        {"id": "4", "type": "PATH_POSITION", "units": "MILLIMETER_3D"},
        {"id": "5", "type": "ACCELERATION", "representation": "TIME_SERIES"},
        {"id": "6", "category": "EVENT", "type": "x:PROGRAM_COMMENT"},
        {"id": "7", "type": "ACCUMULATED_TIME", "sub_type": "x:AUTO"},
        {"id": "8", "is_agent": True},
        {"id": "9", "name": "Xload"},
    )
    assert names(rows) == ["xload"]


def test_only_what_was_seen_is_mapped(items: Items) -> None:
    rows = items({"id": "1", "name": "Xload"}, {"id": "2", "name": "Yload"})
    assert names(rows, {"2"}) == ["yload"]


def test_one_line_serves_every_device_that_bears_the_name(items: Items) -> None:
    rows = items(
        {"id": "m1x", "name": "Xload", "device_uuid": "m1"}, {"id": "m2x", "name": "Xload", "device_uuid": "m2"}
    )
    assert [c.item for c in propose("mills", rows, {"m2x"}).columns] == ["Xload"]


def test_units_that_do_not_become_one_another_are_left_to_each_device(items: Items) -> None:
    rows = items(
        {"id": "1", "name": "load", "units": "PERCENT"},
        {"id": "1", "name": "load", "units": "AMPERE", "device_uuid": "m2"},
        {"id": "2", "name": "X", "units": "MILLIMETER"},
        {"id": "2", "name": "X", "units": "INCH", "device_uuid": "m2"},
        {"id": "3", "name": "Fovr", "category": "EVENT", "units": "PERCENT"},
        {"id": "3", "name": "Fovr", "category": "EVENT", "units": "COUNT", "device_uuid": "m2"},
        {"id": "4", "units": "CELSIUS"},
        {"id": "4", "name": "other", "units": "PERCENT", "device_uuid": "m2"},
    )
    mapping = propose("mills", rows)
    assert [(c.name, c.unit, c.dtype) for c in mapping.columns] == [
        ("load", None, "float64"),
        ("x", "MILLIMETER", "float64"),
        ("x_load", None, "float64"),
        ("other", "PERCENT", "float64"),
        ("fovr", None, "float64"),
    ]
    assert not resolve(mapping, rows.filter(device_uuid="m2")).unconverted


def test_a_name_that_one_device_bears_twice_is_replaced_by_ids(items: Items) -> None:
    rows = items({"id": "a", "name": "load"}, {"id": "b", "name": "load", "component": "Axes/Linear[Y]"})
    mapping = propose("mills", rows)
    assert [(c.item, c.name) for c in mapping.columns] == [("a", "x_load"), ("b", "y_load")]


def test_names_do_not_clash(items: Items) -> None:
    rows = items(
        {"id": "1", "name": "time"},
        {"id": "2", "name": "Temp"},
        {"id": "3", "name": "temp", "category": "CONDITION"},
        {"id": "4", "name": "TEMP"},
        {"id": "5", "name": "te-mp!"},
        {"id": "6", "name": "te mp"},
        {"id": "7", "name": "te_mp"},
    )
    assert names(rows) == ["time_sample", "temp", "temp_sample", "te_mp", "te_mp_sample", "te_mp_2", "temp_condition"]


words = st.text(max_size=20) | st.sampled_from(["time", "month", "Xload", "X load", "origin", "is_live"])


@given(st.lists(st.tuples(words, st.sampled_from(["SAMPLE", "EVENT", "CONDITION"])), max_size=12))
def test_any_probe_gives_a_mapping_that_loads_and_resolves(items: Items, said: list[tuple[str, str]]) -> None:
    rows = items(*({"id": f"i{i}", "name": name or None, "category": c} for i, (name, c) in enumerate(said)))
    mapping = propose("mills", rows)
    assert len(mapping.columns) == len(said)
    assert load_mapping(dump_mapping(mapping), "mills", "m") == mapping
    check_items(mapping, rows, "m")
    assert {feed.item_id for feed in resolve(mapping, rows).feeds} == set(rows["id"])


@given(st.text())
def test_a_snake_case_name_is_an_identifier(text: str) -> None:
    assert IDENTIFIER.fullmatch(snake_case(text))


def probe_items(path: Path, items: Items) -> pl.DataFrame:
    """The data items of a probe in XML, enough of them for a proposal."""
    rows: list[dict[str, object]] = []
    for device in ElementTree.parse(path).getroot().iter():
        if not device.tag.endswith("}Device"):
            continue
        for item in device.iter():
            if item.tag.endswith("}DataItem"):
                a = item.attrib
                row = {"device_uuid": device.attrib["uuid"], "id": a["id"], "name": a.get("name"), "type": a["type"]}
                row |= {"category": a["category"], "sub_type": a.get("subType"), "units": a.get("units")}
                rows.append(row | {"representation": a.get("representation", "VALUE")})
    return items(*rows)


def test_the_real_mill_turn_centre(smelt_data: Path, items: Items) -> None:
    rows = probe_items(smelt_data / "landing" / "probe.xml", items).filter(pl.col("device_uuid") == "mtc_adapter002")
    mapping = propose("machine", rows)
    columns = {c.name: c for c in mapping.columns}
    assert {"xload", "fact", "srpm", "fovr", "execution", "servo_cond"} <= set(columns)
    assert not {"avail", "total_time", "program_cmt"} & set(columns)
    assert columns["fact"].unit == "MILLIMETER/SECOND"
    assert columns["fovr"].dtype == "float64"
    assert not RESERVED & set(columns)
    assert len(resolve(mapping, rows).feeds) == len(mapping.columns)
