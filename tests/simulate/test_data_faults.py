import numpy as np
import pytest

from smelt.simulate.channels import Channels
from smelt.simulate.data_faults import DataFault, plan_data_faults, spoil
from smelt.simulate.model import model
from smelt.simulate.observations import Latest, Observations, merge, said

CHANNELS = Channels(model())
LOAD, TEMP, OTHER = (
    CHANNELS.of[key] for key in (("FOG1", "Sload", None), ("FOG1", "Stemp", None), ("FOG2", "Stemp", None))
)
SERVO = CHANNELS.of["FOG1", "servo", "Normal"]


def series(channel: int) -> Observations:
    at_ms = np.arange(0, 1000, 100, dtype=np.int64)
    return Observations(at_ms, at_ms, np.full(10, channel), np.asarray([f"{n}.0" for n in range(10)], dtype=object))


SEEN = merge([series(LOAD), series(TEMP), series(OTHER), said(0, [SERVO], ["normal"])])


def of(rows: Observations, channel: int) -> list[tuple[int, str]]:
    hit = rows.channel == channel
    return list(zip(rows.arrive_ms[hit].tolist(), rows.token[hit].tolist(), strict=True))


def test_a_sensor_drops_out_and_comes_back_with_what_it_is_by_then():
    fault = DataFault("sensor_dropout", "FOG1", "Stemp", 250, 650)
    rows = spoil(SEEN, Latest(CHANNELS), fault, CHANNELS)
    assert of(rows, TEMP) == [
        (0, "0.0"),
        (100, "1.0"),
        (200, "2.0"),
        (250, '"UNAVAILABLE"'),
        (650, "6.0"),
        (700, "7.0"),
        (800, "8.0"),
        (900, "9.0"),
    ]
    assert of(rows, LOAD) == of(SEEN, LOAD) and of(rows, OTHER) == of(SEEN, OTHER)


def test_an_adapter_drops_out_with_all_its_items():
    fault = DataFault("adapter_dropout", "FOG1", "", 250, 650)
    rows = spoil(SEEN, Latest(CHANNELS), fault, CHANNELS)
    mine = CHANNELS.device[rows.channel] == CHANNELS.device[LOAD]
    silent = mine & (rows.arrive_ms >= 250) & (rows.arrive_ms < 650)
    assert set(rows.arrive_ms[silent]) == {250} and silent.sum() == CHANNELS.of_device("FOG1").size
    assert (650, "6.0") in of(rows, LOAD) and (650, "normal") in of(rows, SERVO)
    link = CHANNELS.of["Agent", "FOG1_connection_status", None]
    assert of(rows, link) == [(250, '"CLOSED"'), (650, '"ESTABLISHED"')]
    assert of(rows, OTHER) == of(SEEN, OTHER)


def test_a_clock_set_back_changes_stamps_not_arrival():
    fault = DataFault("clock_set_back", "FOG1", "", 250, 650, shift_ms=10_000)
    rows = spoil(SEEN, Latest(CHANNELS), fault, CHANNELS)
    mine = (rows.channel == LOAD) | (rows.channel == TEMP)
    hit = mine & (rows.arrive_ms >= 250) & (rows.arrive_ms < 650)
    assert np.array_equal(rows.arrive_ms, SEEN.arrive_ms)
    assert (rows.stamp_ms[hit] == rows.arrive_ms[hit] - 10_000).all() and hit.sum() == 8
    assert (rows.stamp_ms[~hit] == rows.arrive_ms[~hit]).all()


@pytest.mark.parametrize("seed", range(3))
def test_every_kind_is_there_within_two_days(seed):
    kinds = {f.kind for day in range(2) for f in plan_data_faults(day, day * 86_400_000, seed)}
    assert kinds == {
        "sensor_dropout",
        "adapter_dropout",
        "clock_set_back",
        "agent_restart",
        "late_file",
        "duplicated_file",
    }
