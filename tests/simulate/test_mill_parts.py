"""What a mill consists of: names, units, and the conditions that its faults raise."""

from smelt.simulate import mill_parts
from smelt.simulate.layout import Item


def items() -> dict[str, Item]:
    return {i.name: i for part in mill_parts.LAYOUT for c in part.walk() for i in c.items}


def test_names_are_unique_and_every_number_has_units_and_a_dead_band() -> None:
    names = [i.name for part in mill_parts.LAYOUT for c in part.walk() for i in c.items]
    assert len(names) == len(set(names))
    samples = [i for i in items().values() if i.category == "SAMPLE"]
    assert samples and all(i.units and i.native_units for i in samples)
    assert {i.name for i in samples if i.band == 0} == set()


def test_the_axes_are_looked_at_less_often_than_the_spindle() -> None:
    found = items()
    assert {found[n].every for n in ("Xabs", "Yabs", "Zabs", "Zload")} == {3}
    assert {i.every for n, i in found.items() if n.startswith("S")} == {1}


def test_a_fault_raises_what_its_part_reports() -> None:
    raised = {fault: cause[0] for fault, cause in mill_parts.FAULT_CONDITIONS.items()}
    assert raised == {"bearing_wear": "Stemp_cond", "coolant_loss": "coolant_cond", "tool_breakage": "motion_cond"}
    assert set(raised.values()) <= set(items())
