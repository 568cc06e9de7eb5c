import numpy as np

from smelt.simulate.faults import HOUR_MS


def test_air_lags_the_set_point_and_parts_lag_the_air(live):
    day = live("autoclaves")[0]
    s, curing = day.samples, day.events["execution"] == "ACTIVE"
    rise = np.gradient(s["Tset"])
    ramp = curing & (rise > 0.5) & (np.roll(rise, 20) > 0.5)
    assert ramp.sum() > 20
    assert (s["Tset"][ramp] > s["Tair"][ramp]).all()
    assert (s["Tair"][ramp] > s["Tpart1"][ramp]).all() and (s["Tpart1"][ramp] > s["Tpart2"][ramp]).all()
    cooling = curing & (rise < -0.5) & (np.roll(rise, 60) < -0.5)
    assert (s["Tpart2"][cooling] > s["Tair"][cooling]).all()


def test_pressure_follows_and_bag_is_under_vacuum(live):
    day = live("autoclaves")[0]
    s = day.samples
    steady = (s["Pset"] > 0) & (np.abs(np.diff(s["Pset"], prepend=0)) < 1)
    steady &= np.roll(steady, 30)
    assert np.abs(s["Pact"][steady] / s["Pset"][steady] - 1).max() < 0.02
    curing = day.events["execution"] == "ACTIVE"
    within = curing & np.roll(curing, 40)
    assert (s["Vbag"][within] < -85_000).all()


def test_heats_or_cools_never_both(live):
    s = live("autoclaves")[0].samples
    assert (np.minimum(s["Hpower"], s["Cvalve"]) == 0).all()
    assert s["Hpower"].max() > 100_000 and s["Cvalve"].max() > 30


def test_a_recipe_reaches_its_soak(live):
    days = live("autoclaves", days=3)
    program = np.concatenate([d.events["program"] for d in days])
    hot = {p: np.concatenate([d.samples["Tpart1"] for d in days])[program == p].max() for p in np.unique(program)}
    soak = {100: 180.0, 101: 121.0, 102: 175.0}
    assert len(hot) >= 2
    assert all(abs(hot[p] - soak[p]) < 3 for p in hot)


def test_state_is_carried_over_midnight(live):
    first, second = live("autoclaves", days=2)
    assert abs(second.samples["Tpart1"][0] - first.samples["Tpart1"][-1]) < 3
    assert abs(second.samples["Pact"][0] - first.samples["Pact"][-1]) < 30_000


def test_seal_leak_loses_vacuum_and_pressure_and_costs_heat(live, make_fault):
    fault = make_fault("seal_leak")
    well, ill = live("autoclaves")[0], live("autoclaves", fault=fault)[0]
    late = (ill.at_ms > fault.failure_ms - 5 * HOUR_MS) & (ill.at_ms < fault.failure_ms)
    late &= (ill.events["execution"] == "ACTIVE") & (well.events["execution"] == "ACTIVE")
    assert late.sum() > 50
    assert ill.samples["Vbag"][late].mean() > well.samples["Vbag"][late].mean() + 15_000
    hot = late & (well.samples["Hpower"] > 0)
    assert ill.samples["Hpower"][hot].mean() > well.samples["Hpower"][hot].mean() + 10_000
    assert ill.samples["Kload"][late].mean() > well.samples["Kload"][late].mean() + 15


def test_fan_bearing_wear_shakes(live, make_fault):
    fault = make_fault("bearing_wear")
    well, ill = live("autoclaves")[0], live("autoclaves", fault=fault)[0]
    late = (ill.at_ms > fault.failure_ms - 3 * HOUR_MS) & (ill.at_ms < fault.failure_ms)
    late &= (ill.samples["Frpm"] > 0) & (well.samples["Frpm"] > 0)
    assert ill.samples["Fvib"][late].mean() > well.samples["Fvib"][late].mean() + 1
    assert ill.samples["Ftemp"][late].mean() > well.samples["Ftemp"][late].mean() + 5
