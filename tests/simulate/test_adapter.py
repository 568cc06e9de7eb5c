import numpy as np
import pytest

from smelt.simulate.adapter import Adapter
from smelt.simulate.channels import Channels
from smelt.simulate.classes import CLASSES
from smelt.simulate.day import Readings, State
from smelt.simulate.fleet import FLEET
from smelt.simulate.model import model

CHANNELS = Channels(model())
MILL = next(m for m in FLEET if m.name == "FOG1")
START_MS = 1_788_220_800_000


@pytest.fixture
def adapter() -> Adapter:
    items = {i.name: i for c in CLASSES["mills"].root("FOG1").walk() for i in c.items}
    return Adapter(MILL, CHANNELS, items)


def readings(temperatures: list[float], executions: list[str]) -> Readings:
    at_ms = START_MS + 10_000 * np.arange(len(temperatures), dtype=np.int64)
    return Readings(at_ms, {"Stemp": np.asarray(temperatures)}, {"execution": np.asarray(executions)})


def test_only_changes_go_out_over_midnight_too(adapter):
    first = adapter.report(readings([20.0, 20.1, 20.5], ["READY", "READY", "ACTIVE"]), START_MS)
    assert first.token.tolist() == ["20.0", '"READY"', "20.5", '"ACTIVE"']
    again = adapter.report(readings([20.6, 20.9], ["ACTIVE", "ACTIVE"]), START_MS)
    assert again.token.tolist() == ["20.9"]


def test_arrival_is_later_than_the_stamp_by_the_latency(adapter):
    rows = adapter.report(readings([20.0], ["READY"]), START_MS)
    assert (rows.arrive_ms - rows.stamp_ms == MILL.latency_ms).all()


def test_numbers_are_printed_as_an_agent_prints_doubles(adapter):
    at_ms = np.asarray([START_MS])
    day = Readings(
        at_ms,
        {"Cpress": np.asarray([1_999_600.0]), "Xabs": np.asarray([-0.001])},
        {"Fovr": np.asarray([100.0]), "line": np.asarray([30])},
    )
    assert set(adapter.report(day, START_MS).token.tolist()) == {"2000000.0", "0.0", "100.0", '"30"'}


def test_conditions_go_to_the_channel_of_their_level(adapter):
    day = readings([20.0], ["READY"])
    day.states.append(State(START_MS + 5_000, "servo", "Fault", "62", "CHIP CONVEYOR"))
    rows = adapter.report(day, START_MS)
    assert rows.channel[-1] == CHANNELS.of["FOG1", "servo", "Fault"]
    assert rows.token[-1].startswith('{"value":"CHIP CONVEYOR","conditionId":"62",')
