import numpy as np

from smelt.simulate.faults import HOUR_MS


def test_measured_is_commanded_less_springback(live):
    moments = live("tube_benders")[0].moments
    (t1, command), (t2, sprung), (t3, measured) = (moments[n] for n in ("Bcmd", "Sback", "Bmeas"))
    assert command.size > 500
    assert np.array_equal(t1, t2) and np.array_equal(t1, t3)
    assert np.allclose(measured, command - sprung, atol=1e-9)
    assert (sprung > 0).all() and np.corrcoef(command, sprung)[0, 1] > 0.7


def test_bends_only_while_clamped(live):
    s = live("tube_benders")[0].samples
    bending = s["Btorque"] > 100
    assert bending.any() and (s["Clamp"][bending] > 7.5e6).all() and (s["Mandrel"][bending] > 4e6).all()
    assert (s["Barm"][s["Pload"] == 0] == 0).all()


def test_pump_works_harder_clamped(live):
    s = live("tube_benders")[0].samples
    assert s["Pload"][s["Clamp"] > 0].mean() > 2 * s["Pload"][(s["Clamp"] == 0) & (s["Pload"] > 0)].mean()


def test_leaking_seal_loses_clamp_pressure(live, make_fault):
    fault = make_fault("seal_leak")
    well, ill = live("tube_benders")[0], live("tube_benders", fault=fault)[0]
    late = (ill.at_ms > fault.failure_ms - 2 * HOUR_MS) & (ill.at_ms < fault.failure_ms)
    on = late & (well.samples["Clamp"] > 0)
    assert ill.samples["Clamp"][on].mean() < 0.8 * well.samples["Clamp"][on].mean()
    assert ill.samples["Pload"][on].mean() > well.samples["Pload"][on].mean() + 10
    assert ill.samples["Htemp"][on].mean() > well.samples["Htemp"][on].mean() + 4


def test_worn_pump_shakes(live, make_fault):
    fault = make_fault("bearing_wear")
    well, ill = live("tube_benders")[0], live("tube_benders", fault=fault)[0]
    on = (ill.at_ms > fault.failure_ms - 2 * HOUR_MS) & (ill.at_ms < fault.failure_ms) & (well.samples["Pload"] > 0)
    assert ill.samples["Pvib"][on].mean() > well.samples["Pvib"][on].mean() + 1.5
