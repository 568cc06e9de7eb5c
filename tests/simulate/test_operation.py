import numpy as np

from smelt.simulate.day import Day
from smelt.simulate.faults import HOUR_MS, Fault
from smelt.simulate.operation import bridged, conditions, operation

START_MS = 1_788_220_800_000
CAUSES = {"seal_leak": ("vac", "410", "VACUUM LOST")}


def day(index: int, seed: int, *faults: Fault) -> Day:
    rng = np.random.default_rng(seed)
    return Day(index, START_MS, rng, rng, ((30_000.0, 50_000.0),) * 4, faults)


def test_execution_follows_the_cycles():
    active, down = np.array([True, False, False]), np.array([False, False, True])
    assert operation(active, down)["execution"].tolist() == ["ACTIVE", "READY", "INTERRUPTED"]


def test_gaps_at_the_ends_stay_open():
    assert bridged(np.array([False, True, False, True, False, False]), 2).tolist() == [False] + [True] * 3 + [False] * 2


def test_conditions_begin_normal_and_warnings_go_by_themselves():
    names = ("system", "vac")
    for seed in range(40):
        states = conditions(day(0, seed), names, (("system", "1", "LOW"),), CAUSES)
        assert [(s.name, s.level) for s in states[:2]] == [("system", "Normal"), ("vac", "Normal")]
        assert [s.at_ms for s in states] == sorted(s.at_ms for s in states)
        assert states[-1].level == "Normal" and not any(s.level == "Fault" for s in states)
    assert any(len(conditions(day(1, seed), names, (("system", "1", "LOW"),), CAUSES)) for seed in range(40))


def test_a_fault_warns_fails_and_clears():
    fault = Fault("X", "seal_leak", "", "", START_MS + HOUR_MS, START_MS + 9 * HOUR_MS, START_MS + 12 * HOUR_MS)
    mine = [s for s in conditions(day(1, 3, fault), (), (("system", "1", "LOW"),), CAUSES) if s.name == "vac"]
    assert [(s.level, s.at_ms - START_MS) for s in mine] == [
        ("Warning", 8 * HOUR_MS),
        ("Fault", 9 * HOUR_MS),
        ("Normal", 12 * HOUR_MS),
    ]
