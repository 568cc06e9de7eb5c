import base64

import numpy as np
import orjson

from smelt.runs.pages.device_signals import Signal
from smelt.runs.pages.fleet import fleet
from smelt.runs.pages.series import Run, Series, Strip
from smelt.runs.pages.tables import latest
from smelt.web.payload import fleet_payload, respond, signal_payload


def test_nan_becomes_null():
    body = respond({"v": np.array([1.0, np.nan])}).body
    assert orjson.loads(body) == {"v": [1.0, None]}


def test_a_severity_just_below_the_alarm_is_not_rounded_up_to_it(reader, plant):
    page = fleet(reader, plant, latest(reader, plant), 200)
    page.lanes[0].cells.severity[0] = 74.99
    told = fleet_payload(page)["lanes"][0]["cells"]["severity"]
    assert base64.b64decode(told)[0] == 74


def test_a_signal_is_a_line_or_a_strip():
    line = Series(np.array([1_500_000]), np.array([2.0]))
    told = signal_payload(Signal("x", "BAR", (0.0, 1.0), line, None))
    assert told["line"]["t"].tolist() == [1.5] and told["strip"] is None
    runs = signal_payload(Signal("x", None, None, None, Strip((Run(0, 1_000_000, "a"),))))["strip"]["runs"]
    assert runs == [[0.0, 1.0, "a"]]
