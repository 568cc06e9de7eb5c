"""What an autoclave consists of: names, units, and the conditions that its faults raise."""

from smelt.simulate import autoclave_parts
from smelt.simulate.layout import Item


def items() -> dict[str, Item]:
    return {i.name: i for part in autoclave_parts.LAYOUT for c in part.walk() for i in c.items}


def test_names_are_unique_and_every_number_has_units_and_a_dead_band() -> None:
    names = [i.name for part in autoclave_parts.LAYOUT for c in part.walk() for i in c.items]
    assert len(names) == len(set(names))
    samples = [i for i in items().values() if i.category == "SAMPLE"]
    assert samples and all(i.units and i.native_units for i in samples)
    assert {i.name for i in samples if i.band == 0} == set()


def test_what_is_set_stands_beside_what_is_reached() -> None:
    found = items()
    for wish, fact in (("Tset", "Tair"), ("Pset", "Pact")):
        assert (found[wish].sub_type, found[fact].sub_type) == ("COMMANDED", "ACTUAL")
        assert found[wish].units == found[fact].units


def test_a_fault_raises_what_its_part_reports() -> None:
    raised = {fault: cause[0] for fault, cause in autoclave_parts.FAULT_CONDITIONS.items()}
    assert raised == {"seal_leak": "vac_cond", "bearing_wear": "fan_cond"}
    assert set(raised.values()) <= set(items())
