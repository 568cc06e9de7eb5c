import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from smelt.simulate.channels import Channels
from smelt.simulate.model import model
from smelt.simulate.observations import Latest, Observations, merge, said

CHANNELS = Channels(model())
LOAD, TEMP = (CHANNELS.of["FOG1", name, None] for name in ("Sload", "Stemp"))


def rows(times: list[int]) -> Observations:
    at_ms = np.asarray(sorted(times), np.int64)
    tokens = np.asarray([str(t) for t in at_ms], dtype=object)
    return Observations(at_ms, at_ms, np.full(at_ms.size, LOAD), tokens)


TIMES = st.lists(st.integers(0, 50), max_size=20)


@given(TIMES, TIMES)
def test_merge_is_in_order_of_arrival_and_keeps_all(one, other):
    out = merge([rows(one), rows(other)])
    assert out.arrive_ms.tolist() == sorted(one + other)
    assert sorted(out.token) == sorted(map(str, one + other))


@given(TIMES, st.integers(0, 50), st.integers(0, 50))
def test_between_is_half_open(times, first, last):
    out = rows(times).between(first, max(first, last))
    assert out.arrive_ms.tolist() == sorted(t for t in times if first <= t < last)


def test_latest_repeats_the_last_of_each_item():
    latest = Latest(CHANNELS)
    latest.update(merge([rows([1, 2, 3]), said(2, [TEMP], ["20.0"])]))
    copy = latest.copy()
    latest.update(said(4, [TEMP], ["21.0"]))
    assert dict(zip(latest.again(9).channel, latest.again(9).token, strict=True)) == {LOAD: "3", TEMP: "21.0"}
    assert "20.0" in copy.again(9).token
    only = latest.again(9, np.asarray([CHANNELS.item[TEMP]]))
    assert only.token.tolist() == ["21.0"] and only.arrive_ms.tolist() == [9]


def test_latest_keeps_one_level_of_a_condition():
    latest = Latest(CHANNELS)
    normal, fault = (CHANNELS.of["FOG1", "servo", level] for level in ("Normal", "Fault"))
    latest.update(said(1, [fault], ["f"]))
    latest.update(said(2, [normal], ["n"]))
    assert latest.again(3).channel.tolist() == [normal]
