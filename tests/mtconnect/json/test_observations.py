import math
import re

import pytest

from smelt.mtconnect.event_time import EventTimes
from smelt.mtconnect.json.header import UnfitError
from smelt.mtconnect.json.observations import Reading, read_observations
from smelt.mtconnect.rows import Rows
from smelt.terms.errors import DataError

STAMP = "2020-01-01T00:00:00Z"


def observation(**more):
    return {"dataItemId": "a", "sequence": 1, "timestamp": STAMP, "value": 1.0} | more


def read(category, element, rates=None, **more):
    rows = Rows()
    reading = Reading(EventTimes(), "m1", rates or {})
    read_observations(rows, category, element, [observation(**more)], reading)
    return rows.columns()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"sequence": 1 << 63}, "sequence 9223372036854775808 is no number from 0 to 2^63 - 1"),
        ({"sequence": -1}, "sequence -1"),
        ({"sequence": True}, "sequence True"),
        ({"sequence": 1e30}, "sequence 1e+30"),
        ({"timestamp": "yesterday"}, "timestamp 'yesterday' is none"),
        ({"timestamp": 5}, "without dataItemId, sequence or timestamp"),
        ({"timestamp": []}, "without dataItemId, sequence or timestamp"),
        ({"dataItemId": ""}, "dataItemId"),
        ({"dataItemId": 5}, "dataItemId"),
    ],
)
def test_observations_that_do_not_fit(more, told):
    with pytest.raises(UnfitError, match=re.escape(told)):
        read("SAMPLE", "Position", **more)


def test_a_sequence_may_come_as_text():
    assert read("SAMPLE", "Position", sequence="12")["sequence"] == [12]


def test_a_sequence_may_come_as_a_fraction_that_is_whole():
    assert read("SAMPLE", "Position", sequence=12.0)["sequence"] == [12]
    for sequence in (12.5, 2.0**53, -1.0, float("nan")):
        with pytest.raises(UnfitError, match="is no number"):
            read("SAMPLE", "Position", sequence=sequence)


def test_a_level_that_is_none_is_unfit():
    with pytest.raises(UnfitError, match="'Severe' is no level"):
        read("CONDITION", "Severe")


def test_an_empty_time_series_stays_one_row():
    columns = read("SAMPLE", "LoadTimeSeries", value=[], sampleRate=10)
    assert (columns["text"], columns["part"]) == (["[]"], [0])


def test_a_time_series_whose_rate_is_unknown_stays_together():
    assert read("SAMPLE", "LoadTimeSeries", value=[1.0, 2.0], sampleCount=2)["text"] == ["[1.0,2.0]"]


def test_the_probe_may_hold_the_rate_of_a_time_series_and_its_own_wins():
    rates = {("m1", "a"): 2.0}
    given = read("SAMPLE", "LoadTimeSeries", rates, value=[1.0, 2.0], sampleCount=2)["event_time"]
    own = read("SAMPLE", "LoadTimeSeries", rates, value=[1.0, 2.0], sampleRate=1.0)["event_time"]
    assert (given[1] - given[0], own[1] - own[0]) == (500_000, 1_000_000)


def test_a_nan_sits_inside_of_a_time_series():
    columns = read("SAMPLE", "LoadTimeSeries", value=[1.0, "NaN"], sampleRate=10)
    assert columns["part"] == [0, 1]
    assert math.isnan(columns["value"][1])


def test_the_samples_of_old_agents_are_whole_numbers_fractions_and_text_in_one_item():
    assert [read("SAMPLE", "Load", value=v)["value"][0] for v in (0, 0.5, "7.5", "UNAVAILABLE")] == [
        0.0,
        0.5,
        7.5,
        None,
    ]


def test_a_reset_is_not_lost():
    counter = read("SAMPLE", "Amperage", value=12.5, resetTriggered="ACTION_COMPLETE")
    assert (counter["value"], counter["native_code"]) == ([12.5], ["ACTION_COMPLETE"])
    variables = read("EVENT", "VariableDataSet", value={"x": 1}, count=1, resetTriggered="MANUAL")
    assert (variables["text"], variables["native_code"]) == (['{"x":1}'], ["MANUAL"])


def test_a_message_carries_its_native_code():
    columns = read("EVENT", "Message", value="Tool broken", nativeCode="E42")
    assert (columns["text"], columns["native_code"]) == (["Tool broken"], ["E42"])


def test_a_condition_without_a_native_code_is_told_by_its_condition_id():
    assert read("CONDITION", "Fault", value="m", conditionId="c7")["native_code"] == ["c7"]
    assert read("CONDITION", "Fault", value="m", conditionId="c7", nativeCode="n1")["native_code"] == ["n1"]
    assert read("CONDITION", "Normal", value="", nativeCode="")["native_code"] == [None]


def test_a_value_that_nests_too_deep_does_no_harm():
    value = {"a": 1}
    for _ in range(300):
        value = {"a": value}
    assert "nested too deeply" in read("EVENT", "VariableDataSet", value=value)["text"][0]
    with pytest.raises(DataError, match="JSON"):
        read("CONDITION", "Fault", value=value)


def test_a_time_series_may_be_one_text():
    series = read("SAMPLE", "AccelerationTimeSeries", value="1 2 3", sampleRate="10")
    assert (series["part"], series["value"]) == ([0, 1, 2], [1.0, 2.0, 3.0])
    assert read("SAMPLE", "AccelerationTimeSeries", value="UNAVAILABLE")["level"] == ["UNAVAILABLE"]
