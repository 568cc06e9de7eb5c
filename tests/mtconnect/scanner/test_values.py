import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mtconnect.scanner.spoiling import VALUES, a_document, an_observation, assert_same

from smelt.mtconnect.scanner.scan import Scan

PLAIN = {"Samples": b"1.5", "Events": b'"READY"', "Condition": b'"oops"'}


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize(("category", "element"), [("Samples", "Load"), ("Events", "Line"), ("Condition", "Fault")])
def test_every_shape_of_value_between_plain_ones(category, element, version):
    for value in VALUES:
        shapes = [PLAIN[category], value, PLAIN[category], value, b'"UNAVAILABLE"', value, *[PLAIN[category]] * 6]
        found = [an_observation(shape, sequence=n) for n, shape in enumerate(shapes)]
        if version == 1:
            found = [b'{"%s":%s}' % (element.encode(), observation) for observation in found]
        assert_same(a_document(b",".join(found), category, element, version))


def test_a_number_and_its_text_share_a_word_and_the_number_alone_is_one():
    shapes = [b"100", b'"100"', b"100.0", b"1e2", b'"100.0"', b"0.10", b'"x"', b'"x"', b'"x"', b'"x"']
    rows = assert_same(a_document(b",".join(map(an_observation, shapes)), "Events", "PartCount")).rows
    assert rows["text"].to_pylist()[:6] == ["100", "100", "100", "100", "100.0", "0.1"]
    assert rows["value"].to_pylist()[:6] == [100.0, None, 100.0, 100.0, None, 0.1]


@pytest.mark.parametrize(
    "sequence", [b"0", b"-0", b"01", b"1.0", b"1e3", b'"7"', b"999999999999999", b"9" * 18, b"9" * 19, b"null"]
)
def test_every_shape_of_sequence(sequence):
    odd = an_observation(b"1.5").replace(b'"sequence":1', b'"sequence":' + sequence)
    assert_same(a_document(b",".join([an_observation(b"1.5"), odd, odd, *[an_observation(b"2.5")] * 6])))


NUMBERS = (
    b"1",
    b"-0",
    b"-0.0",
    b"1.50",
    b"1E-5",
    b"12345678901234567890",
    b"0.1234567890123456789",
    b"1e99",
    b"1e400",
    b'"NaN"',
    b"07",
    b"true",
    b"null",
    b"[1]",
)
LISTS = st.lists(st.sampled_from(NUMBERS), max_size=4)
MARKS = st.sampled_from((b"", b"", b"", b',"sampleRate":10', b',"sampleCount":2', b',"resetTriggered":"DAY"'))
ELEMENTS = st.sampled_from(("PathPosition", "TimeSeries", "PositionTimeSeries", "MyTimeSeriesX"))


@given(
    st.lists(st.tuples(LISTS, st.sampled_from((b",", b" ,\n ")), MARKS, st.sampled_from((b"1.5", None))), max_size=12),
    st.lists(ELEMENTS, min_size=2, max_size=2, unique=True),
    st.sampled_from(("Samples", "Events", "Condition")),
    st.sampled_from((1, 2)),
)
def test_vectors_among_numbers_and_time_series(shapes, elements, category, version):
    found: list[list[bytes]] = [[], []]
    for n, (numbers, comma, mark, plain) in enumerate(shapes):
        one = an_observation(plain or b"[%s]" % comma.join(numbers), sequence=n)
        found[n % 2].append(one[:-1] + mark + b"}")
    first, second = (
        [b'{"%s":%s}' % (element.encode(), one) for one in told] if version == 1 else told
        for element, told in zip(elements, found, strict=True)
    )
    data = a_document(b",".join(first), category, elements[0], version)
    assert_same(data + a_document(b",".join(second), category, elements[1], version))


ESCAPES = (
    b"a",
    b"\\n",
    b'\\"',
    b"\\u0041",
    b"\\u00e9",
    b"\xc3\xa9",
    b"\\ud83d\\ude00",
    b"\\/",
    b"\\x",
    b"UNAVAILABLE",
    b"UNAVAIL\\u0041BLE",
)
OBJECTS = (
    b"{}",
    b'{"a":1}',
    b'{"b":"2.50","a":{"x":1.0}}',
    b'{"gone":{"removed":true}}',
    b'{"a":null}',
    b'{"a":1,"a":2}',
    b'{"a":}',
    b'{"MTConnectStreams":{}}',
)


@given(
    st.lists(st.one_of(st.lists(st.sampled_from(ESCAPES), max_size=2), st.sampled_from(OBJECTS)), max_size=16),
    st.sampled_from(("Samples", "Events", "Condition")),
    MARKS,
)
def test_escapes_sets_and_tables(values, category, mark):
    shapes = [value if isinstance(value, bytes) else b'"%s"' % b"".join(value) for value in values]
    found = [an_observation(shape, sequence=n)[:-1] + mark + b"}" for n, shape in enumerate(shapes)]
    assert_same(a_document(b",".join(found), category, "Fault" if category == "Condition" else "VariableDataSet"))


def test_sets_and_escapes_are_scanned():
    shapes = (b'{"a":%d}', b'"\\"%d\\""')
    data = a_document(
        b",".join(an_observation(shapes[n % 2] % n, sequence=n) for n in range(50)), "Events", "VariableDataSet"
    )
    scan = Scan()
    scan.open(data)
    assert scan.resume(0) == len(data)
    assert (scan.rows, scan.count("leftovers")) == (50, 0)
    assert assert_same(data).rows["text"].to_pylist()[:2] == ['{"a":0}', '"1"']


def test_vectors_are_scanned():
    found = [an_observation(b"[%d.25, 2,0.1234567890123456]" % (n % 7), sequence=n) for n in range(50)]
    data = a_document(b",".join(found))
    scan = Scan()
    scan.open(data)
    assert scan.resume(0) == len(data)
    assert (scan.rows, scan.count("leftovers")) == (50, 0)
    assert assert_same(data).rows["text"].to_pylist()[:2] == [
        orjson.dumps([n + 0.25, 2.0, 0.123456789012346]).decode() for n in range(2)
    ]


@given(
    st.lists(
        st.tuples(LISTS, st.sampled_from((b"10", b'"4"', b"0.001", b"-1", b'"x"', None)), st.booleans()), max_size=16
    ),
    st.sampled_from(("Samples", "Events")),
    st.sampled_from((1, 2)),
)
def test_time_series_stand_where_they_were_said(series, category, version):
    found = []
    for n, (numbers, rate, is_odd) in enumerate(series):
        mark = b"" if rate is None else b',"sampleRate":' + rate
        one = an_observation(b"[%s]" % b",".join(numbers), sequence=n)[:-1] + mark + b"}"
        found.append(one.replace(b"T00:00:00.5Z", b" 00:00:00.5Z") if is_odd else one)
        found.append(an_observation(b"1.5", sequence=100 + n))
    if version == 1:
        found = [b'{"PositionTimeSeries":%s}' % one for one in found]
    data = a_document(b",".join(found), category, "PositionTimeSeries", version)
    torn = a_document(an_observation(b"2.5"))[:-3]
    assert_same(data + torn + data)
