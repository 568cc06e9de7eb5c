import numpy as np

from smelt.simulate.cycles import carry, table

CYCLES = table([(10.0, 20.0, 1.0), (30.0, 40.0, 2.0)], ["tool"])


def test_instants_find_their_stretch():
    where = CYCLES.at(np.array([5.0, 10.0, 15.0, 20.0, 35.0, 50.0]))
    assert where.inside.tolist() == [False, True, True, False, True, False]
    assert where.phase.tolist() == [0.0, 0.0, 0.5, 0.0, 0.5, 0.0]
    assert where.column("tool").tolist() == [0.0, 1.0, 1.0, 0.0, 2.0, 0.0]
    assert where.latest("tool", 9.0).tolist() == [9.0, 1.0, 1.0, 1.0, 2.0, 2.0]


def test_columns_are_carried_over_midnight():
    last: dict[str, float] = {}
    carry(CYCLES.at(np.array([35.0, 50.0])), ["tool"], last)
    idle = table([], ["tool"]).at(np.array([5.0]))
    assert carry(idle, ["tool"], last)["tool"].tolist() == [2.0]
    assert idle.column("tool").tolist() == [0.0] and not idle.inside.any()
