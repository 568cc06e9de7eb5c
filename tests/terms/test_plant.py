"""Plants, mappings, data files and errors as values."""

from dataclasses import FrozenInstanceError

import pytest

from smelt.terms import errors
from smelt.terms.plant import ClassMapping, Column, Device, Plant


def test_classes_come_in_the_order_of_the_devices() -> None:
    plant = Plant(devices=(Device("1", "A", "mills"), Device("2", "B", "drills"), Device("3", "C", "mills")))
    assert plant.classes == ("mills", "drills")
    assert plant.device("2") == Device("2", "B", "drills")
    assert plant.device("9") is None


def test_columns_of_a_category_keep_their_order() -> None:
    columns = tuple(Column(i, i, c, "string") for i, c in (("a", "EVENT"), ("b", "SAMPLE"), ("c", "EVENT")))
    assert [c.item for c in ClassMapping("m", columns).of("EVENT")] == ["a", "c"]


def test_a_plant_does_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        Plant().timezone = "CET"  # type: ignore[misc]


def test_errors_are_told_apart_by_who_acts() -> None:
    families = (errors.InputError, errors.DataError, errors.TransientError)
    for kind in families:
        assert issubclass(kind, errors.SmeltError)
        assert not any(issubclass(kind, other) for other in families if other is not kind)
    assert issubclass(errors.ShapeError, errors.InputError)
    assert issubclass(errors.LeaseError, errors.InputError)
