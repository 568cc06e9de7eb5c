import numpy as np

from smelt.simulate.faults import HOUR_MS
from smelt.simulate.mill import RATED_NM


def test_power_is_torque_times_speed(live):
    s = live("mills")[0].samples
    assert np.abs(s["Spower"] - s["Storque"] * s["Srpm"] * 2 * np.pi / 60).max() <= 0.5
    assert np.allclose(s["Sload"], 100 * s["Storque"] / RATED_NM)


def test_axes_move_only_when_active(live):
    day = live("mills")[0]
    idle = day.events["execution"] != "ACTIVE"
    both = idle[1:] & idle[:-1]
    assert idle.any() and not idle.all()
    for axis in ("Xabs", "Yabs", "Zabs"):
        assert (np.diff(day.samples[axis])[both] == 0).all()
        assert (np.diff(day.samples[axis])[~both] != 0).any()


def test_load_rises_with_wear_of_the_tool(live):
    days = live("mills", days=4)
    load = np.concatenate([d.samples["Storque"] for d in days])
    key = np.concatenate([d.events["program"] * 1000 + d.events["line"] for d in days])
    rpm = np.concatenate([d.samples["Srpm"] for d in days])
    spread = [load[(key == k) & (rpm > 0)] for k in np.unique(key)]
    assert max(np.percentile(s, 95) / np.percentile(s, 40) for s in spread if s.size > 200) > 1.1


def test_nothing_runs_at_night_and_the_spindle_cools(live):
    day = live("mills")[0]
    night = day.at_ms < day.at_ms[0] + 5 * HOUR_MS
    assert (day.samples["Srpm"][night] == 0).all() and (day.samples["Cpress"][night] == 0).all()
    assert day.samples["Stemp"][~night].max() > day.samples["Stemp"][night].max() + 5


def test_bearing_wear_warms_shakes_and_rubs(live, make_fault):
    fault = make_fault("bearing_wear")
    well, ill = live("mills")[0], live("mills", fault=fault)[0]
    late = (ill.at_ms > fault.failure_ms - 3 * HOUR_MS) & (ill.at_ms < fault.failure_ms) & (ill.samples["Srpm"] > 0)
    gain = {n: ill.samples[n][late].mean() - well.samples[n][late].mean() for n in ("Stemp", "Svib", "Storque")}
    assert gain["Stemp"] > 4 and gain["Svib"] > 1 and gain["Storque"] > 2
    before = ill.at_ms < fault.start_ms
    assert all(np.array_equal(ill.samples[n][before], well.samples[n][before]) for n in ill.samples)


def test_coolant_loss_loses_pressure_and_warms(live, make_fault):
    fault = make_fault("coolant_loss")
    well, ill = live("mills")[0], live("mills", fault=fault)[0]
    late = (ill.at_ms > fault.failure_ms - 2 * HOUR_MS) & (ill.at_ms < fault.failure_ms) & (ill.samples["Srpm"] > 0)
    assert ill.samples["Cpress"][late].mean() < 0.6 * well.samples["Cpress"][late].mean()
    assert ill.samples["Ctemp"][late].mean() > well.samples["Ctemp"][late].mean() + 3


def test_breaking_tool_spikes_and_then_cuts_air_until_seen(live, make_fault):
    fault = make_fault("tool_breakage")
    well, ill = live("mills")[0], live("mills", fault=fault)[0]
    before = (ill.at_ms > fault.failure_ms - HOUR_MS) & (ill.at_ms < fault.failure_ms - 30_000)
    cut = before & (ill.samples["Srpm"] > 0)
    assert ill.samples["Storque"][cut].mean() > 1.3 * well.samples["Storque"][cut].mean()
    air = (ill.at_ms > fault.failure_ms + 30_000) & (ill.at_ms < fault.stop_ms)
    assert ill.samples["Storque"][air].max() < 12
    down = (ill.at_ms >= fault.stop_ms) & (ill.at_ms < fault.end_ms)
    assert (ill.samples["Srpm"][down] == 0).all() and (ill.events["execution"][down] == "INTERRUPTED").all()


def test_worn_tools_are_changed_and_written_down(live):
    jobs = [j for d in live("mills", days=5) for j in d.jobs]
    assert jobs and {j.kind for j in jobs} == {"tool_change"}


def test_parts_are_counted_over_midnight(live):
    days = live("mills", days=2)
    count = np.concatenate([d.events["PartCountAct"] for d in days])
    assert (np.diff(count) >= 0).all() and count[-1] > days[0].events["PartCountAct"][-1] > 5
