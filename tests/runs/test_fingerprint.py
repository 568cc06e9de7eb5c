"""Equal parts give an equal number, on every machine; unequal ones another."""

from hypothesis import given
from hypothesis import strategies as st

from smelt.runs.fingerprint import fingerprint

parts = st.lists(st.one_of(st.integers(), st.text(max_size=5), st.none(), st.tuples(st.integers())), max_size=4)


@given(parts, parts)
def test_equal_iff_the_parts_are(one: list[object], two: list[object]) -> None:
    assert (fingerprint(*one) == fingerprint(*two)) == (one == two)
    assert -(1 << 63) <= fingerprint(*one) < 1 << 63


def test_it_is_the_same_ever_after() -> None:
    assert fingerprint("silver", 1, [2, None]) == fingerprint("silver", 1, [2, None])
    assert fingerprint() == -1970711489451281740
