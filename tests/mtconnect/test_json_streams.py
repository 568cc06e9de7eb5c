import re

import pytest

from smelt.mtconnect.event_time import EventTimes
from smelt.mtconnect.json_streams import UnfitError, read_header, read_observations, read_streams
from smelt.mtconnect.rows import Rows

STAMP = "2020-01-01T00:00:00Z"


def observation(**more):
    return {"dataItemId": "a", "sequence": 1, "timestamp": STAMP, "value": 1.0} | more


def read(category, element, **more):
    rows = Rows()
    read_observations(rows, category, element, [observation(**more)], EventTimes())
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


def test_a_level_that_is_none_is_unfit():
    with pytest.raises(UnfitError, match="'Severe' is no level"):
        read("CONDITION", "Severe")


def test_an_empty_time_series_stays_one_row():
    columns = read("SAMPLE", "LoadTimeSeries", value=[], sampleRate=10)
    assert (columns["text"], columns["part"]) == (["[]"], [0])


def test_the_probe_may_hold_the_rate_so_values_without_one_stay_together():
    assert read("SAMPLE", "LoadTimeSeries", value=[1.0, 2.0], sampleCount=2)["text"] == ["[1.0,2.0]"]


def test_headers():
    times = EventTimes()
    header = read_header({"instanceId": "5", "nextSequence": 1 << 70, "creationTime": STAMP}, 3, 4, times)
    assert (header.offset, header.length, header.instance_id, header.next_sequence) == (3, 4, 5, None)
    for bad in (None, [], {}, {"instanceId": -1}, {"instanceId": "x"}):
        with pytest.raises(UnfitError, match="instanceId"):
            read_header(bad, 0, 0, times)


@pytest.mark.parametrize(
    ("streams", "told"),
    [
        ([], "JSON version 1"),
        (None, "not an object"),
        ({"DeviceStream": {}}, "DeviceStream is no list"),
        ({"DeviceStreams": []}, "unknown member 'DeviceStreams'"),
        ({"DeviceStream": [{"ComponentStream": []}]}, "no uuid"),
        ({"DeviceStream": [{"uuid": "u", "ComponentStream": [{"Samples": {"P": {}}}]}]}, "'P' is no list"),
        ({"DeviceStream": [{"uuid": "u", "ComponentStream": [{"Samplez": {}}]}]}, "unknown member 'Samplez'"),
    ],
)
def test_streams_that_do_not_fit(streams, told):
    with pytest.raises(UnfitError, match=told):
        read_streams(streams, EventTimes())
