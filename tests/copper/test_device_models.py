"""Device models over time: what holds when."""

from datetime import UTC, datetime

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from smelt.copper.device_models import with_model
from smelt.terms.tables import DATA_ITEMS

EMPTY = pl.DataFrame(DATA_ITEMS.schema.empty_table())
AT = [datetime(2020, 1, day, tzinfo=UTC) for day in range(1, 10)]


def model(units: dict[str, str], device: str = "m", agent: str = "a") -> pl.DataFrame:
    rows = [
        dict.fromkeys(DATA_ITEMS.schema.names)
        | {
            "agent": agent,
            "device_uuid": device,
            "device_name": device,
            "id": item,
            "category": "SAMPLE",
            "type": "LOAD",
        }
        | {"units": unit, "representation": "VALUE", "component": "", "is_agent": False}
        for item, unit in units.items()
    ]
    return pl.DataFrame(rows, schema=EMPTY.schema)


def told(items: pl.DataFrame) -> list[tuple[object, ...]]:
    return items.select("device_uuid", "id", "units", "valid_from", "valid_to").rows()


def test_the_first_model_of_a_device_holds_always() -> None:
    assert told(with_model(EMPTY, model({"x": "MM"}), AT[0])) == [("m", "x", "MM", None, None)]
    assert told(with_model(EMPTY, model({"x": "MM"}), None)) == [("m", "x", "MM", None, None)]


def test_the_same_model_again_changes_nothing() -> None:
    items = with_model(EMPTY, model({"x": "MM", "y": "MM"}), AT[0])
    assert with_model(items, model({"y": "MM", "x": "MM"}), AT[1]).equals(items)
    assert with_model(items, model({"x": "MM", "y": "MM"}, agent="by another name"), AT[1]).equals(items)


def test_what_a_model_changes_or_lacks_ends_and_what_it_adds_begins() -> None:
    items = with_model(EMPTY, model({"x": "MM", "y": "MM", "z": "MM"}), AT[0])
    changed = with_model(items, model({"x": "INCH", "y": "MM", "new": "MM"}), AT[1])
    assert told(changed) == [
        ("m", "new", "MM", AT[1], None),
        ("m", "x", "MM", None, AT[1]),
        ("m", "x", "INCH", AT[1], None),
        ("m", "y", "MM", None, None),
        ("m", "z", "MM", None, AT[1]),
    ]
    back = with_model(changed, model({"x": "MM", "y": "MM", "z": "MM"}), AT[2])
    assert [row for row in told(back) if row[1] == "x"] == [
        ("m", "x", "MM", None, AT[1]),
        ("m", "x", "INCH", AT[1], AT[2]),
        ("m", "x", "MM", AT[2], None),
    ]


def test_of_other_devices_a_model_says_nothing() -> None:
    items = with_model(EMPTY, model({"x": "MM"}), AT[0])
    both = with_model(items, model({"x": "INCH"}, device="other"), AT[1])
    assert told(both) == [("m", "x", "MM", None, None), ("other", "x", "INCH", None, None)]


def test_an_older_model_or_one_without_a_time_does_not_undo_a_newer() -> None:
    items = with_model(with_model(EMPTY, model({"x": "MM"}), AT[0]), model({"x": "INCH"}), AT[3])
    assert with_model(items, model({"x": "MM"}), AT[2]).equals(items)
    assert with_model(items, model({"x": "MM"}), AT[3]).equals(items)
    assert with_model(items, model({"x": "MM"}), None).equals(items)


def test_a_late_model_holds_until_the_next() -> None:
    items = with_model(EMPTY, model({"x": "MM", "y": "MM"}), AT[2])
    before = with_model(items, model({"x": "INCH", "y": "MM"}), AT[0], [AT[2]])
    assert told(before) == [
        ("m", "x", "INCH", None, AT[2]),
        ("m", "x", "MM", AT[2], None),
        ("m", "y", "MM", None, None),
    ]
    between = with_model(before, model({"x": "FOOT"}), AT[1], [AT[0], AT[2]])
    assert told(between) == [
        ("m", "x", "INCH", None, AT[1]),
        ("m", "x", "FOOT", AT[1], AT[2]),
        ("m", "x", "MM", AT[2], None),
        ("m", "y", "MM", None, AT[1]),
        ("m", "y", "MM", AT[2], None),
    ]


MODELS = st.lists(
    st.dictionaries(st.sampled_from("xyz"), st.sampled_from(["MM", "INCH"]), min_size=1), min_size=1, max_size=6
)


@given(MODELS, st.randoms(use_true_random=False))
def test_models_may_come_in_any_order_and_twice(units, random) -> None:
    models = list(zip(AT, map(model, units), strict=False))
    shuffled = random.sample(models, len(models)) + random.sample(models, random.randint(0, len(models)))
    results = []
    for order in (models, shuffled):
        items, heard = EMPTY, []
        for made_at, declared in order:
            items = with_model(items, declared, made_at, sorted(heard))
            heard.append(made_at)
        results.append(items)
    assert results[0].equals(results[1])
