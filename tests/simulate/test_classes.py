import numpy as np
import pytest

from smelt.simulate.classes import CLASSES
from smelt.simulate.faults import _COURSES


@pytest.mark.parametrize("name", CLASSES)
def test_readings_fill_every_item_of_the_layout(name, live):
    items = {i.name: i for c in CLASSES[name].root("X").walk() for i in c.items}
    day = live(name)[0]
    numbers = set(day.samples) | set(day.moments)
    assert numbers == {n for n, i in items.items() if i.category == "SAMPLE"}
    assert set(day.events) == {n for n, i in items.items() if i.category == "EVENT"}
    assert all(np.isfinite(v).all() and v.size == day.at_ms.size for v in day.samples.values())


@pytest.mark.parametrize("name", CLASSES)
def test_warnings_and_faults_name_conditions_that_exist(name):
    kind = CLASSES[name]
    known = set(kind.conditions())
    assert len(known) >= 5
    assert {w[0] for w in kind.warnings} | {c[0] for c in kind.fault_conditions.values()} <= known
    assert {course[1] for course in _COURSES if course[0] == name} <= set(kind.fault_conditions)
