"""What a drill consists of: names, units, and the conditions that its faults raise."""

from smelt.simulate import drill_parts
from smelt.simulate.layout import Item


def items() -> dict[str, Item]:
    return {i.name: i for part in drill_parts.LAYOUT for c in part.walk() for i in c.items}


def test_names_are_unique_and_every_number_has_units_and_a_dead_band() -> None:
    names = [i.name for part in drill_parts.LAYOUT for c in part.walk() for i in c.items]
    assert len(names) == len(set(names))
    samples = [i for i in items().values() if i.category == "SAMPLE"]
    assert samples and all(i.units and i.native_units for i in samples)
    assert {i.name for i in samples if i.band == 0} == {"path_pos"}


def test_the_drill_counts_holes_and_measures_thrust() -> None:
    found = items()
    assert (found["holes"].category, found["holes"].units) == ("EVENT", "COUNT")
    assert (found["Thrust"].type, found["Thrust"].units) == ("LINEAR_FORCE", "NEWTON")
    assert found["path_pos"].units == "MILLIMETER_3D"  # three numbers: any change is reported


def test_a_fault_raises_what_its_part_reports() -> None:
    raised = {fault: cause[0] for fault, cause in drill_parts.FAULT_CONDITIONS.items()}
    assert raised == {"bearing_wear": "Stemp_cond", "coolant_loss": "lube_cond", "tool_breakage": "motion_cond"}
    assert set(raised.values()) <= set(items())
