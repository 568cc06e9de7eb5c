import numpy as np

from smelt.simulate.drill import PERIOD_S
from smelt.simulate.faults import HOUR_MS


def test_thrust_and_torque_rise_with_depth(live):
    day = live("drills")[0]
    s = day.samples
    for program in np.unique(day.events["program"]):
        cut = (s["Fact"] > 0) & (s["Wdepth"] > 2) & (day.events["program"] == program)
        deep, shallow = cut & (s["Wdepth"] > 16), cut & (s["Wdepth"] < 8)
        if min(deep.sum(), shallow.sum()) > 50:
            assert s["Thrust"][deep].mean() > s["Thrust"][shallow].mean()
            assert s["Storque"][deep].mean() > 1.1 * s["Storque"][shallow].mean()


def test_thrust_only_while_feeding(live):
    s = live("drills")[0].samples
    assert (s["Thrust"][s["Fact"] == 0] == 0).all()
    assert (s["Thrust"][(s["Fact"] > 0) & (s["Wdepth"] > 3)] > 200).all()


def test_power_is_torque_times_speed(live):
    s = live("drills")[0].samples
    assert np.abs(s["Spower"] - s["Storque"] * s["Srpm"] * 2 * np.pi / 60).max() <= 0.5


def test_thrust_grows_with_the_holes_of_a_bit(live):
    day = live("drills")[0]
    s, holes = day.samples, day.events["holes"]
    for program in np.unique(day.events["program"]):
        cut = (s["Fact"] > 0) & (s["Wdepth"] > 6) & (day.events["program"] == program)
        old, new = cut & (holes > 150), cut & (holes < 40)
        if min(old.sum(), new.sum()) > 30:
            assert s["Thrust"][old].mean() > 1.15 * s["Thrust"][new].mean()


def test_bits_are_changed_at_the_end_of_their_life(live):
    days = live("drills", days=2)
    holes = np.concatenate([d.events["holes"] for d in days])
    jobs = [j for d in days for j in d.jobs]
    assert len(jobs) >= 4 and holes.max() <= 260
    assert (np.diff(holes) < 0).sum() == len(jobs)


def test_every_hole_has_a_place(live):
    day = live("drills")[0]
    at_ms, places = day.moments["path_pos"]
    assert places.shape == (at_ms.size, 3) and at_ms.size > 300
    assert (np.diff(at_ms) > PERIOD_S * 1000).all()


def test_broken_bit_spikes_then_hardly_pushes(live, make_fault):
    fault = make_fault("tool_breakage")
    well, ill = live("drills")[0], live("drills", fault=fault)[0]
    hour = (ill.at_ms > fault.failure_ms - HOUR_MS) & (ill.at_ms < fault.failure_ms) & (ill.samples["Fact"] > 0)
    assert ill.samples["Thrust"][hour].mean() > 1.4 * well.samples["Thrust"][hour].mean()
    after = (ill.at_ms > fault.failure_ms + 15_000) & (ill.at_ms < fault.stop_ms)
    assert ill.samples["Thrust"][after].max() < 200


def test_starved_lubrication_loses_pressure_and_pushes_harder(live, make_fault):
    fault = make_fault("coolant_loss")
    well, ill = live("drills")[0], live("drills", fault=fault)[0]
    late = (ill.at_ms > fault.failure_ms - 2 * HOUR_MS) & (ill.at_ms < fault.failure_ms) & (ill.samples["Fact"] > 0)
    assert ill.samples["Lpress"][late].mean() < 0.6 * well.samples["Lpress"][late].mean()
    assert ill.samples["Thrust"][late].mean() > 1.2 * well.samples["Thrust"][late].mean()
