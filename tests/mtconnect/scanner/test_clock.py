from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mtconnect.scanner.spoiling import a_document, an_observation, assert_same


def times(texts: list[str]) -> None:
    observations = b",".join(an_observation(b"1.5", sequence=i, time=text) for i, text in enumerate(texts))
    assert_same(a_document(observations))


@given(st.lists(st.tuples(st.datetimes(), st.integers(0, 9), st.sampled_from(("Z", "", "+01:00"))), min_size=1))
def test_timestamps_of_every_length(stamps: list[tuple[datetime, int, str]]):
    texts = []
    for stamp, decimals, zone in stamps:
        fraction = f".{stamp.microsecond:06}789"[: decimals + 1] if decimals else ""
        texts.append(f"{stamp:%Y-%m-%dT%H:%M:%S}".rjust(19, "0") + fraction + zone)
    times(texts)


# ruff: noqa: E501
ODD = """2020-01-01T23:59:60Z 2020-01-01T24:00:00Z 1900-02-29T00:00:00Z 2000-02-29T00:00:00Z 0000-01-01T00:00:00Z
9999-12-31T23:59:60Z 2020-13-01T00:00:00Z 2020-00-10T00:00:00Z 2020-01-00T00:00:00Z 2020-01-01T00:00:00.
2020-1-011T00:00:00Z 2020-01-01t00:00:00Z 2020-01-01T00:0a:00Z 2020-01-01T00:00:00.1z Z
2020-01-01T00:00:00+01:00 2020-01-01T00:00:00.5-0130 2020-01-01T00:00:00+99:99 2020-01-01T00:00:00+1:00 0001-01-01T00:00:00+00:01
0001-01-01T00:00:00-23:59 9998-12-31T23:59:59-99:00 2020-01-01T00:00:00+01 2020-01-01T00:00:00+01:0 2020-01-01T00:00:00+01:00Z
2020-01-01T00:00:00-0x:00 2020-01-01T00:00:00+:0100 2020-01-01T00:00:00.123456789+05:30"""


@pytest.mark.parametrize("text", ["", *ODD.split()])
def test_odd_timestamps(text: str):
    times(["2020-01-01T00:00:00Z", text, "2020-01-01T00:00:00Z"])
