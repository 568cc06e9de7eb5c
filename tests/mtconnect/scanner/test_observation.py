import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mtconnect.scanner.spoiling import a_document, an_observation, assert_same

MEMBERS = rb"""
"value":1.5
"value":"a"
"dataItemId":"x"
"dataItemId":"y"
"dataItemId":""
"sequence":1
"sequence":2
"timestamp":"2020-01-01T00:00:00Z"
"timestamp":7
"nativeCode":"E1"
"nativeCode":""
"nativeCode":7
"conditionId":"c"
"conditionId":null
"resetTriggered":"DAY"
"sampleRate":10
"val\u0075e":2
"":{}
"MTConnectStreams":{}
"name":"n"
"name":"\n"
""".split()
LISTS = (("Samples", "Load"), ("Events", "Message"), ("Condition", "Warning"))


@pytest.mark.parametrize(("category", "element"), LISTS)
@given(members=st.lists(st.sampled_from(MEMBERS), max_size=9))
def test_any_members(category, element, members):
    value = b"1.5" if category == "Samples" else b'"a"'
    whole = [b'"dataItemId":"x"', b'"sequence":1', b'"timestamp":"2020-01-01T00:00:00Z"', *members]
    rest = [an_observation(value)] * 6
    for some in (members, whole, whole[::-1]):
        assert_same(a_document(b",".join([b"{" + b",".join(some) + b"}", *rest]), category, element))


@pytest.mark.parametrize("odd", [b"7", b'"x"', b"null", b"[]", b"{}"])
def test_what_is_no_observation(odd):
    assert_same(a_document(b",".join([an_observation(b"1.5"), odd, *[an_observation(b"1.5")] * 6])))
