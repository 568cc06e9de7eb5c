"""What a tube bender consists of: names, units, and the conditions that its faults raise."""

from smelt.simulate import tube_bender_parts
from smelt.simulate.layout import Item


def items() -> dict[str, Item]:
    return {i.name: i for part in tube_bender_parts.LAYOUT for c in part.walk() for i in c.items}


def test_names_are_unique_and_every_number_has_units_and_a_dead_band() -> None:
    names = [i.name for part in tube_bender_parts.LAYOUT for c in part.walk() for i in c.items]
    assert len(names) == len(set(names))
    samples = [i for i in items().values() if i.category == "SAMPLE"]
    assert samples and all(i.units and i.native_units for i in samples)
    assert {i.name for i in samples if i.band == 0} == {"Bcmd", "Bmeas", "Sback"}


def test_an_angle_is_commanded_driven_and_measured() -> None:
    found = items()
    kinds = [found[n].sub_type for n in ("Bcmd", "Barm", "Bmeas", "Sback")]
    assert kinds == ["COMMANDED", "ACTUAL", "x:MEASURED", "x:SPRINGBACK"]


def test_a_fault_raises_what_its_part_reports() -> None:
    raised = {fault: cause[0] for fault, cause in tube_bender_parts.FAULT_CONDITIONS.items()}
    assert raised == {"bearing_wear": "Htemp_cond", "seal_leak": "hydraulic_cond"}
    assert set(raised.values()) <= set(items())
