import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.simulate.faults import DAY_MS, HOUR_MS, plan_faults
from smelt.simulate.fleet import FLEET

START_MS = 1_788_220_800_000
CLASS_OF = {m.name: m.class_name for m in FLEET}


@given(st.integers(1, 400), st.integers(0, 50))
def test_faults_come_late_in_order_and_one_at_a_time(days, seed):
    faults = plan_faults(days, START_MS, seed)
    assert {CLASS_OF[f.device] for f in faults} == {"autoclaves", "mills", "drills", "tube_benders"}
    for f in faults:
        assert START_MS + 0.6 * days * DAY_MS < f.start_ms < f.failure_ms < f.end_ms
        assert f.failure_ms < START_MS + days * DAY_MS
        assert f.failure_ms - f.start_ms >= HOUR_MS // 2
    for one in faults:
        for other in faults:
            apart = one.end_ms <= other.start_ms or other.end_ms <= one.start_ms
            assert one is other or one.device != other.device or apart


@pytest.mark.parametrize("seed", range(5))
def test_about_eight_in_four_weeks_on_different_devices(seed):
    faults = plan_faults(28, START_MS, seed)
    assert 6 <= len(faults) <= 10
    assert len({f.device for f in faults}) == len(faults)
    assert all(f.failure_ms - f.start_ms >= 3 * HOUR_MS for f in faults)


def test_severity_grows_from_start_to_failure_and_ends_with_the_repair():
    for fault in plan_faults(28, START_MS, 1):
        at_ms = np.linspace(fault.start_ms - HOUR_MS, fault.end_ms + HOUR_MS, 500).astype(np.int64)
        severity = fault.severity(at_ms)
        assert (severity[at_ms <= fault.start_ms] == 0).all() and (severity[at_ms >= fault.end_ms] == 0).all()
        assert (severity[(at_ms >= fault.failure_ms) & (at_ms < fault.end_ms)] == 1).all()
        assert (np.diff(severity[at_ms < fault.end_ms]) >= 0).all()
