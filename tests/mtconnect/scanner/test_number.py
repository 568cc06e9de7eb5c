import math

from hypothesis import given
from hypothesis import strategies as st
from tests.mtconnect.scanner.spoiling import a_document, an_observation, assert_same

from smelt.mtconnect.digits import short

DIGITS = st.text("0123456789", min_size=1, max_size=20)
NUMBERS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.integers(-(10**20), 10**20).map(str),
    st.builds("{}{}.{}".format, st.sampled_from(("", "-")), st.integers(0, 10**9), DIGITS),
    st.builds("{}.{}e{}".format, st.integers(-9, 9), DIGITS, st.integers(-50, 50)),
)


def values(texts: list[str]) -> list[float]:
    observations = b",".join(an_observation(text.encode(), sequence=i) for i, text in enumerate(texts))
    return assert_same(a_document(observations)).rows["value"].to_pylist()


@given(st.lists(NUMBERS, min_size=1, max_size=60))
def test_numbers_are_those_of_python(texts):
    found = values(texts)
    expected = [short(float(text)) for text in texts]
    assert found == expected


def test_halfway_cases_are_rounded_to_even():
    texts = [
        "9007199254740993",
        "9007199254740992.5",
        "0.500000000000000166533453694",
        "2.2250738585072011e-308",
        "1e-22",
    ]
    assert values(texts) == [short(float(text)) for text in texts]


def test_the_integer_minus_zero_is_zero_and_the_decimal_is_not():
    signs = [math.copysign(1, value) for value in values(["-0", "-0.0", "-0e1", "0", "-0.00000000000"])]
    assert signs == [1, -1, -1, 1, -1]
