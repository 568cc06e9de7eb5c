from collections import Counter

from smelt.simulate.fleet import FLEET


def test_fifteen_devices_of_four_classes():
    assert Counter(m.class_name for m in FLEET) == {"autoclaves": 5, "mills": 4, "drills": 2, "tube_benders": 4}
    assert len({m.name for m in FLEET}) == 15
    assert [m.index for m in FLEET] == list(range(15))
    assert all(1 <= m.criticality <= 5 for m in FLEET)
